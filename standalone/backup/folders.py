"""Folders of files that belong to a database; the standard library only.

A file never changes, and is there before the row that names it is. So a backup takes them after the
databases, and may take more than those name; and a restore puts them down before the databases
change places, beside those that are there. What no row names, its service sweeps.
"""

import os
import re
import secrets
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from standalone.backup.errors import ArchiveRefused

FOLDER_MODE: Final = 0o2770
FILE_MODE: Final = 0o640
_PIECE: Final = 64 * 1024
_NAME: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,199}")


def files_in(folder: Path) -> Iterator[tuple[str, Iterator[bytes]]]:
    """Name and blocks of every file that is whole; one that is removed meanwhile is left out."""
    if not folder.is_dir():
        return
    for path in sorted(folder.iterdir()):
        if _NAME.fullmatch(path.name) and path.is_file():
            with suppress(FileNotFoundError), path.open("rb") as file:
                yield path.name, iter(lambda: file.read(_PIECE), b"")


def put_file(folder: Path, name: str, blocks: Iterable[bytes]) -> None:
    """Write a file, whole or not at all; ArchiveRefused for a name that leads elsewhere."""
    if not _NAME.fullmatch(name):
        raise ArchiveRefused(f"The archive has a file of a name that no file has: {name!r}.")
    if not folder.is_dir():
        folder.mkdir(parents=True)
        folder.chmod(FOLDER_MODE)
    unfinished = folder / f".{name}.{secrets.token_hex(8)}"
    try:
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE)
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(descriptor, FILE_MODE)
            file.writelines(blocks)
            file.flush()
            os.fsync(descriptor)
        unfinished.replace(folder / name)
    finally:
        unfinished.unlink(missing_ok=True)
