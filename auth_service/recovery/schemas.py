"""What changing a password takes, and what replacing a forgotten one does."""

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import Field
from pydantic_core import InitErrorDetails

from auth_service.fields.contact import Login
from auth_service.passwords.rules import EXAMPLE, MAX_LENGTH, NewPassword, mistake
from auth_service.verification.schemas import LinkToken
from shared.language.translation import Sentence
from shared.values.schemas import Schema


class PasswordChange(NewPassword):
    """The current password, and the new one twice."""

    current_password: Annotated[str, Field(max_length=MAX_LENGTH, examples=[EXAMPLE])]

    @classmethod
    def _mistakes(cls, data: dict[str, Any]) -> Iterator[InitErrorDetails]:
        yield from super()._mistakes(data)
        if data.get("password") == data.get("current_password"):
            yield mistake("password", Sentence("Must differ from the current password"))


class ForgottenPassword(Schema):
    """Whose password was forgotten."""

    login: Login


class PasswordReset(NewPassword):
    """The token of the email's link, and the new password twice."""

    token: LinkToken
