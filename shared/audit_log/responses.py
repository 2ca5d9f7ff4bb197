"""An exported log as HTTP gives it."""

from collections.abc import AsyncIterator
from typing import Any, Final

from fastapi.responses import StreamingResponse
from starlette.requests import Request

from shared.transfer.formats import CSV, FileFormat
from shared.transfer.json_lines import LINES, lines_media_type

EXPORTED: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "One event a line, the oldest first.",
        "content": {**LINES, CSV: {"schema": {"type": "string"}}},
    }
}
"""The OpenAPI responses of such an endpoint."""


def file_response(
    lines: AsyncIterator[bytes], kind: FileFormat, request: Request
) -> StreamingResponse:
    """Send the lines of a file as what it is."""
    is_csv = kind is FileFormat.CSV
    return StreamingResponse(lines, media_type=CSV if is_csv else lines_media_type(request))
