"""A letter as the one who gets it sees it."""

from pydantic import Field

from shared.schemas import Schema, UtcDatetime


class LetterRead(Schema):
    """A letter in a mailbox."""

    sender: str = Field(serialization_alias="from", examples=["vitrina@localhost"])
    to: list[str]
    subject: str
    text: str
    html: str
    received_at: UtcDatetime
