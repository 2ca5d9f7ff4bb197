"""The base of every body, and the one shape of an error."""

import re
from datetime import UTC, datetime
from typing import Annotated, Any
from unicodedata import category

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError

from shared.values.visible import is_bidi_control, is_visible

Int32 = Annotated[int, Field(json_schema_extra={"format": "int32"})]
"""An integer of a response that stays small; others are documented as int64."""

MAX_SAFE_INTEGER = 2**53 - 1
"""The largest integer that every reader of JSON keeps exact (RFC 8259 section 6)."""

MAX_MEMBERS = 100
"""Members of one JSON object that are looked at; each unknown one costs an error of its own."""


class Schema(BaseModel):
    """Input and output of an endpoint: unknown fields are refused, values do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True, from_attributes=True)

    @model_validator(mode="before")
    @classmethod
    def _refuse_many_members(cls, data: Any) -> Any:
        if isinstance(data, dict) and len(data) > MAX_MEMBERS:
            raise PydanticCustomError("too_many_members", "Has too many members")
        return data


class FieldMessage(Schema):
    """What is wrong with what: `field` is its path in the request, parts joined by dots.

    Where something stored stands in the way, it is named the same way: `products.17`.
    """

    field: str
    message: str


class Problem(Schema):
    """Every error looks like this.

    `fields` comes with 422, and with others where they can name what it is about; 401 has no
    `error`.
    """

    code: Int32 = Field(description="The HTTP status, repeated.", examples=[404])
    message: str = Field(
        description="A sentence for a person, in the language of Accept-Language: en or ru."
    )
    error: str | None = Field(default=None, description="A stable name for a program.")
    fields: list[FieldMessage] | None = None


class UnauthorizedProblem(Schema):
    """Every 401 is exactly this, whatever the cause."""

    code: Int32 = Field(examples=[401])
    message: str = Field(examples=["Unauthorized"])


_CANONICAL_NUMBER = re.compile(r"0|-?[1-9][0-9]{0,18}", re.ASCII)
_CONTROLS = frozenset({"Cc", "Zl", "Zp"})


def _to_utc_text(value: datetime) -> str:
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _refuse_control_characters(value: str) -> str:
    if any(category(c) in _CONTROLS or is_bidi_control(c) for c in value):
        raise PydanticCustomError("control_character", "Control characters are not allowed")
    if value and not any(map(is_visible, value)):
        raise PydanticCustomError("invisible", "Must have a visible character")
    return value


def _refuse_other_spellings(value: Any) -> Any:
    if isinstance(value, str) and not _CANONICAL_NUMBER.fullmatch(value):
        raise PydanticCustomError("digits", "Must be a whole number in plain digits")
    return value


Digits = BeforeValidator(_refuse_other_spellings)
"""For numbers in paths and queries: one spelling each, so no `1.0`, `+1`, `01` or `1_0`."""

UtcDatetime = Annotated[
    datetime,
    PlainSerializer(_to_utc_text, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
"""An instant, written as ISO 8601 in UTC with `Z`."""

OneLine = AfterValidator(_refuse_control_characters)
"""Refuses controls, line ends, bidi controls and what shows nothing; the last of constraints."""

Line = Annotated[str, StringConstraints(strip_whitespace=True), OneLine]
"""One line of text of any script, trimmed; what `OneLine` refuses is refused."""
