"""A span for each statement that PostgreSQL is asked in a request: its text, never a value."""

import re
from functools import lru_cache
from time import time_ns
from typing import TYPE_CHECKING, Any, Final

from opentelemetry.trace import SpanKind, StatusCode, Tracer, get_current_span

if TYPE_CHECKING:
    import asyncpg  # which the gateway has not

LONGEST: Final = 4000
"""Characters of a statement that are recorded."""

_LITERAL: Final = re.compile(r"'(?:[^']|'')*'|(?<![\w$\".])\d[\d.]*\b")
_PART: Final = re.compile(r"\([^()]*\)")
_TABLE: Final = re.compile(r"\b(?:FROM|INTO|UPDATE) \"?(\w+)")


class SqlSpans:
    """Called by asyncpg itself for every statement, once it is done."""

    def __init__(self, tracer: Tracer) -> None:
        self._tracer = tracer

    async def watch(self, connection: "asyncpg.Connection") -> None:
        """Look at what is asked on this connection; the `init` of a pool."""
        connection.add_query_logger(self._tell)

    def _tell(self, done: Any) -> None:
        """Take asyncpg's LoggedQuery, in the context of the request."""
        if not get_current_span().get_span_context().trace_flags.sampled:
            return  # nobody's request, or one that is not sampled
        now = time_ns()
        summary, text = described(done.query)
        attributes = {
            "db.system.name": "postgresql",
            "db.namespace": done.conn_params.database,
            "db.query.summary": summary,
            "db.query.text": text,
        }
        span = self._tracer.start_span(
            summary,
            kind=SpanKind.CLIENT,
            attributes=attributes,
            start_time=now - round(done.elapsed * 1e9),
        )
        if done.exception is not None:  # its words may have values in them
            span.set_attribute("error.type", type(done.exception).__name__)
            state = getattr(done.exception, "sqlstate", None)
            if state is not None:
                span.set_attribute("db.response.status_code", state)
            span.set_status(StatusCode.ERROR)
        span.end(now)


@lru_cache(maxsize=1000)
def described(statement: str) -> tuple[str, str]:
    """Return what a statement does in two words, and its text with `?` for what is written out."""
    text = _LITERAL.sub("?", statement)
    verb = text.split(maxsplit=1)[0].rstrip(";").upper() if text.strip() else "SQL"
    table = _TABLE.search(_without_parts(text))
    return f"{verb} {table[1]}" if table else verb, text[:LONGEST]


def _without_parts(text: str) -> str:
    """Return a statement without what stands in parentheses: subqueries, lists of columns."""
    while (shorter := _PART.sub(" ", text)) != text:
        text = shorter
    return text
