"""What is said of a user, and what one says to become one."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from auth_service.fields.contact import FullName, Phone
from auth_service.passwords.rules import EXAMPLE, MAX_LENGTH, NewPassword
from shared.language.translation import DEFAULT_LANGUAGE, Language
from shared.values.email_addresses import Email
from shared.values.schemas import Schema, UtcDatetime
from shared.values.time_zones import UTC, TimeZone

OwnLanguage = Annotated[Language, Field(description="The language of emails.", examples=["ru"])]


class Registration(NewPassword):
    """Everything a new account needs.

    Without a language emails come in that of Accept-Language.
    """

    full_name: FullName
    email: Email
    phone: Phone
    language: OwnLanguage | None = None
    time_zone: TimeZone | None = None


CurrentPassword = Annotated[str, Field(max_length=MAX_LENGTH, examples=[EXAMPLE])]


class ProfileChange(Schema):
    """What one may change without further proof; what is left out stays."""

    full_name: FullName = Field(default_factory=str)
    language: OwnLanguage = Field(default_factory=lambda: DEFAULT_LANGUAGE)
    time_zone: TimeZone = Field(default_factory=lambda: UTC)


class EmailChange(Schema):
    """A new address, which an email to it must confirm."""

    email: Email
    current_password: CurrentPassword


class PhoneChange(Schema):
    """A new phone."""

    phone: Phone
    current_password: CurrentPassword


class AccountDeletion(Schema):
    """The proof that it is the owner who wants the account gone."""

    current_password: CurrentPassword


class UserRead(Schema):
    """A user, as shown to that person and to those who may see people."""

    id: UUID
    full_name: str
    email: str
    phone: str
    roles: list[str] = Field(
        examples=[["user", "manager"]],
        description="A later version may add roles: one that you do not know grants nothing.",
    )
    language: str = Field(examples=["ru"], description="The language of emails.")
    time_zone: str = Field(
        examples=["Europe/Moscow"], description="A name of the IANA time zone database."
    )
    is_active: bool
    is_email_verified: bool
    created_at: UtcDatetime
    updated_at: UtcDatetime
