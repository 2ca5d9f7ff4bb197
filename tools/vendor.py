"""Fetch what the pages load of other projects, or with --check compare it with its hashes, offline.

`web_service/static/vendor.toml` names npm's packages, their integrity and the files that are taken.
"""

import hashlib
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from base64 import b64encode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parents[1]
LIST: Final = Path("web_service/static/vendor.toml")
FOLDER: Final = Path("web_service/static/vendor")


@dataclass(frozen=True)
class VendoredFile:
    """A file of a package, its name here, and the hash that it has to have."""

    path: str
    name: str
    sha512: str


@dataclass(frozen=True)
class VendoredPackage:
    """A package of npm in one version, with what npm says of its bytes."""

    name: str
    version: str
    integrity: str
    files: tuple[VendoredFile, ...]


class NotAsPinned(Exception):
    """npm sent other bytes than those that were pinned."""


def packages(text: str) -> list[VendoredPackage]:
    """Return what the list names."""
    return [
        VendoredPackage(
            name=table["name"],
            version=table["version"],
            integrity=table["integrity"],
            files=tuple(VendoredFile(**file) for file in table["file"]),
        )
        for table in tomllib.loads(text)["package"]
    ]


def digest(content: bytes) -> str:
    """Return the hash as npm and browsers write it (Subresource Integrity)."""
    return "sha512-" + b64encode(hashlib.sha512(content).digest()).decode()


def differences(root: Path = ROOT) -> Iterator[str]:
    """Say what is missing, what is not what was fetched, and what nobody named."""
    named = {
        file.name: file.sha512
        for package in packages((root / LIST).read_text(encoding="utf-8"))
        for file in package.files
    }
    there = {file.name: file for file in (root / FOLDER).iterdir()}
    yield from (f"{FOLDER}/{name}: is missing" for name in sorted(named.keys() - there.keys()))
    for name, file in sorted(there.items()):
        if name not in named:
            yield f"{FOLDER}/{name}: {LIST} does not name it"
        elif digest(file.read_bytes()) != named[name]:
            yield f"{FOLDER}/{name}: is not the file whose hash {LIST} has"


def fetch(root: Path = ROOT) -> None:
    """Write every file anew, and its hash into the list; NotAsPinned leaves a package as it is."""
    text = (root / LIST).read_text(encoding="utf-8")
    head = text[: text.index("[[package]]")]
    tables = []
    for package in packages(text):
        contents = _contents(package)
        tables.append(_table(package, contents))
        for file in package.files:
            (root / FOLDER / file.name).write_bytes(contents[file.path])
    (root / LIST).write_text(head + "\n".join(tables), encoding="utf-8")


def _contents(package: VendoredPackage) -> dict[str, bytes]:
    with tempfile.TemporaryDirectory() as folder:
        command = ["npm", "pack", "--silent", "--pack-destination", folder]
        subprocess.run([*command, f"{package.name}@{package.version}"], check=True)
        (archive,) = Path(folder).iterdir()
        found = digest(archive.read_bytes())
        if found != package.integrity:
            raise NotAsPinned(f"{package.name} {package.version} is {found}")
        with tarfile.open(archive) as opened:
            return {file.path: _read(opened, file.path) for file in package.files}


def _read(archive: tarfile.TarFile, path: str) -> bytes:
    member: Any = archive.extractfile(f"package/{path}")
    assert member is not None
    content: bytes = member.read()
    return content


def _table(package: VendoredPackage, contents: dict[str, bytes]) -> str:
    lines = [
        "[[package]]",
        *(f'{key} = "{getattr(package, key)}"' for key in ("name", "version", "integrity")),
    ]
    for file in package.files:
        lines += ["", "[[package.file]]", f'path = "{file.path}"', f'name = "{file.name}"']
        lines.append(f'sha512 = "{digest(contents[file.path])}"')
    return "\n".join(lines) + "\n"


def main(arguments: Iterable[str]) -> int:
    """Fetch or check; return the exit status."""
    if "--check" not in arguments:
        fetch()
        return 0
    found = list(differences())
    sys.stderr.writelines(f"{difference}; run make vendor\n" for difference in found)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
