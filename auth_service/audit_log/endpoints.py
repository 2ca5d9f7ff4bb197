"""The audit log, for administrators."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import StreamingResponse

from auth_service.audit_log import reading
from auth_service.audit_log.schemas import AuditFilter, AuditPage, AuditQuery
from auth_service.permissions import Administrator
from shared.errors import Forbidden, PasswordChangeRequired, ServiceUnavailable, Unauthorized
from shared.problems import problems

JSON_LINES = "application/x-ndjson"
OCTETS = "application/octet-stream"
"""The same lines, for clients that know no other way to save a file."""

_LINES = {
    JSON_LINES: {"schema": {"type": "string"}},
    OCTETS: {"schema": {"type": "string", "format": "binary"}},
}

router = APIRouter(
    prefix="/api/v1/audit",
    tags=["audit"],
    responses=problems(Unauthorized, Forbidden, PasswordChangeRequired, ServiceUnavailable),
)


@router.get("")
async def list_audit_events(
    administrator: Administrator, query: Annotated[AuditQuery, Query()]
) -> AuditPage:
    """List what happened to accounts and what was tried, the newest first.

    Pages that are read within an hour of the first show the log of that moment: each event once.
    """
    return await reading.list_events(query, actor=administrator)


@router.get(
    "/export",
    response_class=StreamingResponse,
    responses={200: {"description": "One event a line, the oldest first.", "content": _LINES}},
)
async def export_audit_events(
    administrator: Administrator, chosen: Annotated[AuditFilter, Query()], request: Request
) -> StreamingResponse:
    """Give all of them as JSON lines, the oldest first."""
    lines = await reading.export_events(chosen, actor=administrator)
    return StreamingResponse(lines, media_type=_media_type(request))


def _media_type(request: Request) -> str:
    accepted = ",".join(request.headers.getlist("accept")).lower()
    return OCTETS if OCTETS in accepted and JSON_LINES not in accepted else JSON_LINES
