"""What the gateway remembers of each request: a number for the metrics, a line for the log."""

from collections.abc import Awaitable
from dataclasses import dataclass
from time import perf_counter

from starlette.types import Message, Scope, Send

from gateway.fields import RequestHead
from shared import access_log
from shared.access_log import AccessLog
from shared.metrics import Metrics
from shared.middleware import CLIENT_GONE


class Observed:
    """ASGI's `send`, with an eye on what goes through."""

    __slots__ = ("_send", "began", "status")

    def __init__(self, send: Send) -> None:
        self._send = send
        self.began = perf_counter()
        self.status = 0  # until the answer begins

    def __call__(self, message: Message) -> Awaitable[None]:
        """Send the message, and look at it in passing."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
        return self._send(message)


@dataclass(slots=True)
class Observer:
    """Tells of requests that have been served; `under_way` are those that have not."""

    metrics: Metrics
    log: AccessLog | None = None
    under_way: int = 0

    def tell(self, observed: Observed, head: RequestHead, scope: Scope) -> None:
        """Count the request, and add a line to the log."""
        self.under_way -= 1
        seconds = perf_counter() - observed.began
        method, status = scope["method"], observed.status or CLIENT_GONE
        self.metrics.count_request(head.route, method, status, seconds)
        if self.log is not None:
            self.log.add(
                access_log.Line(
                    access_log.now(),
                    method,
                    head.route,
                    status,
                    seconds,
                    head.upstream_seconds,
                    head.request_id,
                    head.trace.trace_id,
                    head.subject,
                )
            )
