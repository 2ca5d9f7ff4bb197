"""Bodies compressed by gzip: beside the event loop where they are long, once where they repeat."""

import asyncio
import zlib
from typing import Any

INLINE = 16 * 1024
"""Bytes that are compressed immediately; for more the event loop does not wait."""

MEMORY = 4 * 1024 * 1024
"""Bytes of compressed bodies that are kept, of those that are sent again and again."""

_LEVEL = 1  # the next levels take twice the time for a twentieth less
_GZIP = zlib.MAX_WBITS | 16


class Compressor:
    """Compresses bodies, and keeps those that are sent again and again."""

    def __init__(self) -> None:
        self._kept: dict[bytes, bytes] = {}
        self._size = 0

    def without_waiting(self, body: bytes, *, repeats: bool) -> bytes | None:
        """Return `body` compressed, unless that takes time."""
        packed = self._kept.get(body) if repeats else None
        if packed is None and len(body) <= INLINE:
            packed = _pack(gzip_stream(), body, zlib.Z_FINISH)
            if repeats:
                self._keep(body, packed)
        return packed

    async def whole(self, body: bytes, *, repeats: bool) -> bytes:
        """Return `body` compressed; with `repeats` it is kept for when the same is sent again."""
        packed = self.without_waiting(body, repeats=repeats)
        if packed is None:
            packed = await compressed(gzip_stream(), body, zlib.Z_FINISH)
            if repeats:
                self._keep(body, packed)
        return packed

    def _keep(self, body: bytes, packed: bytes) -> None:
        if len(body) + len(packed) > MEMORY or body in self._kept:
            return
        self._kept[body] = packed
        self._size += len(body) + len(packed)
        while self._size > MEMORY:
            oldest = next(iter(self._kept))
            self._size -= len(oldest) + len(self._kept.pop(oldest))


def gzip_stream() -> Any:
    """Return what compresses a body piece by piece."""
    return zlib.compressobj(_LEVEL, wbits=_GZIP)


async def compressed(stream: Any, piece: bytes, mode: int) -> bytes:
    """Return what a stream makes of a piece and ends it by `mode`, beside the loop if it is long.

    zlib lets go of the interpreter meanwhile.
    """
    if len(piece) <= INLINE:
        return _pack(stream, piece, mode)
    return await asyncio.get_running_loop().run_in_executor(None, _pack, stream, piece, mode)


def _pack(stream: Any, piece: bytes, mode: int) -> bytes:
    packed: bytes = stream.compress(piece) + stream.flush(mode)
    return packed
