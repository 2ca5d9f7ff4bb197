"""The body of a request as it comes from the client: counted, and in time."""

import asyncio
from math import inf
from typing import Final

from starlette.types import Receive

from gateway.errors import ClientGone, RequestTimeout
from gateway.route import BULK_LIMIT, Route
from gateway.server.waiting_bodies import Hold
from shared.errors import PayloadTooLarge

GATHERED: Final = 64 * 1024
"""Bytes of a long body that are gathered before a service gets any of it."""

MIN_RATE: Final = 16 * 1024
"""Bytes a second that a client must send once its first `timeout` is used up."""

UPLOAD_RATE: Final = 64 * 1024
"""The same for bodies that are passed on while they come: they hold a connection meanwhile."""


class RequestBody:
    """Pieces of a body. Raises PayloadTooLarge, RequestTimeout and ClientGone."""

    def __init__(
        self, receive: Receive, route: Route, *, length: int | None, timeout: float, hold: Hold
    ) -> None:
        """Accept what `route` allows, and wait at most `timeout` seconds for each piece.

        All waiting together may take that long too, and a second more for as many bytes as its rate
        is; being fast for a while gives no more than that. `length` is what the client says, if it
        does. Raises PayloadTooLarge for one that is too long.
        """
        if (length or 0) > route.body_limit:
            raise PayloadTooLarge
        self.complete = False
        self._receive = receive
        self._hold = hold
        self._left = route.body_limit
        self._timeout = self._credit = timeout
        self._rate = UPLOAD_RATE if route.streams else MIN_RATE
        self._gathered = inf
        if route.streams:
            self._gathered = GATHERED if (length or 0) > BULK_LIMIT else BULK_LIMIT

    async def first(self) -> bytes:
        """Return all of a body, or the beginning of a long one.

        So the pace of its sender costs no service a connection. Raises ServiceUnavailable where too
        much of others waits already.
        """
        piece = await self.next()
        if self.complete:
            return piece
        pieces, size = [piece], len(piece)
        while not self.complete and size < self._gathered:
            self._hold.grow(size)
            piece = await self.next()
            pieces.append(piece)
            size += len(piece)
        return b"".join(pieces)

    async def next(self) -> bytes:
        """Return the next piece, perhaps an empty one; look at `complete` afterwards."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            async with asyncio.timeout(min(self._timeout, self._credit)):
                message = await self._receive()
        except TimeoutError:
            raise RequestTimeout from None
        if message["type"] == "http.disconnect":
            raise ClientGone
        piece: bytes = message.get("body", b"")
        earned = self._credit + len(piece) / self._rate - (loop.time() - began)
        self._credit = min(self._timeout, earned)
        self._left -= len(piece)
        if self._left < 0:
            raise PayloadTooLarge
        self.complete = not message.get("more_body", False)
        return piece


async def until_gone(receive: Receive) -> None:
    """Return when the client has left; for use once the body is complete."""
    while (await receive())["type"] != "http.disconnect":
        pass
