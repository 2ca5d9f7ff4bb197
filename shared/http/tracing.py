"""Whether this process is to send spans, as OpenTelemetry's own variable says.

Where it does not, nothing of the SDK is imported, and no request passes through any of it.
"""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from shared.http.spans import Spans

VARIABLE: Final = "OTEL_EXPORTER_OTLP_ENDPOINT"


Note: TypeAlias = Callable[..., None]
"""Notes what came of a piece of work, by keyword."""


@contextmanager
def work(spans: "Spans | None", name: str) -> Iterator[Note]:
    """Have a piece of work that no request asked for be a span, where somebody wants spans."""
    if spans is None:
        yield _forget
    else:
        with spans.work(name) as note:
            yield note


def _forget(**_: object) -> None:
    """Note nothing."""


def wanted_spans(service: str) -> "Spans | None":
    """Return what makes the spans of `service`, if somebody wants them.

    Ends the process with a sentence where they cannot be made.
    """
    if not os.environ.get(VARIABLE):
        return None
    try:
        from shared.http.spans import Spans  # noqa: PLC0415 - the SDK comes with it
    except ImportError:
        sys.stderr.write(f"{VARIABLE} is not usable: the extra `telemetry` is not installed.\n")
        raise SystemExit(2) from None
    return Spans(service)
