"""What changing a password takes, and what replacing a forgotten one does."""

from typing import Annotated

from pydantic import Field

from auth_service.password_rules import EXAMPLE, MAX_LENGTH, NewPassword
from auth_service.sessions.schemas import Login
from auth_service.verification.schemas import LinkToken
from shared.schemas import Schema


class PasswordChange(NewPassword):
    """The current password, and the new one twice."""

    current_password: Annotated[str, Field(max_length=MAX_LENGTH, examples=[EXAMPLE])]


class ForgottenPassword(Schema):
    """Whose password was forgotten."""

    login: Login


class PasswordReset(NewPassword):
    """The token of the letter's link, and the new password twice."""

    token: LinkToken
