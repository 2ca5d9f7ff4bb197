"""The locks install with every pip since 23.0 and with uv, on every Python, whatever comes out."""

import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.installing.conftest import ROOT, Newcomer
from tools.locks import TOOLS, versions

pytestmark = pytest.mark.installing

PIPS = ("23.0.1", "24.0", "25.0", "newest")
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
SETS = ("run", "dev")
BY_HASH = ("--no-deps", "--require-hashes", "--only-binary=:all:", "--requirement")
WITHOUT_WHEEL = "dkimpy"
"""Published as source alone, and needed by tests alone."""
UV = ROOT / ".venv" / "tools" / "uv" / "bin"
LISTING = r"""
from importlib.metadata import distributions
print(*(f"{one.name}=={one.version}" for one in distributions()), sep="\n")
"""


def lock(name: str) -> Path:
    return ROOT / "requirements" / f"{name}.txt"


def without(name: str, requirements: str) -> str:
    """Return a lock without one package and its hashes."""
    return re.sub(rf"^{name}==(.*\\\n)*.*\n", "", requirements, flags=re.MULTILINE)


def wanted(name: str) -> dict[str, str]:
    """Return what of a lock is for this machine."""
    lines = lock(name).read_text().replace("\\\n", "").splitlines()
    pins = (Requirement(line.partition(" --")[0]) for line in lines if line[:1].isalpha())
    return versions(
        "\n".join(f"{p.name}{p.specifier}" for p in pins if not p.marker or p.marker.evaluate())
    )


def make_environment(newcomer: Newcomer, pip: str) -> Path:
    """Return the Python of a new .venv that has this pip."""
    python = newcomer.clone / ".venv" / "bin" / "python"
    newcomer.run(sys.executable, "-m", "venv", ".venv")
    version = "pip" if pip == "newest" else f"pip=={pip}"
    newcomer.run(python, "-m", "pip", "install", "--quiet", "--upgrade", version)
    return python


def publish(folder: Path, name: str, version: str) -> None:
    """Have `folder`, which pip is to look into, hold a later release of a package."""
    folder.mkdir(exist_ok=True)
    information = f"{name}-{version}.dist-info"
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as wheel:
        wheel.writestr(
            f"{information}/METADATA",
            f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        )
        wheel.writestr(
            f"{information}/WHEEL",
            "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        )
        wheel.writestr(f"{information}/RECORD", "")


@pytest.mark.parametrize("pip", PIPS)
def test_both_sets_install_with_every_pip_although_everything_has_a_later_release(
    newcomer: Newcomer, tmp_path: Path, pip: str
) -> None:
    make_environment(newcomer, pip)
    later = tmp_path / "later"
    for name in versions(lock("dev").read_text()):
        publish(later, name.replace("-", "_"), "9999.0")

    for name in SETS:
        newcomer.run("./install.sh", name, PIP_FIND_LINKS=str(later))
        installed = versions(newcomer.run(".venv/bin/python", "-c", LISTING))
        assert installed.items() >= wanted(name).items()
        newcomer.run(".venv/bin/python", "-m", "pip", "check")


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("name", SETS)
def test_there_is_a_wheel_of_everything_for_every_python(
    newcomer: Newcomer, tmp_path: Path, python: str, name: str
) -> None:
    platforms = ("manylinux_2_28_x86_64", "manylinux2014_x86_64", "any")
    options = [f"--platform={platform}" for platform in platforms]
    pip = (sys.executable, "-m", "pip", "download", "--quiet", f"--dest={tmp_path / 'wheels'}")
    wheels = tmp_path / "wheels.txt"
    wheels.write_text(without(WITHOUT_WHEEL, lock(name).read_text()))
    newcomer.run(*pip, f"--python-version={python}", *options, *BY_HASH, wheels)


def interpreter(version: str) -> str | None:
    """Return where this Python is, if it is here and not only a name for it."""
    program = shutil.which(f"python{version}")
    if program is None:
        return None
    command = [program, "-c", "import sys; print(sys.executable)"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else None


@pytest.mark.parametrize("python", [name for name in PYTHONS if interpreter(name)])
def test_what_runs_starts_on_every_python_that_is_here(newcomer: Newcomer, python: str) -> None:
    newcomer.run(interpreter(python) or "", "-m", "venv", ".venv")
    newcomer.run("./install.sh", "run")
    program = ".venv/bin/python"
    assert "Usage" in newcomer.run(program, "-m", "auth_service.cli", "--help")
    assert "catalog" in newcomer.run(".venv/bin/vitrina", "--help")
    newcomer.run(program, "-W", "error", "-c", "import standalone.system, gateway.main")


def test_uv_sync_installs_the_versions_of_the_lock(newcomer: Newcomer) -> None:
    path = f"{UV}{os.pathsep}{os.environ['PATH']}"
    only_run = ("--no-default-groups", "--group", "run")
    for name, options in (("dev", ()), ("run", only_run)):
        newcomer.run("uv", "sync", "--quiet", *options, PATH=path)
        installed = versions(newcomer.run("uv", "pip", "freeze", "--quiet", PATH=path))
        assert installed == wanted(name)
    newcomer.run("./install.sh", "run", PATH=path)  # as `make run` does after it


@pytest.mark.parametrize("name", TOOLS)
def test_each_tool_installs_from_its_lock(newcomer: Newcomer, name: str) -> None:
    make_environment(newcomer, "newest")
    python = newcomer.clone / ".venv" / "bin" / "python"
    newcomer.run(python, "-m", "pip", "install", "--dry-run", *BY_HASH, lock(f"tools/{name}"))


def test_a_python_that_is_too_old_or_too_new_gets_a_way_out(
    newcomer: Newcomer, tmp_path: Path
) -> None:
    programs = tmp_path / "programs"
    programs.mkdir()
    for program in ("sh", "dirname", "cat", "grep"):
        (programs / program).symlink_to(shutil.which(program) or program)
    other = programs / "python3"
    other.write_text('#!/bin/sh\n[ "$1" = --version ] && echo "Python 3.15.0"\nexit 1\n')
    other.chmod(0o755)
    done = subprocess.run(
        ["./install.sh", "run"],
        cwd=newcomer.clone,
        env={"PATH": str(programs), "HOME": str(newcomer.home)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "Vitrina needs Python 3.11, 3.12, 3.13 or 3.14; here is Python 3.15.0" in done.stderr
    assert "install uv" in done.stderr
