"""What a value of a recipient may be: a name or a word, and no message.

Approval of a mailing does not look at values, so they hold nothing that a mail program makes a link
of: no address of the web, of a domain or of a mailbox.
"""

import re
import unicodedata
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from mailing_service.bounds import (
    COMMENT_LENGTH,
    FIELD_VALUE_LENGTH,
    FULL_NAME_LENGTH,
    MAX_FIELDS,
)
from mailing_service.fields import EMAIL, FIELD_NAME, FULL_NAME, PRIVATE
from shared.values.schemas import OneLine

_DOTS = ".\u3002\uff0e\uff61"
"""What stands between the labels of a domain (UTS 46)."""
_LINK = re.compile(
    rf"://|@|\bwww[{_DOTS}]|\w[{_DOTS}][^\W\d_]{{2}}"
    r"|\b(?:https?|ftps?|mailto|tel|sms|data|javascript|file):\S",
    re.IGNORECASE,
)
RESERVED = frozenset({EMAIL, FULL_NAME, *PRIVATE})
"""Names that every recipient has or that no email shows."""


def _refuse_links(value: str) -> str:
    # Characters that only look like these are read as them: U+2024, U+FF20 and the like.
    if _LINK.search(value) or _LINK.search(unicodedata.normalize("NFKC", value)):
        raise PydanticCustomError(
            "link", "Must not hold a web or email address; put a space behind a full stop"
        )
    return value


def _refuse_reserved(name: str) -> str:
    if name in RESERVED:
        raise PydanticCustomError("reserved", "This name is taken by what every recipient has")
    return name


FullName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=FULL_NAME_LENGTH),
    OneLine,
    AfterValidator(_refuse_links),
    Field(examples=["Анна Петрова"]),
]
FieldName = Annotated[
    str, StringConstraints(pattern=f"^{FIELD_NAME}$"), AfterValidator(_refuse_reserved)
]
FieldValue = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=FIELD_VALUE_LENGTH),
    OneLine,
    AfterValidator(_refuse_links),
]
CustomFields = Annotated[
    dict[FieldName, FieldValue],
    Field(
        max_length=MAX_FIELDS,
        examples=[{"city": "Казань"}],
        description="Up to ten texts by name, for `{{name}}` in a message.",
    ),
]
Comment = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=COMMENT_LENGTH, pattern=r"^[^\x00]*$"),
    Field(examples=["Met at the fair"], description="Your private note; no email shows it."),
]
