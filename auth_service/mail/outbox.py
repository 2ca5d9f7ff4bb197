"""Letters to be sent: written down in the transaction of their cause, sealed until they leave."""

import json
from dataclasses import asdict, dataclass
from enum import StrEnum
from uuid import UUID

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


@dataclass(frozen=True, slots=True)
class Outbox:
    """Where letters are put; nothing leaves before the transaction is committed."""

    box: SecretBox

    async def put(self, kind: Kind, content: Content, *, user_id: UUID | None) -> None:
        """Add a letter; its content is readable with the service's secrets only."""
        plain = json.dumps(asdict(content)).encode()
        sealed = self.box.seal(plain, purpose=PURPOSE)
        await Letter.create(kind=kind.value, user_id=user_id, sealed_content=sealed)

    async def put_for(self, user: User, kind: Kind, values: dict[str, str]) -> None:
        """Add a letter to `user`, in his language; without an address there is none.

        Nothing that a stranger may have written goes to an address that is not verified.
        """
        if user.email is not None:
            values = {"full_name": user.full_name, **values}
            if not user.is_email_verified:
                values = {name: values[name] for name in values.keys() - CHOSEN_BY_ANYBODY}
            await self.put(kind, Content(user.email, user.language, values), user_id=user.id)

    def open(self, letter: Letter) -> Content:
        """Return what `put` was given; raises CannotOpen."""
        plain = self.box.open(bytes(letter.sealed_content or b""), purpose=PURPOSE)
        return Content(**json.loads(plain))
