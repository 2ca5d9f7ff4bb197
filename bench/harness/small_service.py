"""A service that costs next to nothing: a page of products, a key set, revocations, from memory.

`python -m bench.harness.small_service PORT KEY_SET_FILE [SNAPSHOT_FILE]`. Without a
snapshot of its own it says that all its keys are honoured. With BENCH_MARKED in the environment its
page has an ETag and is marked for caches.
"""

import argparse
import asyncio
import json
import os
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
MARKED = (  # for our cache, and for those of the peers that know only the common field
    b'\r\netag: "1"\r\ncache-control: public, max-age=1\r\ngateway-cache-control: max-age=1'
)
SNAPSHOT_TAG = b'\r\netag: "all"'
SNAPSHOT_CONDITION = b'\r\nif-none-match: "all"\r\n'  # as the auth service is asked every second
CONFIRMED = b"HTTP/1.1 304 Not Modified%b\r\n\r\n" % MARKED
PAGE = {"items": [PRODUCT] * 10, "total": 200, "page": 1, "size": 10, "pages": 20}


def answer(content: bytes, *, fields: bytes = b"") -> bytes:
    """Return a whole answer with this JSON."""
    head = f"HTTP/1.1 200 OK\r\ncontent-length: {len(content)}\r\ncontent-type: application/json"
    return b"%b%b\r\n\r\n%b" % (head.encode(), fields, content)


class SmallService(asyncio.Protocol):
    """Answers a request whose head comes in one piece, which over loopback it does."""

    def __init__(self, page: bytes, keys: bytes, snapshot: bytes) -> None:
        self._page = page
        self._others = {b"GET /.we": keys, b"GET /int": snapshot}

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._write = transport.write  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        if data.startswith(b"GET /int") and SNAPSHOT_CONDITION in data:
            self._write(b"HTTP/1.1 304 Not Modified%b\r\n\r\n" % SNAPSHOT_TAG)
        elif MARKED in self._page and b'\r\nif-none-match: "1"\r\n' in data:
            self._write(CONFIRMED)
        else:
            self._write(self._others.get(data[:8], self._page))


def nothing_revoked(keys: bytes) -> bytes:
    """Return the snapshot that says so."""
    kids = [key["kid"] for key in json.loads(keys)["keys"]]
    return json.dumps({"kids": kids, "sids": [], "versions": {}}).encode()


async def main(port: int, keys: bytes, snapshot: bytes) -> None:
    """Serve until killed."""
    fields = MARKED if "BENCH_MARKED" in os.environ else b""
    page = answer(json.dumps(PAGE).encode(), fields=fields)
    revocations = answer(snapshot, fields=SNAPSHOT_TAG)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SmallService(page, answer(keys), revocations), "127.0.0.1", port, backlog=1024
    )
    await server.serve_forever()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("port", type=int)
    parser.add_argument("key_set_file", type=Path)
    parser.add_argument("snapshot_file", type=Path, nargs="?")
    options = parser.parse_args()
    key_set, snapshot = options.key_set_file.read_bytes(), options.snapshot_file
    revocations = snapshot.read_bytes() if snapshot else nothing_revoked(key_set)
    uvloop.run(main(options.port, key_set, revocations))
