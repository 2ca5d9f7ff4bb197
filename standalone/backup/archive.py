"""Named parts one after the other, each of any length that need not be known before.

A part is its name and its bytes, in blocks with their length before them; a block of length 0 ends
the name and the bytes, and an empty name ends the archive.
"""

import struct
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from standalone.backup.encryption import Sealer, unsealed
from standalone.backup.errors import ArchiveRefused

_LENGTH = struct.Struct(">I")


class ArchiveWriter:
    """Writes an encrypted archive."""

    def __init__(self, stream: BinaryIO, passphrase: str) -> None:
        self._sealer = Sealer(stream, passphrase)

    def add(self, name: str, blocks: Iterable[bytes]) -> None:
        for text in ([name.encode()], blocks):
            for block in filter(None, text):
                self._write(block)
            self._write(b"")

    def finish(self) -> None:
        self._write(b"")
        self._sealer.finish()

    def _write(self, block: bytes) -> None:
        self._sealer.write(_LENGTH.pack(len(block)) + block)


class ArchiveReader:
    """Reads what ArchiveWriter wrote, in that order, never more of it in memory than a block."""

    def __init__(self, stream: BinaryIO, passphrase: str) -> None:
        self._pieces = unsealed(stream, passphrase)
        self._ready = bytearray()

    def parts(self) -> Iterator[tuple[str, Iterator[bytes]]]:
        """Name and blocks of every part; the blocks that were not read are passed over.

        Only once this is exhausted is it sure that the archive is whole.
        """
        while name := b"".join(self._blocks()):
            blocks = self._blocks()
            yield name.decode(), blocks
            for _ in blocks:
                pass
        for _ in self._pieces:
            raise ArchiveRefused("The archive goes on after its end.")

    def _blocks(self) -> Iterator[bytes]:
        while length := _LENGTH.unpack(self._take(_LENGTH.size))[0]:
            yield self._take(length)

    def _take(self, size: int) -> bytes:
        while len(self._ready) < size:
            piece = next(self._pieces, None)
            if piece is None:
                raise ArchiveRefused("The archive ends before its end.")
            self._ready += piece
        taken = bytes(self._ready[:size])
        del self._ready[:size]
        return taken
