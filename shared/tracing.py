"""Whether this process is to send spans, as OpenTelemetry's own variable says.

Where it does not, nothing of the SDK is imported, and no request passes through any of it.
"""

import os
import sys
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from shared.spans import Spans

VARIABLE: Final = "OTEL_EXPORTER_OTLP_ENDPOINT"


def wanted_spans(service: str) -> "Spans | None":
    """Return what makes the spans of `service`, if somebody wants them.

    Ends the process with a sentence where they cannot be made.
    """
    if not os.environ.get(VARIABLE):
        return None
    try:
        from shared.spans import Spans  # noqa: PLC0415 - the SDK comes with it
    except ImportError:
        sys.stderr.write(f"{VARIABLE} is not usable: the extra `telemetry` is not installed.\n")
        raise SystemExit(2) from None
    return Spans(service)
