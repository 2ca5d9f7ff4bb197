"""What changing a password takes."""

from typing import Annotated

from pydantic import Field

from auth_service.password_rules import EXAMPLE, MAX_LENGTH, NewPassword


class PasswordChange(NewPassword):
    """The current password, and the new one twice."""

    current_password: Annotated[str, Field(max_length=MAX_LENGTH, examples=[EXAMPLE])]
