"""A name, a phone, and an email or phone to sign in with."""

from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from auth_service.fields.identifiers import canonical_phone
from shared.values.email_addresses import MAX_TYPED_LENGTH, InvalidIdentifier
from shared.values.schemas import OneLine


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
        max_length=MAX_TYPED_LENGTH,
        description="An email, or a phone in any usual spelling",
        examples=["anna@example.com", "8 (916) 123-45-67"],
    ),
]
