"""The audit log, for administrators."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import StreamingResponse

from auth_service.audit_log import exporting, reading
from auth_service.audit_log.schemas import AuditExportOptions, AuditPage, AuditQuery
from auth_service.permissions import Administrator
from shared.audit_log.responses import EXPORTED, file_response
from shared.http.problem_groups import ALLOWED
from shared.http.problems import problems

router = APIRouter(
    prefix="/api/v1/audit",
    tags=["audit"],
    responses=problems(*ALLOWED),
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
    responses=EXPORTED,
)
async def export_audit_events(
    administrator: Administrator, options: Annotated[AuditExportOptions, Query()], request: Request
) -> StreamingResponse:
    """Give all of them as JSON lines or as CSV for a spreadsheet, the oldest first."""
    lines = await exporting.export_events(options, actor=administrator)
    return file_response(lines, options.format, request)
