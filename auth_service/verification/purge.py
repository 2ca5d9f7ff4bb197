"""Remove accounts whose email nobody has confirmed in time, so that its owner can have it."""

from datetime import timedelta

from tortoise.queryset import QuerySet
from tortoise.transactions import in_transaction

from auth_service.accounts.archiving import archive
from auth_service.audit.service import Event, record
from auth_service.caller import Caller
from auth_service.models import User
from shared import clock
from shared.access.tokens import Role

BATCH = 50


async def purge_unverified(lifetime: timedelta) -> int:
    """Archive all accounts that have been unverified for longer; return how many.

    Several may do this concurrently, and it may be done again at any time.
    """
    purged = 0
    while batch := await _purge_batch(lifetime):
        purged += batch
    return purged


async def overdue(lifetime: timedelta) -> list[User]:
    """Return the accounts that `purge_unverified` would archive now."""
    return await _overdue(lifetime).order_by("created_at", "id")


async def _purge_batch(lifetime: timedelta) -> int:
    """Lock some and archive them: to verify one of them now is too late.

    Those that are being verified this very moment are locked by that, and skipped.
    """
    async with in_transaction():
        oldest = _overdue(lifetime).order_by("created_at", "id").limit(BATCH)
        users = await oldest.select_for_update(skip_locked=True)
        for user in users:
            await archive(user.id, because="purged")
            await record(Event.ACCOUNT_PURGED, caller=Caller(), subject_id=user.id)
        return len(users)


def _overdue(lifetime: timedelta) -> QuerySet[User]:
    """Select active accounts that are unverified for too long and have no role in the shop.

    Staff stays, and with it the last administrator.
    """
    return User.filter(
        is_email_verified=False,
        is_active=True,
        archived_at=None,
        roles=[Role.USER.value],
        created_at__lte=clock.now() - lifetime,
    )
