"""What a recipient looks like from outside, and what is said of one."""

from typing import Annotated

from pydantic import Field, StringConstraints

from mailing_service.models.recipients import Recipient
from mailing_service.models.suppressions import SuppressionReason
from mailing_service.recipients.field_values import Comment, CustomFields, FullName
from shared.cursor_pages import ListPage, ListQuery
from shared.http.query_parameters import MaybeGiven
from shared.values.email_addresses import Email
from shared.values.schemas import Digits, Schema, UtcDatetime

MAX_SEARCH = 200


class RecipientCreate(Schema):
    """A person to write to; one for each address."""

    email: Email
    full_name: FullName = ""
    comment: Comment = ""
    custom_fields: CustomFields = Field(default_factory=dict)


class RecipientUpdate(Schema):
    """What changes; what is left out stays, and `custom_fields` are replaced as a whole."""

    email: Email = Field(default_factory=str)
    full_name: FullName = Field(default_factory=str)
    comment: Comment = Field(default_factory=str)
    custom_fields: CustomFields = Field(default_factory=dict)


class RecipientRead(Schema):
    """A recipient."""

    id: int = Field(examples=[17])
    email: str = Field(examples=["anna@example.com"])
    full_name: str
    comment: str
    custom_fields: dict[str, str]
    suppressed: SuppressionReason | None = Field(
        description="Why this address gets no email; null where it does."
    )
    list_ids: list[int] = Field(
        examples=[[3, 17]], description="The lists that they stand in, in order."
    )
    created_at: UtcDatetime
    updated_at: UtcDatetime

    @classmethod
    def of(
        cls, recipient: Recipient, suppressed: SuppressionReason | None, list_ids: list[int]
    ) -> "RecipientRead":
        """Show a recipient."""
        names = cls.model_fields.keys() - {"suppressed", "list_ids"}
        own = {name: getattr(recipient, name) for name in names}
        return cls(**own, suppressed=suppressed, list_ids=list_ids)


class RecipientQuery(ListQuery):
    """Which recipients a list shows."""

    q: Annotated[
        MaybeGiven[
            Annotated[
                str,
                StringConstraints(
                    strip_whitespace=True,
                    min_length=1,
                    max_length=MAX_SEARCH,
                    pattern=r"^[^\x00]*$",
                ),
            ]
        ],
        Field(description="Words of the name, or the beginning of the address."),
    ] = None
    list_id: Annotated[
        MaybeGiven[Annotated[int, Field(ge=1, le=2**53 - 1), Digits]],
        Field(description="Only those of this list."),
    ] = None


class RecipientPage(ListPage[RecipientRead]):
    """One page of your recipients, the newest first."""
