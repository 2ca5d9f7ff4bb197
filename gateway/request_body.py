"""The body of a request as it comes from the client: counted, never kept as a whole."""

import asyncio

from starlette.types import Receive

from gateway.errors import ClientGone, RequestTimeout
from shared.errors import PayloadTooLarge

GATHERED = 64 * 1024
"""Bytes that are gathered before a connection to a service is taken for the request."""


MIN_RATE = 1024
"""Bytes a second that a client must send once its first patience is used up."""


class RequestBody:
    """Pieces of a body. Raises PayloadTooLarge, RequestTimeout and ClientGone."""

    def __init__(self, receive: Receive, *, limit: int, timeout: float) -> None:
        """Accept `limit` bytes, and wait `timeout` seconds for each piece.

        All waiting together may take that long too, and a second more for each `MIN_RATE` bytes.
        """
        self.complete = False
        self._receive = receive
        self._left = limit
        self._timeout = self._patience = timeout

    async def first(self) -> bytes:
        """Return the beginning: all of a small body, so that its sender's pace costs no service."""
        pieces, size = [], 0
        while not self.complete and size < GATHERED:
            piece = await self.next()
            pieces.append(piece)
            size += len(piece)
        return b"".join(pieces)

    async def next(self) -> bytes:
        """Return the next piece, perhaps an empty one; look at `complete` afterwards."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            async with asyncio.timeout(min(self._timeout, self._patience)):
                message = await self._receive()
        except TimeoutError:
            raise RequestTimeout from None
        if message["type"] == "http.disconnect":
            raise ClientGone
        piece: bytes = message.get("body", b"")
        self._patience += len(piece) / MIN_RATE - (loop.time() - began)
        self._left -= len(piece)
        if self._left < 0:
            raise PayloadTooLarge
        self.complete = not message.get("more_body", False)
        return piece


async def until_gone(receive: Receive) -> None:
    """Return when the client has left; for use once the body is complete."""
    while (await receive())["type"] != "http.disconnect":
        pass
