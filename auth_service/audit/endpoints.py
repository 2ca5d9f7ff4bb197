"""The audit log, for administrators."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse

from auth_service.administration.permissions import Administrator
from auth_service.audit import reading
from auth_service.audit.schemas import AuditFilter, AuditPage, AuditQuery
from shared.errors import Forbidden, PasswordChangeRequired, ServiceUnavailable, Unauthorized
from shared.problems import problems

JSON_LINES = "application/x-ndjson"

router = APIRouter(
    prefix="/api/v1/audit",
    tags=["audit"],
    responses=problems(Unauthorized, Forbidden, PasswordChangeRequired, ServiceUnavailable),
)


@router.get("")
async def list_events(
    administrator: Administrator, query: Annotated[AuditQuery, Query()]
) -> AuditPage:
    """List what happened to accounts and what was tried, the newest first."""
    return await reading.list_events(query, actor=administrator)


@router.get(
    "/export",
    response_class=StreamingResponse,
    responses={
        200: {"description": "One event a line, the oldest first.", "content": {JSON_LINES: {}}}
    },
)
async def export_events(
    administrator: Administrator, chosen: Annotated[AuditFilter, Query()]
) -> StreamingResponse:
    """Give all of them as JSON lines, the oldest first."""
    lines = await reading.export_events(chosen, actor=administrator)
    return StreamingResponse(lines, media_type=JSON_LINES)
