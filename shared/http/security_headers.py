"""What every response forbids browsers to do."""

from typing import Final

SECURITY_HEADERS: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    # A page may say more in a field of its own; browsers obey both.
    (b"content-security-policy", b"frame-ancestors 'none'"),
)
