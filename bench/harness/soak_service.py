"""The service behind a soak: every kind of answer, from memory, and each second other revocations.

`python -m bench.harness.soak_service PORT KEY_SET_FILE`. Pages of products are marked for the
gateway's cache; the export comes in pieces, so that a client can leave in the middle of it.
"""

import argparse
import asyncio
import json
import uuid
from pathlib import Path

import httptools
import uvloop

from bench.harness.small_service import MARKED, PAGE, answer, nothing_revoked

REVOKED = 200
PIECE, PIECES = b"x" * 16_384, 16
PAUSE = 0.005
"""Seconds between two pieces of an export."""


class SoakService(asyncio.Protocol):
    """Answers each request when the whole of it is there."""

    def __init__(self, keys: bytes) -> None:
        self._keys = answer(keys)
        self._nothing_revoked = json.loads(nothing_revoked(keys))
        page = json.dumps(PAGE).encode()
        self._page, self._marked_page = answer(page), answer(page, fields=MARKED)
        self._parser = httptools.HttpRequestParser(self)
        self._target = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: asyncio.Transport = transport  # type: ignore[assignment]

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_url(self, url: bytes) -> None:
        """Note what is asked for."""
        self._target += url

    def on_message_complete(self) -> None:
        """Answer."""
        target, self._target = self._target, b""
        if target.startswith(b"/api/v1/products/export"):
            size = len(PIECE) * PIECES
            self._transport.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % size)
            self._export(PIECES)
        elif target.startswith(b"/api/v1/products"):
            self._transport.write(self._marked_page)
        elif target.startswith(b"/.well-known/"):
            self._transport.write(self._keys)
        elif target.startswith(b"/internal/"):
            sids = [str(uuid.uuid4()) for _ in range(REVOKED)]
            snapshot = {**self._nothing_revoked, "sids": sids}
            self._transport.write(answer(json.dumps(snapshot).encode()))
        else:
            self._transport.write(self._page)

    def _export(self, left: int) -> None:
        if left and not self._transport.is_closing():
            self._transport.write(PIECE)
            asyncio.get_running_loop().call_later(PAUSE, self._export, left - 1)


async def main(port: int, keys: bytes) -> None:
    """Serve until killed."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SoakService(keys), "127.0.0.1", port, backlog=1024)
    await server.serve_forever()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("port", type=int)
    parser.add_argument("key_set_file", type=Path)
    options = parser.parse_args()
    uvloop.run(main(options.port, options.key_set_file.read_bytes()))
