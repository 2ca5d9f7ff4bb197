"""A service that costs next to nothing: one page of products and a key set, from memory.

`python -m bench.small_service PORT KEY_SET_FILE`
"""

import asyncio
import json
import sys
from pathlib import Path

import uvloop

PRODUCT = {
    "id": "0193c1a2-7b5e-7d40-8c1e-5f2b9a3d4e6f",
    "name": "A product with a name of an ordinary length",
    "price": 1299,
    "created_at": "2026-11-21T00:00:00Z",
    "updated_at": "2026-11-21T00:00:00Z",
    "is_active": True,
}
PAGE = {"items": [PRODUCT] * 10, "total": 200, "page": 1, "size": 10, "pages": 20}


def answer(content: bytes) -> bytes:
    """Return a whole answer with this JSON."""
    head = f"HTTP/1.1 200 OK\r\ncontent-length: {len(content)}\r\ncontent-type: application/json"
    return head.encode() + b"\r\n\r\n" + content


class SmallService(asyncio.Protocol):
    """Answers a request whose head comes in one piece, which over loopback it does."""

    def __init__(self, page: bytes, keys: bytes) -> None:
        self._page = page
        self._keys = keys

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._write = transport.write  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        self._write(self._keys if data.startswith(b"GET /.well-known/") else self._page)


async def main(port: int, keys: bytes) -> None:
    """Serve until killed."""
    page = answer(json.dumps(PAGE).encode())
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SmallService(page, answer(keys)), "127.0.0.1", port, backlog=1024
    )
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1]), Path(sys.argv[2]).read_bytes()))
