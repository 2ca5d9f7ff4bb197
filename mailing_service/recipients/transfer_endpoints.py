"""Files with recipients, as their owner sends and fetches them."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import Field

from mailing_service.dependencies import AddressesHere, MailingWriter
from mailing_service.errors import ImportOutrun, ImportRefused, ListNotFound
from mailing_service.recipients import transfer
from mailing_service.recipients.endpoints import RECIPIENTS
from mailing_service.recipients.transfer_schemas import (
    RecipientImportOptions,
    RecipientImportReport,
)
from shared.errors import PayloadTooLarge
from shared.http.problem_groups import BODY, VERIFIED_AND_ALLOWED
from shared.http.problems import problems
from shared.http.query_parameters import MaybeGiven
from shared.language.translation import language_of
from shared.transfer.formats import MEDIA_TYPES, documented, documented_body
from shared.transfer.schemas import ExportOptions
from shared.transfer.uploads import format_of_body, received
from shared.values.schemas import Digits

router = APIRouter(
    prefix=RECIPIENTS, tags=["recipients"], responses=problems(*VERIFIED_AND_ALLOWED)
)

_FILE = documented(
    csv="email;full_name;city\nanna@example.com;Анна Петрова;Казань\n",
    json_line='{"email": "anna@example.com", "full_name": "Анна Петрова",'
    ' "custom_fields": {"city": "Казань"}}',
)


class RecipientExportOptions(ExportOptions):
    """How to write recipients down."""

    list_id: Annotated[
        MaybeGiven[Annotated[int, Field(ge=1, le=2**53 - 1), Digits]],
        Field(description="Only those of this list."),
    ] = None


@router.post(
    "/import",
    openapi_extra=documented_body(_FILE),
    responses=problems(*BODY, PayloadTooLarge, ListNotFound, ImportOutrun, ImportRefused),
)
async def import_recipients(
    writer: MailingWriter,
    options: Annotated[RecipientImportOptions, Query()],
    hasher: AddressesHere,
    request: Request,
    response: Response,
) -> RecipientImportReport:
    """Add and change recipients from a file of at most 64 MiB and a million lines.

    A recipient with a known address is changed if the line differs; all others are added. All lines
    are imported or none, unless `skip_errors` is true. Columns of other names are custom fields.
    Nobody who is suppressed gets email again by this.
    """
    language = language_of(request.headers.raw)
    response.headers.update({"Content-Language": language, "Vary": "Accept-Language"})
    kind = format_of_body(request, otherwise=options.format)
    async with received(request) as file:
        return await transfer.import_recipients(
            transfer.reader_of(file, kind),
            owner_id=writer.user_id,
            hasher=hasher,
            options=options,
            language=language,
        )


@router.get(
    "/export",
    response_class=StreamingResponse,
    responses={
        **problems(ListNotFound),
        200: {"description": "A file that an import reads.", "content": _FILE},
    },
)
async def export_recipients(
    writer: MailingWriter, options: Annotated[RecipientExportOptions, Query()]
) -> StreamingResponse:
    """Give your recipients as a file, in the order in which they were added."""
    return StreamingResponse(
        await transfer.export_recipients(
            options.format, owner_id=writer.user_id, list_id=options.list_id
        ),
        media_type=MEDIA_TYPES[options.format],
        headers={
            "Content-Disposition": f'attachment; filename="recipients.{options.format}"',
            "Cache-Control": "no-store",
        },
    )
