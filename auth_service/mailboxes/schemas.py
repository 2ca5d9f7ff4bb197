"""An email as its recipient sees it."""

from pydantic import Field

from shared.values.schemas import Schema, UtcDatetime


class EmailRead(Schema):
    """An email in a mailbox."""

    sender: str = Field(serialization_alias="from", examples=["vitrina@localhost"])
    to: list[str]
    subject: str
    text: str
    html: str
    received_at: UtcDatetime
