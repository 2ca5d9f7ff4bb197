"""The audit log of mailings, for administrators."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import StreamingResponse

from mailing_service.audit_log import exporting, reading
from mailing_service.audit_log.schemas import AuditExportOptions, AuditQuery, MailingEventPage
from mailing_service.cursors import CursorsHere
from mailing_service.dependencies import Administrator, CurrentCaller, not_stored
from shared.audit_log.responses import EXPORTED, file_response
from shared.errors import Forbidden, PasswordChangeRequired, ServiceUnavailable, Unauthorized
from shared.http.problems import problems

router = APIRouter(
    prefix="/api/v1/mailing-audit",
    tags=["mailing audit"],
    dependencies=[Depends(not_stored)],
    responses=problems(Unauthorized, Forbidden, PasswordChangeRequired, ServiceUnavailable),
)


@router.get("")
async def list_mailing_audit_events(
    administrator: Administrator,
    query: Annotated[AuditQuery, Query()],
    cursors: CursorsHere,
    caller: CurrentCaller,
) -> MailingEventPage:
    """List what happened to mailings, the newest first."""
    return await reading.list_events(query, cursors, reader=administrator, caller=caller)


@router.get(
    "/export",
    response_class=StreamingResponse,
    responses=EXPORTED,
)
async def export_mailing_audit_events(
    administrator: Administrator,
    options: Annotated[AuditExportOptions, Query()],
    caller: CurrentCaller,
    request: Request,
) -> StreamingResponse:
    """Give all of them as JSON lines or as CSV for a spreadsheet, the oldest first."""
    lines = await exporting.export_events(options, reader=administrator, caller=caller)
    return file_response(lines, options.format, request)
