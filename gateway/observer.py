"""What the gateway remembers of each request: a number for the metrics, a line for the log."""

from dataclasses import dataclass
from time import perf_counter

from gateway.headers import RequestHead
from shared import access_log
from shared.access_log import AccessLog
from shared.metrics import Metrics
from shared.middleware import CLIENT_GONE


@dataclass(slots=True)
class Observer:
    """Tells of requests that have been served; `under_way` are those that have not."""

    metrics: Metrics
    log: AccessLog | None = None
    under_way: int = 0

    def tell(self, head: RequestHead, status: int) -> None:
        """Count the request, and add a line to the log; a status of 0 is that of no answer."""
        self.under_way -= 1
        seconds = perf_counter() - head.began
        method, status = head.method, status or CLIENT_GONE
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
