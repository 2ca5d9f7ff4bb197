"""Take the addresses of an erased owner's recipients out of deliveries; counts and hashes stay."""

from uuid import UUID

from tortoise.expressions import Q
from tortoise.transactions import in_transaction

from mailing_service.models.deliveries import Attempt, Delivery
from mailing_service.models.mailings import Mailing

BATCH = 5_000
"""Deliveries of one statement."""


async def erase_owner(owner_id: UUID) -> None:
    """Empty addresses, and what mail servers answered, which often repeats the address."""
    await _erase(owner_id, skip_locked=False)


async def erase_unlocked(owner_id: UUID) -> None:
    """Do it but for those that are being written, each batch in a transaction of its own."""
    await _erase(owner_id, skip_locked=True)


async def _erase(owner_id: UUID, *, skip_locked: bool) -> None:
    for mailing in await Mailing.filter(owner_id=owner_id).values("id"):
        last: int | None = 0
        while last is not None:
            last = await erase_batch(mailing["id"], last, skip_locked=skip_locked)


async def erase_batch(mailing_id: int, last: int, *, skip_locked: bool) -> int | None:
    """Empty the deliveries behind the id `last`; return the last of theirs, None without any."""
    has_something = Q(Q(email__not_isnull=True), Q(response__not_isnull=True), join_type=Q.OR)
    found = Delivery.filter(has_something, mailing_id=mailing_id, id__gt=last)
    async with in_transaction():
        locked = found.order_by("id").limit(BATCH).select_for_update(skip_locked=skip_locked)
        ids: list[int] = [delivery.id for delivery in await locked.only("id")]
        if not ids:
            return None
        await Attempt.filter(delivery_id__in=ids).exclude(response="").update(response="")
        await Delivery.filter(id__in=ids).update(email=None, response=None)
    return ids[-1]
