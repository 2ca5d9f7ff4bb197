"""A name, an email, a phone, and either of those to sign in with."""

from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from auth_service.fields.identifiers import (
    MAX_EMAIL_LENGTH,
    MAX_LOGIN_LENGTH,
    InvalidIdentifier,
    canonical_email,
    canonical_phone,
)
from shared.schemas import OneLine


def _email(value: str) -> str:
    try:
        return canonical_email(value)
    except InvalidIdentifier as error:
        raise PydanticCustomError("email", "{reason}", {"reason": str(error)}) from None


def _phone(value: str) -> str:
    try:
        return canonical_phone(value)
    except InvalidIdentifier as error:
        raise PydanticCustomError("phone", "{reason}", {"reason": str(error)}) from None


FullName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    OneLine,
    Field(examples=["Анна Петрова"]),
]
Email = Annotated[
    str,
    AfterValidator(_email),
    Field(
        examples=["anna@example.com"],
        json_schema_extra={"format": "email", "maxLength": MAX_EMAIL_LENGTH},
    ),
]
Phone = Annotated[
    str,
    AfterValidator(_phone),
    Field(
        examples=["+79161234567"],
        description="+7 and ten digits",
        json_schema_extra={"pattern": "^\\+7[0-9]{10}$"},
    ),
]
Login = Annotated[
    str,
    Field(
        max_length=MAX_LOGIN_LENGTH,
        description="An email, or a phone in any usual spelling",
        examples=["anna@example.com", "8 (916) 123-45-67"],
    ),
]
