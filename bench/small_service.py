"""A service that costs next to nothing: a page of products, a key set, revocations, from memory.

`python -m bench.small_service PORT KEY_SET_FILE [SNAPSHOT_FILE]`. Without a snapshot of its own it
says that all its keys are honoured.
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

    def __init__(self, page: bytes, keys: bytes, snapshot: bytes) -> None:
        self._page = page
        self._others = {b"GET /.we": keys, b"GET /int": snapshot}

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._write = transport.write  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        self._write(self._others.get(data[:8], self._page))


def nothing_revoked(keys: bytes) -> bytes:
    """Return the snapshot that says so."""
    kids = [key["kid"] for key in json.loads(keys)["keys"]]
    return json.dumps({"kids": kids, "sids": [], "versions": {}}).encode()


async def main(port: int, keys: bytes, snapshot: bytes) -> None:
    """Serve until killed."""
    page = answer(json.dumps(PAGE).encode())
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SmallService(page, answer(keys), answer(snapshot)), "127.0.0.1", port, backlog=1024
    )
    await server.serve_forever()


if __name__ == "__main__":
    documents = [Path(name).read_bytes() for name in sys.argv[2:]]
    if len(documents) == 1:
        documents.append(nothing_revoked(documents[0]))
    uvloop.run(main(int(sys.argv[1]), *documents))
