"""Where the peers come from: apt, pip and npm, into folders below `.venv/bench`, once."""

import shutil
import subprocess
import sys
import venv
from collections.abc import Sequence
from pathlib import Path

TOOLS = Path(__file__).parent.parent.parent / ".venv" / "bench"
"""What benchmarks install and generate; git ignores it."""


class Unavailable(Exception):
    """This peer cannot be measured here; the message says why."""


def python_environment(name: str, packages: Sequence[str]) -> Path:
    """Return the `bin` folder of a virtual environment with these packages."""
    folder = TOOLS / name
    if not _installed(folder, packages):
        venv.create(folder, with_pip=True, clear=True)
        _run([str(folder / "bin" / "pip"), "install", "--quiet", *packages])
        _note(folder, packages)
    return folder / "bin"


def node_modules(name: str, packages: Sequence[str]) -> Path:
    """Return a `node_modules` folder with these packages."""
    folder = TOOLS / name
    if not _installed(folder, packages):
        folder.mkdir(parents=True, exist_ok=True)
        npm = [program("npm"), "install", "--no-audit", "--no-fund", "--prefix", str(folder)]
        _run([*npm, *packages])
        _note(folder, packages)
    return folder / "node_modules"


def debian_program(name: str, path: str, packages: Sequence[str]) -> tuple[Path, Path]:
    """Return a program and the folder of its libraries, unpacked from Debian's packages."""
    folder = TOOLS / name
    if not _installed(folder, packages):
        folder.mkdir(parents=True, exist_ok=True)
        _run([program("apt-get"), "download", "--quiet", *packages], cwd=folder)
        for package in folder.glob("*.deb"):
            _run([program("dpkg"), "-x", str(package), str(folder)])
        _note(folder, packages)
    libraries = next(folder.glob("usr/lib/*-linux-gnu"), folder / "usr" / "lib")
    return folder / path, libraries


def program(name: str) -> str:
    """Return the path of an installed program; raises Unavailable."""
    found = shutil.which(name)
    if found is None:
        raise Unavailable(f"{name} is not installed")
    return found


def _installed(folder: Path, packages: Sequence[str]) -> bool:
    noted = folder / "installed"
    return noted.exists() and noted.read_text() == "\n".join(packages)


def _note(folder: Path, packages: Sequence[str]) -> None:
    (folder / "installed").write_text("\n".join(packages))


def _run(command: list[str], cwd: Path | None = None) -> None:
    sys.stderr.write(f"{' '.join(command)}\n")
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=cwd)
    if done.returncode:
        last = (done.stderr or done.stdout).strip().splitlines()[-1:]
        raise Unavailable(f"{Path(command[0]).name} failed: {' '.join(last)}")
