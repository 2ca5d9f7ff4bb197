"""One request on one connection to a service, and its response on the way to the client."""

import asyncio
import logging

from starlette.types import Receive, Send

from gateway.errors import ClientGone, RequestTimeout
from gateway.headers import NOT_FROM_SERVICES, Fields, fields_for_client
from gateway.server.request_body import RequestBody, until_gone
from gateway.upstream.connection import Connection
from gateway.upstream.errors import ClosedBeforeResponse, UpstreamError
from gateway.upstream.pool import Upstream
from shared.errors import PayloadTooLarge

_LAST_CHUNK = b"0\r\n\r\n"

logger = logging.getLogger(__name__)


class Exchange:
    """Gives the connection back as soon as nothing more can come, and in any case on `close()`."""

    def __init__(
        self,
        upstream: Upstream,
        connection: Connection,
        receive: Receive,
        *,
        response_timeout: float | None = None,
    ) -> None:
        """`response_timeout`: seconds for the response, where they are not those of all."""
        self._upstream = upstream
        self._connection = connection
        self._receive = receive
        self._response_timeout = response_timeout
        self._task: asyncio.Task[None] | None = None  # beside the response
        self._open = True

    async def send(
        self, data: bytes, *, head_only: bool, retry: bool = False, sent: bool = False
    ) -> None:
        """Send a request that is complete; return when the head of its response is there.

        Should it take long, a task begins to watch for the client leaving. `retry`: where a kept
        connection ended while the request was on its way, send it once more on another. `sent`: it
        is on its way already.
        """
        try:
            if not sent:
                self._start(data, head_only=head_only)
            await self._wait_for_head()
        except ClosedBeforeResponse:
            if not (retry and self._connection.reused):
                raise
            with self._upstream.retrying(self._connection):
                self._give_back()
                self._connection = await self._upstream.acquire()
                self._open = True
                self._start(data, head_only=head_only)
                await self._wait_for_head()

    def _start(self, data: bytes, *, head_only: bool) -> None:
        timeout = self._response_timeout
        self._connection.start(data, head_only=head_only, complete=True, response_timeout=timeout)

    async def _wait_for_head(self) -> None:
        self._connection.watch = self._start_watching
        await self._connection.wait_for_head()

    async def send_stream(self, data: bytes, body: RequestBody, *, chunked: bool) -> None:
        """Send the beginning of a request; its rest follows while the response may already come."""
        timeout = self._response_timeout
        self._connection.start(data, head_only=False, complete=False, response_timeout=timeout)
        self._task = asyncio.create_task(self._send_rest(body, chunked=chunked))
        await self._connection.wait_for_head()

    async def pass_on(
        self, send: Send, added: Fields, *, dropped: frozenset[bytes] = NOT_FROM_SERVICES
    ) -> None:
        """Pass the response on; when it breaks off, so does what the client gets.

        That needs only that the last message is missing: the server then closes the connection.
        """
        response = self._connection.response
        fields = fields_for_client(response.status, response.headers, added, dropped=dropped)
        start = {"type": "http.response.start", "status": response.status, "headers": fields}
        if response.complete:
            body = response.take()
            self.close()  # the connection may serve others while this goes out
            await send(start)
            await send({"type": "http.response.body", "body": body})
            return
        await send(start)
        try:
            await self._pass_on_body(send)
        except (UpstreamError, PayloadTooLarge, RequestTimeout) as error:
            logger.warning("response cut", extra={"cause": type(error).__name__})

    def close(self) -> None:
        """End what still runs beside; give the connection back."""
        if self._open:
            self._give_back()

    def _give_back(self) -> None:
        self._open = False
        if self._task is not None:
            self._task.cancel()
            self._task = None
        self._upstream.release(self._connection)

    async def _pass_on_body(self, send: Send) -> None:
        connection = self._connection
        more = True
        while more:
            piece = await connection.read()
            more = not connection.response.complete
            if not more:
                self.close()
            await send({"type": "http.response.body", "body": piece, "more_body": more})

    async def _send_rest(self, body: RequestBody, *, chunked: bool) -> None:
        connection = self._connection
        try:
            while not body.complete:
                piece = await body.next()
                if piece:
                    await connection.write(framed(piece, chunked=chunked))
            if chunked:
                await connection.write(_LAST_CHUNK)
        except (ClientGone, PayloadTooLarge, RequestTimeout) as error:
            connection.fail(error)
        except UpstreamError:
            return  # the connection raises it where the response is waited for
        else:
            connection.finish()
            await self._watch()

    def _start_watching(self) -> None:
        self._task = asyncio.create_task(self._watch())

    async def _watch(self) -> None:
        await until_gone(self._receive)
        self._connection.fail(ClientGone())


def framed(piece: bytes, *, chunked: bool) -> bytes:
    """Return `piece` as it goes out: as one chunk (RFC 9112 section 7.1) or as it is."""
    return b"%x\r\n%b\r\n" % (len(piece), piece) if chunked and piece else piece
