"""Letters to be sent: written down in the transaction of their cause, sealed until they leave."""

import json
from dataclasses import asdict, dataclass
from enum import StrEnum
from uuid import UUID

from auth_service.caller import Caller
from auth_service.crypto.secret_box import SecretBox
from auth_service.models import Letter, User

PURPOSE = "letter"
CHOSEN_BY_ANYBODY = frozenset({"full_name", "device"})
"""Values that whoever signs up writes himself: they go to addresses only that are known as his."""


class Kind(StrEnum):
    """Every letter that this service writes."""

    VERIFY = "verify"
    WELCOME = "welcome"
    RESET = "reset"
    SIGN_IN_LINK = "sign_in_link"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - a kind of letter
    CONFIRM_EMAIL = "confirm_email"
    EMAIL_CHANGED = "email_changed"
    PHONE_CHANGED = "phone_changed"
    REFRESH_REUSE = "refresh_reuse"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True)
class Content:
    """Whom a letter is for, in which language, and what its text needs."""

    recipient: str
    language: str
    values: dict[str, str]


def language_of(user: User, *, asked_by: Caller | None) -> str:
    """Return the language of a letter: what the person chose.

    Who never chose one gets what answers a request in the language of that request, and what does
    not in the one of the registration.
    """
    asked = asked_by.language if asked_by else None
    return user.language if user.is_language_chosen or asked is None else asked


@dataclass(frozen=True, slots=True)
class Outbox:
    """Where letters are put; nothing leaves before the transaction is committed."""

    box: SecretBox

    async def put(self, kind: Kind, content: Content, *, user_id: UUID | None) -> None:
        """Add a letter; its content is readable with the service's secrets only."""
        plain = json.dumps(asdict(content)).encode()
        sealed = self.box.seal(plain, purpose=PURPOSE)
        await Letter.create(kind=kind.value, user_id=user_id, sealed_content=sealed)

    async def put_for(
        self, user: User, kind: Kind, values: dict[str, str], *, asked_by: Caller | None = None
    ) -> None:
        """Add a letter to `user`, whose request it answers, if any; there is none without an email.

        Nothing that a stranger may have written goes to an address that is not verified. See
        `language_of` for its language.
        """
        if user.email is not None:
            values = {"full_name": user.full_name, **values}
            if not user.is_email_verified:
                values = {name: values[name] for name in values.keys() - CHOSEN_BY_ANYBODY}
            content = Content(user.email, language_of(user, asked_by=asked_by), values)
            await self.put(kind, content, user_id=user.id)

    def open(self, letter: Letter) -> Content:
        """Return what `put` was given; raises CannotOpen."""
        plain = self.box.open(bytes(letter.sealed_content or b""), purpose=PURPOSE)
        return Content(**json.loads(plain))
