"""The base of every body, and the one shape of an error."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
)
from pydantic_core import PydanticCustomError


class Schema(BaseModel):
    """Input and output of an endpoint: unknown fields are refused, values do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True, from_attributes=True)


class FieldMessage(Schema):
    """One broken rule: `field` is its path in the request, parts joined by dots."""

    field: str
    message: str


class Problem(Schema):
    """Every error looks like this; `fields` comes with 422 only, and 401 has no `error`."""

    code: int = Field(description="The HTTP status, repeated.", examples=[404])
    message: str = Field(description="A sentence for a person.")
    error: str | None = Field(default=None, description="A stable name for a program.")
    fields: list[FieldMessage] | None = None


class UnauthorizedProblem(Schema):
    """Every 401 is exactly this, whatever the cause."""

    code: int = Field(examples=[401])
    message: str = Field(examples=["Unauthorized"])


def _to_utc_text(value: datetime) -> str:
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _refuse_control_characters(value: str) -> str:
    if any(character < " " or character == "\x7f" for character in value):
        raise PydanticCustomError("control_character", "Control characters are not allowed")
    return value


UtcDatetime = Annotated[datetime, PlainSerializer(_to_utc_text, return_type=str)]
"""An instant, written as ISO 8601 in UTC with `Z`."""

OneLine = AfterValidator(_refuse_control_characters)
"""Refuses NUL, line feeds and other controls; goes after the constraints of a string."""

Line = Annotated[str, StringConstraints(strip_whitespace=True), OneLine]
"""One line of text of any script, trimmed; NUL, line feeds and other controls are refused."""
