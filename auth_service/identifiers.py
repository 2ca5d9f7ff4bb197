"""The names one signs in with, in the one form in which they are stored and compared."""

import re

from email_validator import EmailNotValidError, validate_email

MAX_EMAIL_LENGTH = 254
MAX_LOGIN_LENGTH = 320

_PHONE = re.compile(r"\+7[0-9]{10}", re.ASCII)
_SEPARATORS = re.compile(r"[\s()\-\u00ad\u2010-\u2015]+")


class InvalidIdentifier(ValueError):
    """This is no email or phone; the message says why, without repeating it."""


def canonical_email(text: str) -> str:
    """Return the email with an ASCII local part and an IDNA domain, all in lower case.

    Raises InvalidIdentifier. A local part outside ASCII is refused: a look-alike letter would
    be another address.
    """
    if len(text) > MAX_LOGIN_LENGTH:
        raise InvalidIdentifier("Must be a valid email address")
    try:
        parsed = validate_email(
            text.strip(), allow_smtputf8=False, check_deliverability=False, strict=True
        )
    except EmailNotValidError:
        raise InvalidIdentifier("Must be a valid email address") from None
    email = f"{parsed.local_part}@{parsed.ascii_domain}".lower()
    if len(email) > MAX_EMAIL_LENGTH:
        raise InvalidIdentifier("Must be a valid email address")
    return email


def canonical_phone(text: str) -> str:
    """Return `text` if it is `+7` and ten ASCII digits; raises InvalidIdentifier."""
    if not _PHONE.fullmatch(text):
        raise InvalidIdentifier("Must be +7 and ten digits")
    return text


def canonical_login(text: str) -> tuple[str, str] | None:
    """Tell what a person means by `text`: ("email" | "phone", canonical form), or None.

    Forgives case, spaces, dashes, brackets, and a leading 8 instead of +7.
    """
    try:
        if "@" in text:
            return "email", canonical_email("".join(text.split()))
        digits = _SEPARATORS.sub("", text[:MAX_LOGIN_LENGTH])
        return "phone", canonical_phone(re.sub(r"^8(?=[0-9]{10}$)", "+7", digits))
    except InvalidIdentifier:
        return None
