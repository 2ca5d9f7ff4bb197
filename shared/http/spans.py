"""Spans of requests, made by OpenTelemetry's SDK and sent by OTLP over HTTP.

They have the route, never the path; no query, no header, no body, no address. Everything else about
them (sampling, batches, the collector's headers) is said by OpenTelemetry's own variables.
"""

import asyncio
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.propagators.textmap import Getter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Span, SpanKind, StatusCode, set_span_in_context, use_span
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.http.middleware import RequestBoundary
from shared.http.tracing import Note
from shared.telemetry.access_log import QUIET
from shared.telemetry.metrics import METHODS, UNMATCHED
from shared.telemetry.sql_spans import SqlSpans
from shared.telemetry.trace import TRACEPARENT, TRACESTATE

FLUSH_WITHIN: Final = 3.0
"""Seconds that a process which ends gives the collector for what it has not got yet."""

_KEY: Final = "vitrina.span"  # where a request's scope has its span
_FAILED: Final = 500
_OTHER: Final = "_OTHER"
_PARENT: Final = frozenset({TRACEPARENT, TRACESTATE})
_PROPAGATOR: Final = TraceContextTextMapPropagator()


class _FieldGetter(Getter[Scope]):
    """Reads the fields of a request; of two parents neither counts."""

    def get(self, carrier: Scope, key: str) -> list[str] | None:
        wanted = key.encode()
        values = [value.decode("latin-1") for name, value in carrier["headers"] if name == wanted]
        return None if wanted == TRACEPARENT and len(values) != 1 else values or None

    def keys(self, carrier: Scope) -> list[str]:
        return [name.decode("latin-1") for name, _ in carrier["headers"]]


_FIELDS: Final = _FieldGetter()


class Spans:
    """Makes the spans of one service, and sends them from a thread of its own.

    Who does not take them costs no request: what has no room in the queue is dropped.
    """

    def __init__(self, service: str) -> None:
        named = {"service.name": service, "service.namespace": "vitrina"}
        self._provider = TracerProvider(resource=Resource.create(named), shutdown_on_exit=False)
        self._provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        self._tracer = self._provider.get_tracer("vitrina")
        self.sql = SqlSpans(self._tracer)

    def begin(self, scope: Scope) -> Scope:
        """Begin the span of a request; return its scope, in which that span is the parent."""
        if scope["path"] in QUIET:
            return scope
        method = _known(scope["method"])
        span = self._tracer.start_span(
            method,
            context=_PROPAGATOR.extract(scope, Context(), _FIELDS),
            kind=SpanKind.SERVER,
            attributes={"http.request.method": method, "url.scheme": scope["scheme"]},
        )
        fields = [field for field in scope["headers"] if field[0] not in _PARENT]
        fields += [(name.encode(), value.encode()) for name, value in _as_parent(span).items()]
        return {**scope, "headers": fields, _KEY: span}

    def ask(self, scope: Scope, route: str, service: str) -> tuple[Span, bytes]:
        """Begin the span of what a request makes us ask; return it and the lines that tell of it.

        Such lines are those of `shared.telemetry.trace.Trace`.
        """
        method = _known(scope["method"])
        span = self._tracer.start_span(
            f"{method} {route}",
            context=set_span_in_context(scope[_KEY]),
            kind=SpanKind.CLIENT,
            attributes={
                "http.request.method": method,
                "http.route": route,
                "peer.service": service,
            },
        )
        lines = (f"{name}: {value}\r\n".encode() for name, value in _as_parent(span).items())
        return span, b"".join(lines)

    def end_request(self, scope: Scope, method: str, route: str, status: int) -> None:
        """End the span of a request, if it has one."""
        span: Span | None = scope.get(_KEY)
        if span is None:
            return
        if route != UNMATCHED:
            span.update_name(f"{_known(method)} {route}")
            span.set_attribute("http.route", route)
        self.end(span, status)

    def end(self, span: Span, status: int, reason: str | None = None) -> None:
        """End a span of HTTP; `reason` is why there is no answer, a word out of a bounded set."""
        if status:
            span.set_attribute("http.response.status_code", status)
        if reason is not None or status >= _FAILED:
            span.set_attribute("error.type", reason or str(status))
            span.set_status(StatusCode.ERROR)
        span.end()

    @contextmanager
    def work(self, name: str) -> Iterator[Note]:
        """Have a piece of work that no request asked for be a span, the parent of its SQL.

        What is given notes attributes: numbers, and words out of bounded sets.
        """
        span = self._tracer.start_span(name, context=Context())
        with use_span(
            span, end_on_exit=True, record_exception=False, set_status_on_exception=False
        ):
            try:
                yield lambda **attributes: _note(span, attributes)
            except Exception as error:
                span.set_attribute("error.type", type(error).__name__)
                span.set_status(StatusCode.ERROR)
                raise

    def boundary(self, app: ASGIApp) -> "TracedBoundary":
        """Return the boundary of a service each of whose requests is a span."""
        return TracedBoundary(app, self)

    async def close(self) -> None:
        """Send what waits, as far as there is time."""
        closing = threading.Thread(target=self._provider.shutdown, daemon=True)
        closing.start()
        await asyncio.to_thread(closing.join, FLUSH_WITHIN)


class TracedBoundary(RequestBoundary):
    """The boundary of a service each of whose requests is a span, the parent of its SQL."""

    def __init__(self, app: ASGIApp, spans: Spans) -> None:
        super().__init__(app)
        self._spans = spans

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "http":
            scope = self._spans.begin(scope)
        span: Span | None = scope.get(_KEY)
        if span is None:
            await super().__call__(scope, receive, send)
            return
        with use_span(span, record_exception=False, set_status_on_exception=False):
            await super().__call__(scope, receive, send)

    def _tell(
        self, scope: Scope, method: str, status: int, seconds: float, ids: tuple[str, str]
    ) -> None:
        super()._tell(scope, method, status, seconds, ids)
        route = getattr(scope.get("route"), "path", UNMATCHED)
        self._spans.end_request(scope, method, route, status)


def _note(span: Span, attributes: Mapping[str, int | str | None]) -> None:
    for name, value in attributes.items():
        if value is not None:
            span.set_attribute(f"vitrina.{name}", value)


def _known(method: str) -> str:
    return method if method in METHODS else _OTHER


def _as_parent(span: Span) -> Mapping[str, str]:
    fields: dict[str, str] = {}
    _PROPAGATOR.inject(fields, set_span_in_context(span))
    return fields
