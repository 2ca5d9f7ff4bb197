"""Deliveries over HTTP: to a mailing's owner, and to managers with masked addresses."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from fastapi.responses import StreamingResponse

from mailing_service.cursors import CursorsHere
from mailing_service.deliveries import service
from mailing_service.deliveries.access import Reader
from mailing_service.deliveries.schemas import (
    AddressOptions,
    DeliveryDetails,
    DeliveryExportOptions,
    DeliveryPage,
    DeliveryQuery,
)
from mailing_service.dependencies import (
    CurrentCaller,
    MailingWriter,
    is_administrator,
    is_staff,
    not_stored,
)
from mailing_service.errors import DeliveryNotFound, MailingNotFound
from shared.http.problem_groups import VERIFIED_AND_ALLOWED
from shared.http.problems import problems
from shared.transfer.formats import MEDIA_TYPES, documented
from shared.values.schemas import MAX_SAFE_INTEGER, Digits

router = APIRouter(
    prefix="/api/v1",
    tags=["deliveries"],
    dependencies=[Depends(not_stored)],
    responses=problems(*VERIFIED_AND_ALLOWED),
)

MailingId = Annotated[int, Path(ge=1, le=MAX_SAFE_INTEGER, description="The mailing's id."), Digits]
DeliveryId = Annotated[
    int, Path(ge=1, le=MAX_SAFE_INTEGER, description="The delivery's id."), Digits
]

_FILE = documented(
    csv="id,run_id,email,state,state_reason,attempts_used,code,response,bounced,changed_at\n"
    "17,3,anna@example.com,sent,,1,250,2.0.0 Ok: queued,,2026-11-30 08:00:00+00:00\n",
    json_line='{"id": 17, "run_id": 3, "email": "anna@example.com", "state": "sent", "code": 250}',
)


async def _reader(writer: MailingWriter, caller: CurrentCaller) -> Reader:
    return Reader(
        writer, caller, is_staff=is_staff(writer), is_administrator=is_administrator(writer)
    )


CurrentReader = Annotated[Reader, Depends(_reader)]
"""An owner, or a manager who sees others' deliveries."""


@router.get("/mailings/{mailing_id}/deliveries", responses=problems(MailingNotFound))
async def list_deliveries(
    mailing_id: MailingId,
    query: Annotated[DeliveryQuery, Query()],
    reader: CurrentReader,
    cursors: CursorsHere,
) -> DeliveryPage:
    """List who gets or got the emails of a mailing, the newest first.

    Managers see addresses like a…@example.com.
    """
    return await service.list_deliveries(mailing_id, query, cursors, reader=reader)


@router.get(
    "/mailings/{mailing_id}/deliveries/export",
    response_class=StreamingResponse,
    responses={
        **problems(MailingNotFound),
        200: {"description": "One delivery a line.", "content": _FILE},
    },
)
async def export_deliveries(
    mailing_id: MailingId, options: Annotated[DeliveryExportOptions, Query()], reader: CurrentReader
) -> StreamingResponse:
    """Give all deliveries of a mailing as a file, the newest first."""
    return StreamingResponse(
        await service.export_deliveries(mailing_id, options, reader=reader),
        media_type=MEDIA_TYPES[options.format],
        headers={
            "Content-Disposition": f'attachment; filename="deliveries.{options.format}"',
            "Cache-Control": "no-store",
        },
    )


@router.get("/deliveries/{delivery_id}", responses=problems(DeliveryNotFound))
async def read_delivery(
    delivery_id: DeliveryId, options: Annotated[AddressOptions, Query()], reader: CurrentReader
) -> DeliveryDetails:
    """Show a delivery, and each attempt with the mail server's response to it."""
    return await service.read_delivery(
        delivery_id, reader=reader, full_addresses=options.full_addresses
    )
