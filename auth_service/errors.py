"""What can go wrong in the auth service beside what can go wrong everywhere."""

from typing import ClassVar

from shared.errors import (
    BadGateway,
    BadRequest,
    Conflict,
    Forbidden,
    NotFound,
    ServiceUnavailable,
    TooManyRequests,
)


class EmailTaken(Conflict):
    """Another account has this email."""

    error = "email_taken"


class PhoneTaken(Conflict):
    """Another account has this phone."""

    error = "phone_taken"


class RoleNotYetAvailable(Conflict):
    """This role can be given once the upgrade is complete."""

    error = "role_not_yet_available"


class WrongPassword(Forbidden):
    """The current password is not right."""

    error = "wrong_password"


class ProofRequired(Forbidden):
    """Prove first that you are not a program."""

    error = "proof_required"


class TooManyTries(TooManyRequests):
    """Too many tries; wait before the next one."""

    error = "too_many_tries"
    limit = "tries"

    def __init__(self, retry_after: int = 1, *, bucket: str = "") -> None:
        """Tell the caller how long to wait, and our own code for which bucket."""
        super().__init__(retry_after)
        self.bucket = bucket


class TooManyEmails(TooManyRequests):
    """An email was sent a moment ago; wait before the next one."""

    error = "too_many_letters"
    limit = "emails"


class EmailUnchanged(Conflict):
    """This is your email already."""

    error = "email_unchanged"


class EmailAlreadyVerified(Conflict):
    """Your email is verified already."""

    error = "email_already_verified"


class InvalidCode(BadRequest):
    """The code is not right, was used, or has expired."""

    error = "invalid_or_expired_code"


class InvalidLink(BadRequest):
    """The link is not right, was used, or has expired."""

    error = "invalid_or_expired_token"


class MailboxUnavailable(BadGateway):
    """The mail catcher does not answer properly."""

    error = "mailbox_unavailable"


class NoSuchSession(NotFound):
    """There is no such session."""

    error = "no_such_session"


class TooBusy(ServiceUnavailable):
    """Too many people sign in right now; try again in a moment."""

    error = "too_busy"


class OAuthError(Exception):
    """An error of the token endpoint, in the words of RFC 6749 section 5.2."""

    status: ClassVar[int] = 400
    error: ClassVar[str] = "invalid_request"

    def __init__(self, description: str) -> None:
        super().__init__(description)
        self.description = description


class InvalidOAuthRequest(OAuthError):
    """A parameter is missing, doubled or malformed."""


class InvalidClient(OAuthError):
    """The client is not the one this server knows."""

    status = 401
    error = "invalid_client"


class InvalidGrant(OAuthError):
    """The credentials or the refresh token are not good."""

    error = "invalid_grant"


class InvalidScope(OAuthError):
    """The requested scope is none of this server, which has none."""

    error = "invalid_scope"


class UnsupportedGrantType(OAuthError):
    """This server does not offer the grant type."""

    error = "unsupported_grant_type"


class RolesChanged(Conflict):
    """The roles of this person were changed meanwhile; look at them again."""

    error = "roles_changed"


class NoSuchUser(NotFound):
    """There is no such user."""

    error = "no_such_user"


class LastAdministrator(Conflict):
    """This is the last active administrator; appoint another one first."""

    error = "last_administrator"


class CannotBlockYourself(Conflict):
    """You cannot block yourself."""

    error = "cannot_block_yourself"


class OnlyForAdministrators(Forbidden):
    """Only an administrator may block managers and administrators."""

    error = "only_for_administrators"
