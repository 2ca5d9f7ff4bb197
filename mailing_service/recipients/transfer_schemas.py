"""A line of a file with recipients, and the report of an import."""

from typing import Annotated

from pydantic import Field

from mailing_service.recipients.field_values import Comment, CustomFields, FullName
from shared.http.query_parameters import MaybeGiven
from shared.transfer import schemas
from shared.values.email_addresses import Email
from shared.values.schemas import Digits, Schema


class RecipientLine(Schema):
    """What a line says of a recipient; what it leaves out stays as it is."""

    email: Email
    full_name: FullName | None = None
    comment: Comment | None = None
    custom_fields: CustomFields | None = None


class RecipientImportOptions(schemas.ImportOptions):
    """How to go about a file with recipients."""

    list_id: Annotated[
        MaybeGiven[Annotated[int, Field(ge=1, le=2**53 - 1), Digits]],
        Field(description="Put everybody in the file into this list of yours, too."),
    ] = None


class RecipientImportReport(schemas.ImportReport):
    """What came of each line of the file; a dry run says what would."""

    encoding: str = Field(
        examples=["utf-8"],
        description="How the file was read: utf-8, or windows-1251 where it is no UTF-8.",
    )
