"""Where files lie: a folder today, and whatever else has these four verbs.

A name stands for the same bytes for ever. A file is there whole or not at all, and once `put` has
returned it outlives a power cut.
"""

import asyncio
import errno
import logging
import os
import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Protocol

from mailing_service.errors import NoRoomForPictures
from mailing_service.pictures.names import UNFINISHED
from shared.errors import ServiceUnavailable

FOLDER_MODE: Final = 0o2770
"""The group may do as the service does: backups come and go by it."""
FILE_MODE: Final = 0o640
PIECE: Final = 64 * 1024
"""Bytes that are read at a time."""

_BATCH = 500
FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})

logger = logging.getLogger(__name__)


class NoSuchFile(Exception):
    """There is no file of this name."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file as a list has it; also one that was begun and never finished."""

    name: str
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """A file to read: its length in bytes, and its bytes, which are to be read to their end."""

    size: int
    pieces: AsyncIterator[bytes]


class Storage(Protocol):
    """Keeps files under names that the caller vouches for.

    Every verb raises ServiceUnavailable where the place is away, and NoRoomForPictures where full.
    """

    async def put(self, name: str, data: bytes) -> None:
        """Keep a file, in the place of one of the same name."""
        ...

    async def open(self, name: str) -> OpenedFile:
        """Return a file to read; raises NoSuchFile."""
        ...

    async def delete(self, name: str) -> None:
        """Remove a file; one that is not there is removed already."""
        ...

    def list(self) -> AsyncIterator[list[StoredFile]]:
        """Give all files, in batches, those that were never finished among them."""
        ...


class Folder:
    """Files in a folder, which several processes and machines may share."""

    def __init__(self, path: Path) -> None:
        """Use this folder, which is made with the first file."""
        self._path = path

    async def put(self, name: str, data: bytes) -> None:
        with _as_service_errors():
            await asyncio.to_thread(self._write, name, data)

    async def open(self, name: str) -> OpenedFile:
        with _as_service_errors():
            try:
                found = await asyncio.to_thread((self._path / name).stat)
            except FileNotFoundError:
                raise NoSuchFile(name) from None
        return OpenedFile(found.st_size, _pieces(self._path / name))

    async def delete(self, name: str) -> None:
        with _as_service_errors():
            await asyncio.to_thread((self._path / name).unlink, missing_ok=True)

    async def list(self) -> AsyncIterator[list[StoredFile]]:
        with _as_service_errors():
            files = await asyncio.to_thread(lambda: list(self._stored()))
        for start in range(0, len(files), _BATCH):
            yield files[start : start + _BATCH]

    def _write(self, name: str, data: bytes) -> None:
        if not self._path.is_dir():
            self._path.mkdir(parents=True, exist_ok=True)
            self._path.chmod(FOLDER_MODE)
        unfinished = self._path / f"{UNFINISHED}{name}.{secrets.token_hex(8)}"
        try:
            _write_durably(unfinished, data)
            unfinished.replace(self._path / name)
            _sync_folder(self._path)
        except BaseException:
            with suppress(OSError):
                unfinished.unlink(missing_ok=True)
            raise

    def _stored(self) -> Iterator[StoredFile]:
        try:
            entries = os.scandir(self._path)
        except FileNotFoundError:
            return
        with entries:
            for entry in entries:
                with suppress(FileNotFoundError):  # another process has removed it meanwhile
                    if entry.is_file(follow_symlinks=False):
                        changed = datetime.fromtimestamp(entry.stat().st_mtime, UTC)
                        yield StoredFile(entry.name, changed)


async def _pieces(path: Path) -> AsyncIterator[bytes]:
    with await asyncio.to_thread(path.open, "rb") as file:
        while piece := await asyncio.to_thread(file.read, PIECE):
            yield piece


def _write_durably(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE)
    with os.fdopen(descriptor, "wb") as file:
        os.fchmod(descriptor, FILE_MODE)  # whatever the umask is
        file.write(data)
        file.flush()
        os.fsync(descriptor)


def _sync_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _as_service_errors() -> Iterator[None]:
    """Raise what callers know in the place of an OSError."""
    try:
        yield
    except OSError as error:
        logger.warning(
            "pictures unavailable", extra={"cause": errno.errorcode.get(error.errno or 0)}
        )
        raise (NoRoomForPictures() if error.errno in FULL else ServiceUnavailable()) from error
