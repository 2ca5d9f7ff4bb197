"""Errors that endpoints have in common, for `problems()`: what a kind of signature can lead to."""

from typing import Final

from shared.errors import (
    EmailNotVerified,
    Forbidden,
    MalformedBody,
    PasswordChangeRequired,
    ServiceUnavailable,
    Unauthorized,
    UnsupportedMediaType,
)

BODY: Final = (MalformedBody, UnsupportedMediaType)
"""Of an endpoint that takes a body."""

SIGNED_IN: Final = (Unauthorized, PasswordChangeRequired, ServiceUnavailable)
"""Of one that takes a CurrentPrincipal."""

ALLOWED: Final = (Unauthorized, Forbidden, PasswordChangeRequired, ServiceUnavailable)
"""Of one that takes a principal with a role."""

VERIFIED: Final = (Unauthorized, PasswordChangeRequired, EmailNotVerified, ServiceUnavailable)
"""Of one that takes a principal whose email is verified."""

VERIFIED_AND_ALLOWED: Final = (
    Unauthorized,
    Forbidden,
    PasswordChangeRequired,
    EmailNotVerified,
    ServiceUnavailable,
)
"""Of one that takes a principal with a role, whose email is verified."""
