"""Exports that are JSON lines alone, also for clients that save nothing but bytes."""

from typing import Any, Final

from starlette.requests import Request

from shared.transfer.formats import JSON_LINES, OCTETS

LINES: Final[dict[str, Any]] = {
    JSON_LINES: {"schema": {"type": "string"}},
    OCTETS: {"schema": {"type": "string", "format": "binary"}},
}
"""The OpenAPI content of such a response."""


def lines_media_type(request: Request) -> str:
    """Return plain bytes where they alone are accepted, as clients do that know no other way."""
    accepted = ",".join(request.headers.getlist("accept")).lower()
    return OCTETS if OCTETS in accepted and JSON_LINES not in accepted else JSON_LINES
