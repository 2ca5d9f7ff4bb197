"""What verifying an email takes."""

from typing import Annotated

from pydantic import Field

from shared.values.schemas import Schema

LinkToken = Annotated[
    str,
    Field(
        min_length=1,
        max_length=100,
        description="What stands behind `?token=` in the email's link.",
        examples=["kZx0b2pQm1vR8sT3uW5yA7cE9gI1kM3oQ5sU7wY9aBc"],
    ),
]


class CodeConfirmation(Schema):
    """The code of the newest email."""

    code: Annotated[str, Field(pattern=r"^[0-9]{6}$", examples=["042137"])]


class LinkConfirmation(Schema):
    """The token of an email's link."""

    token: LinkToken
