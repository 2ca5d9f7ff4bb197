"""Pictures made into WebP by a program of its own, one at a time, within a time.

What waits for its turn lies on the disk, so that four large pictures take the memory of one.
"""

import asyncio
import json
import logging
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO, Final, NamedTuple

from mailing_service.errors import PictureMoves, PictureTooLarge, PictureUnreadable
from mailing_service.pictures.names import TALLEST, WIDTHS
from shared.errors import ServiceError, ServiceUnavailable

PROGRAM: Final = Path(__file__).with_name("webp.py")
TIMEOUT: Final = 60.0
"""Seconds for one picture, once it is its turn."""
WAITING: Final = 8
"""Pictures that may wait for their turn."""

_LARGEST_FILE: Final = 16 * 1024 * 1024
_REFUSALS: Final[dict[str, type[ServiceError]]] = {
    "unreadable": PictureUnreadable,
    "too_large": PictureTooLarge,
    "moves": PictureMoves,
}

logger = logging.getLogger(__name__)


class Rendition(NamedTuple):
    """A picture of one width."""

    width: int
    height: int
    data: bytes


class Decoder:
    """Makes pictures into WebP for one process of the service."""

    def __init__(self, *, program: Path = PROGRAM, timeout: float = TIMEOUT) -> None:
        """Run `program`; give it `timeout` seconds."""
        self._program = program
        self._timeout = timeout
        self._turn = asyncio.Lock()
        self._waiting = 0

    async def renditions(self, file: BinaryIO) -> list[Rendition]:
        """Return a picture in each of its widths, the smallest first.

        Raises PictureUnreadable, PictureTooLarge, PictureMoves, and ServiceUnavailable where many
        wait already.
        """
        if self._waiting >= WAITING:
            raise ServiceUnavailable
        self._waiting += 1
        try:
            async with self._turn:
                return await self._run(file)
        finally:
            self._waiting -= 1

    async def _run(self, file: BinaryIO) -> list[Rendition]:
        file.flush()
        os.lseek(file.fileno(), 0, os.SEEK_SET)
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-I",
            str(self._program),
            *map(str, (TALLEST, *WIDTHS)),
            stdin=file.fileno(),
            stdout=PIPE,
            stderr=DEVNULL,
            env={},  # it needs no secret
        )
        try:
            async with asyncio.timeout(self._timeout):
                return await _read(process)
        except (TimeoutError, ValueError, EOFError, LookupError, TypeError, AttributeError):
            # It took too long, or a limit or a fault of a decoder ended it.
            logger.warning("picture not decoded", extra={"returncode": process.returncode})
            raise PictureUnreadable from None
        finally:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()


async def _read(process: Process) -> list[Rendition]:
    """Return what the program wrote; raises EOFError and ValueError where that is cut."""
    assert process.stdout is not None  # noqa: S101 - it is a pipe
    head: dict[str, Any] = json.loads(await process.stdout.readline())
    if refusal := head.get("refused"):
        raise _REFUSALS[refusal]
    made = []
    for width, height, size in head["files"]:
        if size > _LARGEST_FILE:
            raise ValueError(size)
        made.append(Rendition(width, height, await process.stdout.readexactly(size)))
    return made
