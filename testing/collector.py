"""Takes what is sent by OTLP over HTTP, as a collector does, and remembers the spans."""

import threading
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import monotonic, sleep
from typing import Any, Self

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span as Sent

TIMEOUT = 60.0
"""Seconds in which what was done has been exported."""


@dataclass(frozen=True, slots=True, eq=False)
class ExportedSpan:
    """A span as it came."""

    service: str
    name: str
    trace_id: str
    span_id: str
    parent_id: str  # empty for the first of a trace
    kind: str
    attributes: Mapping[str, Any]
    failed: bool
    seconds: tuple[float, float]


class Collector(ThreadingHTTPServer):
    """`spans` are all that came."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Receiver)
        self.paths: set[str] = set()
        self.spans: list[ExportedSpan] = []

    @property
    def environment(self) -> dict[str, str]:
        """What has a service send here, and soon."""
        endpoint = f"http://127.0.0.1:{self.server_port}"
        return {"OTEL_EXPORTER_OTLP_ENDPOINT": endpoint, "OTEL_BSP_SCHEDULE_DELAY": "100"}

    def trace(self, trace_id: str, **least: int) -> list[ExportedSpan]:
        """Wait for a trace with at least so many spans of each service, and return them all.

        None of them is without its parent, but for those that have the caller's. AssertionError if
        it does not come.
        """
        deadline = monotonic() + TIMEOUT
        while True:
            found = [span for span in tuple(self.spans) if span.trace_id == trace_id]
            if is_whole(found, least):
                return found
            assert monotonic() < deadline, [(span.service, span.name) for span in found]
            sleep(0.02)

    @classmethod
    @contextmanager
    def running(cls) -> Iterator[Self]:
        """Listen for as long as the context lasts."""
        with cls() as collector:
            thread = threading.Thread(target=collector.serve_forever)
            thread.start()
            try:
                yield collector
            finally:
                collector.shutdown()
                thread.join()


def is_whole(trace: Collection[ExportedSpan], least: Mapping[str, int]) -> bool:
    """Whether there are so many spans of each service, and one parent at most is not among them."""
    absent = {span.parent_id for span in trace} - {span.span_id for span in trace}
    return len(absent) <= 1 and Counter(span.service for span in trace) >= Counter(least)


class _Receiver(BaseHTTPRequestHandler):
    server: Collector

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.paths.add(self.path)
        self.server.spans += read(body)
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def read(body: bytes) -> Iterator[ExportedSpan]:
    """Yield the spans in a request of an exporter."""
    for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
        service = _values(resource.resource.attributes)["service.name"]
        for scope in resource.scope_spans:
            for span in scope.spans:
                yield _exported(service, span)


def _exported(service: str, span: Sent) -> ExportedSpan:
    return ExportedSpan(
        service=service,
        name=span.name,
        trace_id=span.trace_id.hex(),
        span_id=span.span_id.hex(),
        parent_id=span.parent_span_id.hex(),
        kind=Sent.SpanKind.Name(span.kind).removeprefix("SPAN_KIND_").lower(),
        attributes=_values(span.attributes),
        failed=span.status.code == span.status.STATUS_CODE_ERROR,
        seconds=(span.start_time_unix_nano / 1e9, span.end_time_unix_nano / 1e9),
    )


def _values(attributes: Any) -> dict[str, Any]:
    return {one.key: getattr(one.value, one.value.WhichOneof("value")) for one in attributes}
