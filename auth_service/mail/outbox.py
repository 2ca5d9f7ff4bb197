"""Emails to be sent: written down in the transaction of their cause, sealed until they leave."""

import json
from dataclasses import asdict, dataclass
from enum import StrEnum
from uuid import UUID

from auth_service.caller import Caller
from auth_service.models import OutboxEmail, User
from shared.secret_box import SecretBox

PURPOSE = "letter"
"""What contents are sealed for; another word could not open those that wait."""
CHOSEN_BY_ANYBODY = frozenset({"full_name", "device"})
"""Values that a person who signs up writes: they go only to addresses known to be theirs."""


class Kind(StrEnum):
    """Every email that this service writes."""

    VERIFY = "verify"
    WELCOME = "welcome"
    RESET = "reset"
    SIGN_IN_LINK = "sign_in_link"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - a kind of email
    CONFIRM_EMAIL = "confirm_email"
    EMAIL_CHANGED = "email_changed"
    PHONE_CHANGED = "phone_changed"
    REFRESH_REUSE = "refresh_reuse"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True)
class Content:
    """The recipient of an email, its language, and the values of its text."""

    recipient: str
    language: str
    values: dict[str, str]


def language_of(user: User, *, asked_by: Caller | None) -> str:
    """Return the language of an email: what the person chose.

    Without a choice, an email that answers a request is in the language of that request, any other
    in that of the registration.
    """
    asked = asked_by.language if asked_by else None
    return user.language if user.is_language_chosen or asked is None else asked


@dataclass(frozen=True, slots=True)
class Outbox:
    """Where emails are put; nothing leaves before the transaction is committed."""

    box: SecretBox

    async def put(self, kind: Kind, content: Content, *, user_id: UUID | None) -> None:
        """Add an email; its content is readable with the service's secrets only."""
        plain = json.dumps(asdict(content)).encode()
        sealed = self.box.seal(plain, purpose=PURPOSE)
        await OutboxEmail.create(kind=kind.value, user_id=user_id, sealed_content=sealed)

    async def put_for(
        self, user: User, kind: Kind, values: dict[str, str], *, asked_by: Caller | None = None
    ) -> None:
        """Add an email to `user`, whose request it answers, if any; without an address none.

        Nothing that a stranger may have written goes to an address that is not verified. See
        `language_of` for its language.
        """
        if user.email is not None:
            values = {"full_name": user.full_name, **values}
            if not user.is_email_verified:
                values = {name: values[name] for name in values.keys() - CHOSEN_BY_ANYBODY}
            content = Content(user.email, language_of(user, asked_by=asked_by), values)
            await self.put(kind, content, user_id=user.id)

    def open(self, email: OutboxEmail) -> Content:
        """Return what `put` was given; raises CannotOpen."""
        plain = self.box.open(bytes(email.sealed_content or b""), purpose=PURPOSE)
        return Content(**json.loads(plain))
