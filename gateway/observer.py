"""What remains of each request: a number for the metrics, a line in the access log."""

from dataclasses import dataclass
from time import perf_counter
from typing import Any, Protocol

from gateway.request_head import RequestHead
from shared.http.middleware import CLIENT_GONE
from shared.telemetry import access_log
from shared.telemetry.access_log import AccessLog
from shared.telemetry.metrics import Metrics


class Observed(Protocol):
    """A request that has ended, as far as it is counted and logged."""

    @property
    def head(self) -> RequestHead: ...

    @property
    def began(self) -> float: ...

    @property
    def route_path(self) -> str: ...

    @property
    def subject(self) -> str | None: ...

    @property
    def upstream_seconds(self) -> float | None: ...

    @property
    def span(self) -> Any: ...


@dataclass(slots=True)
class Observer:
    """Records requests that have ended; `under_way` are those that have not."""

    metrics: Metrics
    log: AccessLog | None = None
    under_way: int = 0

    def record(self, request: Observed, status: int) -> None:
        """Count the request, and add a line to the log; a status of 0 is that of no response."""
        self.under_way -= 1
        seconds = perf_counter() - request.began
        head = request.head
        method, status = head.method, status or CLIENT_GONE
        self.metrics.count_request(request.route_path, method, status, seconds)
        if self.log is not None:
            self.log.add(
                access_log.Line(
                    access_log.now(),
                    method,
                    request.route_path,
                    status,
                    seconds,
                    request.upstream_seconds,
                    head.request_id,
                    head.trace.trace_id,
                    request.subject,
                )
            )
