"""Addresses as every mail server takes them: ASCII, with the A-labels of an IDN domain."""

import re

from email_validator import EmailNotValidError, validate_email

_LONGEST = 254  # RFC 5321, 4.5.3.1.3, without the angle brackets
_LONGEST_LOCAL_PART = 64
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_PLAIN = re.compile(rf"({_ATOM}(?:\.{_ATOM})*)@{_LABEL}(?:\.{_LABEL})*")


class UnusableAddress(ValueError):
    """No mail server would take this address; the text does not repeat it."""

    def __init__(self) -> None:
        super().__init__("an address that no mail server would take")


def to_ascii(address: str) -> str:
    """Return the address for an envelope or a header field.

    Local parts are ASCII dot-atoms, because SMTPUTF8 is not used. Raises UnusableAddress.
    """
    match = _PLAIN.fullmatch(address)
    if match is not None:
        if len(address) > _LONGEST or len(match[1]) > _LONGEST_LOCAL_PART:
            raise UnusableAddress
        return address
    try:
        valid = validate_email(
            address, allow_smtputf8=False, check_deliverability=False, test_environment=True
        )
    except EmailNotValidError:
        raise UnusableAddress from None
    ascii_address = valid.ascii_email
    if ascii_address is None:
        raise UnusableAddress
    return ascii_address
