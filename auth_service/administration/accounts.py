"""Accounts as they are carried from one system to another: one JSON object a line."""

import uuid
from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from auth_service.crypto.stored_hashes import UnusableHash, require_usable
from auth_service.fields.contact import FullName, Phone
from auth_service.models import User
from shared import clock
from shared.access.tokens import Role
from shared.language.translation import DEFAULT_LANGUAGE, Language
from shared.values.email_addresses import Email
from shared.values.instants import Instant
from shared.values.schemas import Schema
from shared.values.time_zones import UTC, TimeZone


def _usable(stored: str) -> str:
    try:
        return require_usable(stored)
    except UnusableHash as error:
        raise PydanticCustomError("password_hash", "{reason}", {"reason": str(error)}) from None


class Account(Schema):
    """A line of an import or export; what has a default may be left out.

    Unverified accounts are purged two days after `created_at` in the new system too.
    """

    id: uuid.UUID = Field(default_factory=uuid.uuid4)
    full_name: FullName
    email: Email
    phone: Phone
    language: Language = DEFAULT_LANGUAGE
    is_language_chosen: bool = False
    time_zone: TimeZone = UTC
    password_hash: Annotated[str, Field(max_length=255), AfterValidator(_usable)]
    roles: Annotated[list[Role], Field(min_length=1, max_length=len(Role))] = Field(
        default_factory=lambda: [Role.USER]
    )
    is_active: bool = True
    is_email_verified: bool = False
    password_change_required: bool = False
    created_at: Instant = Field(default_factory=clock.now)
    updated_at: Instant = Field(default_factory=clock.now)

    def to_row(self) -> User:
        """Return the account as a row that is not stored yet."""
        return User(
            **self.model_dump(exclude={"roles"}),
            roles=[role.value for role in Role if role in {Role.USER, *self.roles}],
        )
