"""How the spans of one request hang together."""

from testing.collector import ExportedSpan

CALLER = "00f067aa0ba902b7"
"""The span of the client, which nobody sends."""


def parent(trace_id: str, *, sampled: bool = True) -> dict[str, str]:
    """The field by which a client makes its request a part of a trace."""
    return {"traceparent": f"00-{trace_id}-{CALLER}-0{sampled:d}"}


def one(spans: list[ExportedSpan], service: str, kind: str) -> ExportedSpan:
    """The only span of this kind that a service sent."""
    (found,) = (span for span in spans if (span.service, span.kind) == (service, kind))
    return found


def chain(
    spans: list[ExportedSpan], service: str, statements: int
) -> tuple[ExportedSpan, ExportedSpan, ExportedSpan, list[ExportedSpan]]:
    """The request at the gateway, what it asked, the request at the service, and the SQL."""
    entered, asked = one(spans, "gateway", "server"), one(spans, "gateway", "client")
    served = one(spans, service, "server")
    sql = [span for span in spans if (span.service, span.kind) == (service, "client")]
    assert (asked.parent_id, served.parent_id) == (entered.span_id, asked.span_id)
    assert {span.parent_id for span in sql} == {served.span_id}
    assert len(sql) >= statements
    assert len(spans) == 3 + len(sql)
    return entered, asked, served, sql
