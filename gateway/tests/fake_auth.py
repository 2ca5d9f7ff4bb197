"""An auth service that serves what a test wants of keys and revocations."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from testing.gateway.keys_and_snapshots import snapshot
from testing.gateway.raw_service import LOOK, Peer, RawService, Seen
from testing.tokens import access_token, jwks, signing_key

UNAUTHORIZED = b'{"code":401,"message":"Unauthorized"}'


def authorization(key: str = "current", **claims: Any) -> str:
    """Return the field of a good token with `claims`."""
    return f"authorization: Bearer {access_token(signing_key(key), **claims)}"


class Auth:
    """An auth service that shows `keys`, and its `snapshot` by `look`."""

    def __init__(self, service: RawService) -> None:
        self.keys = jwks(signing_key())
        self.snapshot = snapshot()
        self.looks: list[Seen] = []
        self.fetched = 0
        self.free = asyncio.Event()  # to answer everything else
        self.free.set()
        self.look: Callable[[Peer], Awaitable[None]] = self.show
        self._service = service
        service.snapshot, service.script = None, self.serve

    async def serve(self, peer: Peer) -> None:
        while True:
            seen = await peer.request()
            if seen.head.startswith(LOOK):
                self.looks.append(seen)
                await self.look(peer)
            else:
                self.fetched += b"jwks" in seen.line
                await self.free.wait()
                await peer.answer(self.keys)

    async def show(self, peer: Peer) -> None:
        """Send the snapshot with its tag, or a 304 to a client that has it."""
        tag = b'"%x"' % (hash(self.snapshot) & 0xFFFF)
        field = f"etag: {tag.decode()}\r\n"
        if self.looks[-1].values(b"if-none-match") == [tag]:
            await peer.send(f"HTTP/1.1 304 Not Modified\r\n{field}\r\n".encode())
        else:
            await peer.answer(self.snapshot, fields=field)

    async def until_looked(self, times: int = 2) -> None:
        """Wait until so many looks have begun from now on, for at most five seconds."""
        goal = len(self.looks) + times
        async with asyncio.timeout(30):
            while len(self.looks) < goal:
                await asyncio.sleep(0.005)

    async def die(self) -> None:
        """Break every connection, and every further one."""

        async def break_off(peer: Peer) -> None:
            peer.reset()

        self._service.script = break_off
        for task in tuple(self._service._tasks):
            task.cancel()
        await self._service.until_open(0)

    def come_back(self) -> None:
        self._service.script = self.serve
