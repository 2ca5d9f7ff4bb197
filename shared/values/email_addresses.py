"""Email addresses in the one form in which they are stored and compared.

What pasting brings along is forgiven: characters that nobody sees or that only look like a space or
a hyphen, by their Unicode category.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Annotated

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from shared.values.visible import is_ignorable, is_visible

MAX_EMAIL_LENGTH = 254
MAX_TYPED_LENGTH = 320
"""Characters of what is looked at at all."""

_JOINERS = "\u200c\u200d"
"""Invisible, but a domain outside ASCII may be another one without them (RFC 5892)."""

_DASH = re.compile(r"(?<![\w-])(?:DASH|HYPHEN|MINUS)(?![\w-])")


class InvalidIdentifier(ValueError):
    """This is no email or phone; the message says why, without repeating it."""


def canonical_email(text: str) -> str:
    """Return the email with an ASCII local part and an IDNA domain, all in lower case.

    Raises InvalidIdentifier. A local part outside ASCII is refused: a look-alike letter would
    be another address.
    """
    if len(text) > MAX_TYPED_LENGTH:
        raise InvalidIdentifier("Must be a valid email address")
    local, at, domain = text.strip().rpartition("@")
    plain = without_pasted(local, dash="-") + at + _without_pasted_in_domain(domain)
    try:
        parsed = validate_email(
            plain, allow_smtputf8=False, check_deliverability=False, strict=True
        )
    except EmailNotValidError:
        raise InvalidIdentifier("Must be a valid email address") from None
    email = f"{parsed.local_part}@{parsed.ascii_domain}".lower()
    if len(email) > MAX_EMAIL_LENGTH:
        raise InvalidIdentifier("Must be a valid email address")
    return email


def _without_pasted_in_domain(domain: str) -> str:
    """Leave joiners alone where they may mean something: between letters outside ASCII."""
    plain = without_pasted(domain, dash="-")
    return plain if plain.isascii() else without_pasted(domain, dash="-", but=_JOINERS)


def without_pasted(text: str, *, dash: str = "", but: str = "") -> str:
    """Remove what is outside ASCII and invisible or a space; `dash` replaces what is like one."""
    if text.isascii():
        return text
    return "".join(c if c in but else _typed(c, dash) for c in text)


def _typed(character: str, dash: str) -> str:
    kind = "" if character.isascii() else _kind(character)
    return {"invisible": "", "dash": dash}.get(kind, character)


@lru_cache(maxsize=1024)
def _kind(character: str) -> str:
    category, name = unicodedata.category(character), unicodedata.name(character, "")
    is_empty = category[0] in "LNPSZ" and not is_visible(character)
    if category == "Cf" or is_empty or is_ignorable(character) or character.isspace():
        return "invisible"
    is_dash = category == "Pd" or (category[0] in "PS" and _DASH.search(name))
    return "dash" if is_dash else ""


def _validated(value: str) -> str:
    try:
        return canonical_email(value)
    except InvalidIdentifier as error:
        raise PydanticCustomError("email", "{reason}", {"reason": str(error)}) from None


Email = Annotated[
    str,
    AfterValidator(_validated),
    Field(
        examples=["anna@example.com"],
        json_schema_extra={"format": "email", "maxLength": MAX_EMAIL_LENGTH},
    ),
]
