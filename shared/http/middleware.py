"""Pure ASGI middleware: what stands in every request's way."""

import asyncio
import logging
import re
import secrets
from collections.abc import Sequence
from time import perf_counter

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.errors import (
    InternalError,
    PayloadTooLarge,
    ServiceUnavailable,
)
from shared.http.error_handlers import Header, send_error
from shared.telemetry import access_log
from shared.telemetry.access_log import AccessLog
from shared.telemetry.metrics import UNMATCHED, Metrics
from shared.telemetry.observability import request_id
from shared.telemetry.trace import TRACEPARENT, TRACESTATE, follow, trace_id

REQUEST_ID_HEADER = b"x-request-id"
_ACCEPTABLE = re.compile(rb"[A-Za-z0-9._-]{1,64}")

NO_STORE: Header = (b"cache-control", b"no-store")

Headers = list[Header]

logger = logging.getLogger(__name__)


def choose_request_id(headers: list[tuple[bytes, bytes]]) -> str:
    """Return the caller's X-Request-Id where there is one and it is harmless, else a new one."""
    for name, value in headers:
        if name == REQUEST_ID_HEADER and _ACCEPTABLE.fullmatch(value):
            return value.decode()
    return secrets.token_hex(16)


CLIENT_GONE = 499
"""What counts as the status of a request that nobody waited for, as nginx has it."""


class RequestBoundary:
    """Names each request for the logs, echoes the name, and answers what nobody caught.

    So it does for one that the deadline of a shutdown has cut, unless its answer has begun: that
    such a one is not whole is shown by the end of the connection alone.

    Each request is counted, and has a line in the access log where there is one.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, method = perf_counter(), scope["method"]
        if method == "HEAD":  # the server leaves the body out (RFC 9110 section 9.3.2)
            scope = {**scope, "method": "GET"}
        name = choose_request_id(scope["headers"])
        trace = follow(values(scope, TRACEPARENT), values(scope, TRACESTATE)).trace_id
        token, trace_token = request_id.set(name), trace_id.set(trace)
        status = 0

        async def send_named(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = _completed(message["headers"], name)
            await send(message)

        try:
            await self._app(scope, receive, send_named)
        except Exception:
            logger.exception("unexpected error", extra={"path": scope["path"]})
            if status:
                raise
            await send_error(scope, send_named, InternalError())
        except asyncio.CancelledError:  # the time that a shutdown has is over
            logger.warning("not finished before the shutdown", extra={"path": scope["path"]})
            if status:
                raise
            await send_error(scope, send_named, ServiceUnavailable())
        finally:
            self._tell(scope, method, status or CLIENT_GONE, perf_counter() - began, (name, trace))
            request_id.reset(token)
            trace_id.reset(trace_token)

    def _tell(
        self, scope: Scope, method: str, status: int, seconds: float, ids: tuple[str, str]
    ) -> None:
        """Count the request, and add a line to the access log."""
        route = getattr(scope.get("route"), "path", UNMATCHED)
        state = scope["app"].state
        metrics: Metrics = state.metrics
        metrics.count_request(route, method, status, seconds)
        log: AccessLog | None = state.access_log
        if log is not None:
            log.add(
                access_log.Line(
                    at=access_log.now(),
                    method=method,
                    route=route,
                    status=status,
                    seconds=seconds,
                    upstream_seconds=None,
                    request_id=ids[0],
                    trace_id=ids[1],
                    subject=scope.get("subject"),
                )
            )


def _completed(headers: Headers, name: str) -> Headers:
    """Return the fields of an answer with the request's name.

    One that says nothing of caches is for none: almost all here is somebody's own.
    """
    added = [*headers, (REQUEST_ID_HEADER, name.encode())]
    if not any(field == b"cache-control" for field, _ in headers):
        added.append(NO_STORE)
    return added


def values(scope: Scope, name: bytes) -> Sequence[bytes]:
    return [value for field, value in scope["headers"] if field == name]


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
