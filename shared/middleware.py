"""Pure ASGI middleware: what stands in every request's way."""

import logging
import re
import secrets

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.error_handlers import render
from shared.errors import InternalError, PayloadTooLarge
from shared.observability import request_id

REQUEST_ID_HEADER = b"x-request-id"
_ACCEPTABLE = re.compile(rb"[A-Za-z0-9._-]{1,64}")

logger = logging.getLogger(__name__)


def choose_request_id(headers: list[tuple[bytes, bytes]]) -> str:
    """Return the caller's X-Request-Id where there is one and it is harmless, else a new one."""
    for name, value in headers:
        if name == REQUEST_ID_HEADER and _ACCEPTABLE.fullmatch(value):
            return value.decode()
    return secrets.token_hex(16)


class RequestBoundary:
    """Names each request for the logs, echoes the name, and answers what nobody caught."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if scope["method"] == "HEAD":  # the server leaves the body out (RFC 9110 section 9.3.2)
            scope = {**scope, "method": "GET"}
        name = choose_request_id(scope["headers"])
        token = request_id.set(name)
        started = False

        async def send_named(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                message["headers"] = [*message["headers"], (REQUEST_ID_HEADER, name.encode())]
            await send(message)

        try:
            await self._app(scope, receive, send_named)
        except Exception:
            logger.exception("unexpected error", extra={"path": scope["path"]})
            if started:
                raise
            status, headers, body = render(InternalError())
            await send_named({"type": "http.response.start", "status": status, "headers": headers})
            await send_named({"type": "http.response.body", "body": body})
        finally:
            request_id.reset(token)


class BodyLimit:
    """Refuses to read more than `max_body_size` bytes of a body, announced or counted.

    Starlette has one, which answers in plain text.
    """

    def __init__(self, app: ASGIApp, max_body_size: int) -> None:
        self._app = app
        self._max_body_size = max_body_size

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        announced = dict(scope["headers"]).get(b"content-length", b"0")
        left = self._max_body_size

        async def receive_limited() -> Message:
            nonlocal left
            if announced.isdigit() and int(announced[:20]) > self._max_body_size:
                raise HTTPException(PayloadTooLarge.status)
            message = await receive()
            left -= len(message.get("body", b""))
            if left < 0:
                raise HTTPException(PayloadTooLarge.status)
            return message

        await self._app(scope, receive_limited, send)
