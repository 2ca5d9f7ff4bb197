"""What follows in all rooms from what auth's feed says: who is blocked or erased sends no more."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Final
from uuid import UUID

from mailing_service.accounts import service as accounts
from mailing_service.audit import service as audit
from mailing_service.blog import erasing as blog
from mailing_service.deliveries import erasing as deliveries
from mailing_service.idempotency import service as idempotency
from mailing_service.mailings.reasons import StatusReason
from mailing_service.mailings.running import erasing as mailings
from mailing_service.mailings.running.holding import pause_all_of
from mailing_service.messages import service as messages
from mailing_service.models.accounts import AccountPosition
from mailing_service.recipients import service as recipients
from mailing_service.settings import MailingSettings
from mailing_service.suppressions import service as suppressions
from shared.account_feed.batches import Batch
from shared.account_feed.feed import AccountFeed
from shared.periodic import every

_ROOMS: Final[tuple[Callable[[UUID], Awaitable[None]], ...]] = (
    mailings.erase_owner,
    deliveries.erase_owner,
    messages.erase_owner,
    recipients.erase_owner,
    suppressions.erase_owner,
    idempotency.erase_owner,
    blog.erase_owner,
    audit.erase_owner,
)
"""What removes the traces of a person from each room, in this order."""


def account_feed(settings: MailingSettings) -> AccountFeed:
    """Return the feed of this process; one process of the service reads at a time."""
    return AccountFeed(settings, AccountPosition, _apply)


@asynccontextmanager
async def following(feed: AccountFeed, interval: timedelta) -> AsyncIterator[None]:
    """Follow the feed, and clear what erased people left, for as long as the context lasts."""
    async with (
        feed.running(),
        every(interval, clear_erased, name="clear what erased people left"),
    ):
        yield


async def clear_erased() -> int:
    """Remove what erased people left, one after the other; return how many there were.

    It is not in the transaction of the feed, which may not last as long as it takes to empty a
    million deliveries; meanwhile nothing of theirs is sent or shown.
    """
    cleared = 0
    while await _clear_next():
        cleared += 1
    return cleared


async def _clear_next() -> bool:
    owner_id = await accounts.next_to_clear()
    if owner_id is None:
        return False
    # What may be large goes first, a batch a transaction: a worker that writes what came of their
    # last emails, and of others', waits for no row. Then little is left for the last transaction.
    await recipients.erase_owner(owner_id)
    await deliveries.erase_unlocked(owner_id)
    async with accounts.clearing(owner_id) as is_ours:
        for erase in _ROOMS if is_ours else ():
            await erase(owner_id)
        return is_ours


async def _apply(batch: Batch) -> None:
    ended = await accounts.write(batch)
    for owner_id in ended.blocked:
        await pause_all_of(owner_id, StatusReason.OWNER_BLOCKED)
    for owner_id in ended.erased:
        await pause_all_of(owner_id, StatusReason.OWNER_ERASED)
