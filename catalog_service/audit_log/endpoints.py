"""The audit log of products and orders, for administrators."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import StreamingResponse

from catalog_service.audit_log import exporting, reading
from catalog_service.audit_log.schemas import AuditExportOptions, AuditQuery, CatalogEventPage
from catalog_service.dependencies import Administrator, not_stored
from shared.audit_log.responses import EXPORTED, file_response
from shared.cursor_pages import Cursors
from shared.http.problem_groups import VERIFIED_AND_ALLOWED
from shared.http.problems import problems

router = APIRouter(
    prefix="/api/v1/catalog-audit",
    tags=["catalog audit"],
    dependencies=[Depends(not_stored)],
    responses=problems(*VERIFIED_AND_ALLOWED),
)


async def _cursors(request: Request) -> Cursors:
    cursors: Cursors = request.app.state.audit_cursors
    return cursors


@router.get("")
async def list_catalog_audit_events(
    administrator: Administrator,
    query: Annotated[AuditQuery, Query()],
    cursors: Annotated[Cursors, Depends(_cursors)],
) -> CatalogEventPage:
    """List what the staff did to products and orders, the newest first."""
    return await reading.list_events(query, cursors, reader_id=administrator.user_id)


@router.get("/export", response_class=StreamingResponse, responses=EXPORTED)
async def export_catalog_audit_events(
    administrator: Administrator, options: Annotated[AuditExportOptions, Query()], request: Request
) -> StreamingResponse:
    """Give all of them as JSON lines or as CSV for a spreadsheet, the oldest first."""
    lines = await exporting.export_events(options, reader_id=administrator.user_id)
    return file_response(lines, options.format, request)
