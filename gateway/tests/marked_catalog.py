"""A catalog that marks its pages for the gateway's cache, and those who read and change them."""

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from testing.gateway.raw_client import Reply
from testing.gateway.raw_service import Peer, Seen
from testing.tokens import access_token

if TYPE_CHECKING:
    from gateway.tests.conftest import RunningGateway

KEPT = timedelta(minutes=1)  # long, so that no test depends on how busy the machine is
MARK = f"gateway-cache-control: max-age={KEPT.seconds}\r\n"
TO_OTHERS = "cache-control: private, no-cache\r\ncontent-type: application/json\r\n"
PAGE = "/api/v1/products?page=1"
READER = access_token(roles=["user"])
OTHER_READER = access_token(roles=["user"])
MANAGER = access_token(roles=["user", "manager"])
ADMIN = access_token(roles=["admin"])
UNVERIFIED = access_token(roles=["user"], email_verified=False)


class MarkedCatalog:
    """`version` is in the ETag and the body of every page; `fields` and `status` go with it.

    While `gate` is closed nothing is served, though it is decided then what the response will be.
    """

    def __init__(self) -> None:
        self.version = 1
        self.status = "200 OK"
        self.fields = MARK + TO_OTHERS
        self.tagged = True
        self.gate = asyncio.Event()
        self.gate.set()

    async def __call__(self, peer: Peer) -> None:
        """Serve one connection."""
        while True:
            seen = await peer.request()
            status, fields, body = self._decide(seen)
            await self.gate.wait()
            await peer.answer(body, status=status, fields=fields)

    def _decide(self, seen: Seen) -> tuple[str, str, bytes]:
        if not seen.line.startswith(b"GET"):
            self.version += 1
            return self.status, "", b""
        etag = f'"{self.version}"' if self.tagged else ""
        fields = self.fields + (f"ETag: {etag}\r\n" if etag else "")
        if etag and seen.values(b"if-none-match") == [etag.encode()]:
            return "304 Not Modified", fields, b""
        return self.status, fields, f"page {self.version}".encode()


async def read(
    gateway: "RunningGateway", *fields: str, token: str = READER, page: str = PAGE
) -> Reply:
    """Read a page."""
    return await gateway.ask(f"GET {page}", f"authorization: Bearer {token}", *fields)


async def write(gateway: "RunningGateway", *, token: str = MANAGER) -> Reply:
    """Change a product."""
    fields = f"authorization: Bearer {token}", "content-length: 0"
    return await gateway.ask("PATCH /api/v1/products/1", *fields)
