"""Forget a person: the row stays, so that its id is never given again; personal data go."""

from uuid import UUID

from tortoise.expressions import F

from auth_service.accounts.devices import forget_devices
from auth_service.accounts.folding import NO_NAME
from auth_service.accounts.sessions import end_sessions
from auth_service.models import Confirmation, OutboxEmail, Session, User
from shared import clock
from shared.access.tokens import Role
from shared.language.translation import DEFAULT_LANGUAGE
from shared.values.time_zones import UTC

UNUSABLE_HASH = "!"
"""No password fits it, and no scheme makes it."""


async def archive(user_id: UUID, *, because: str) -> None:
    """Erase the personal data of one account everywhere, end its sessions, revoke its tokens.

    Email and phone are free immediately. Call it in a transaction that has locked the account.
    Emails that have not left are dropped; the audit log knows ids only.
    """
    now = clock.now()
    await User.filter(id=user_id).update(
        full_name="",
        searchable_name=NO_NAME,
        email=None,
        phone=None,
        language=DEFAULT_LANGUAGE,
        is_language_chosen=False,
        time_zone=UTC,
        password_hash=UNUSABLE_HASH,
        roles=[Role.USER.value],
        is_active=False,
        is_email_verified=False,
        password_change_required=False,
        token_version=F("token_version") + 1,
        tokens_revoked_at=now,
        archived_at=now,
        updated_at=now,
    )
    await end_sessions(user_id=user_id, because=because)
    await forget_devices(user_id)
    await Session.filter(user_id=user_id).update(
        user_agent="", address="", last_user_agent="", last_address=""
    )
    await Confirmation.filter(user_id=user_id).delete()
    await OutboxEmail.filter(user_id=user_id).delete()
