"""One request on one connection to a service, and its answer on the way to the client."""

import asyncio
import logging

from starlette.types import Receive, Send

from gateway.errors import ClientGone, RequestTimeout
from gateway.headers import Fields, fields_for_client
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
        """`response_timeout`: seconds for the answer, where they are not those of all."""
        self._upstream = upstream
        self._connection = connection
        self._receive = receive
        self._response_timeout = response_timeout
        self._beside: asyncio.Task[None] | None = None
        self._open = True

    async def ask(
        self, data: bytes, *, head_only: bool, again: bool = False, asked: bool = False
    ) -> None:
        """Send a request that is complete; return when the head of its answer is there.

        Should it take long, a task begins to watch for the client leaving. `again`: where a kept
        connection ended while the request was on its way, ask once more on another. `asked`: it is
        on its way already.
        """
        try:
            if asked:
                await self._answer_begins()
            else:
                await self._ask(data, head_only=head_only)
        except ClosedBeforeResponse:
            if not (again and self._connection.reused):
                raise
            with self._upstream.retrying(self._connection):
                self._give_back()
                self._connection = await self._upstream.acquire()
                self._open = True
                await self._ask(data, head_only=head_only)

    async def _ask(self, data: bytes, *, head_only: bool) -> None:
        patience = self._response_timeout
        self._connection.start(data, head_only=head_only, complete=True, response_timeout=patience)
        await self._answer_begins()

    async def _answer_begins(self) -> None:
        self._connection.watch = self._start_watching
        await self._connection.response()

    async def ask_streaming(self, data: bytes, body: RequestBody, *, chunked: bool) -> None:
        """Send the beginning of a request; its rest follows while the answer may already come."""
        patience = self._response_timeout
        self._connection.start(data, head_only=False, complete=False, response_timeout=patience)
        self._beside = asyncio.create_task(self._upload(body, chunked=chunked))
        await self._connection.response()

    async def answer(self, send: Send, added: Fields, *, inward: bool = False) -> None:
        """Pass the answer on; when it breaks off, so does what the client gets.

        That needs only that the last message is missing: the server then closes the connection.
        """
        answer = self._connection.answer
        fields = fields_for_client(answer.status, answer.headers, added, inward=inward)
        start = {"type": "http.response.start", "status": answer.status, "headers": fields}
        if answer.complete:
            body = answer.take()
            self.close()  # the connection may serve others while this goes out
            await send(start)
            await send({"type": "http.response.body", "body": body})
            return
        await send(start)
        try:
            await self._pass_on(send)
        except (UpstreamError, PayloadTooLarge, RequestTimeout) as error:
            logger.warning("answer cut", extra={"cause": type(error).__name__})

    def close(self) -> None:
        """End whatever still runs beside; give the connection back."""
        if self._open:
            self._give_back()

    def _give_back(self) -> None:
        self._open = False
        if self._beside is not None:
            self._beside.cancel()
            self._beside = None
        self._upstream.release(self._connection)

    async def _pass_on(self, send: Send) -> None:
        connection = self._connection
        more = True
        while more:
            piece = await connection.read()
            more = not connection.answer.complete
            if not more:
                self.close()
            await send({"type": "http.response.body", "body": piece, "more_body": more})

    async def _upload(self, body: RequestBody, *, chunked: bool) -> None:
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
            return  # whoever waits for the answer is told by the connection
        else:
            connection.finish()
            await self._watch()

    def _start_watching(self) -> None:
        self._beside = asyncio.create_task(self._watch())

    async def _watch(self) -> None:
        await until_gone(self._receive)
        self._connection.fail(ClientGone())


def framed(piece: bytes, *, chunked: bool) -> bytes:
    """Return `piece` as it goes out: as one chunk (RFC 9112 section 7.1) or as it is."""
    return b"%x\r\n%b\r\n" % (len(piece), piece) if chunked and piece else piece
