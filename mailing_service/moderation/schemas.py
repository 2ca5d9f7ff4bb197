"""What a manager says when they reject or disable a mailing."""

from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from mailing_service.bounds import REASON_LENGTH
from shared.values.schemas import Schema
from shared.values.visible import is_visible


def _readable(text: str) -> str:
    if not any(map(is_visible, text)) or "\0" in text:
        raise PydanticCustomError("invisible", "Must have a visible character")
    return text


Reason = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=REASON_LENGTH),
    AfterValidator(_readable),
]


class Refusal(Schema):
    """Why a mailing is rejected or disabled."""

    reason: Annotated[
        Reason,
        Field(
            examples=["The link in the second paragraph leads to another shop."],
            description="Its owner reads it.",
        ),
    ]
