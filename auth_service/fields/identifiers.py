"""The names one signs in with, in the one form in which they are stored and compared."""

import re

from shared.values.email_addresses import (
    MAX_TYPED_LENGTH,
    InvalidIdentifier,
    canonical_email,
    without_pasted,
)

_PHONE = re.compile(r"\+7[0-9]{10}", re.ASCII)
_SEPARATORS = re.compile(r"[\s()-]+", re.ASCII)


def canonical_phone(text: str) -> str:
    """Return `text` as `+7` and ten ASCII digits; raises InvalidIdentifier.

    Nothing that one types with the keys of a usual keyboard may stand between them.
    """
    phone = without_pasted(text[:MAX_TYPED_LENGTH])
    if not _PHONE.fullmatch(phone):
        raise InvalidIdentifier("Must be +7 and ten digits")
    return phone


def canonical_login(text: str) -> tuple[str, str] | None:
    """Tell what a person means by `text`: ("email" | "phone", canonical form), or None.

    Forgives case, spaces, dashes, brackets, and a leading 8 instead of +7.
    """
    try:
        if "@" in text:
            return "email", canonical_email("".join(text.split()))
        digits = _SEPARATORS.sub("", without_pasted(text[:MAX_TYPED_LENGTH]))
        return "phone", canonical_phone(re.sub(r"^8(?=[0-9]{10}$)", "+7", digits))
    except InvalidIdentifier:
        return None
