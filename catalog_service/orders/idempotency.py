"""Requests that are done once, however often they are sent."""

import hashlib
from datetime import timedelta
from uuid import UUID

import asyncpg

from catalog_service.errors import IdempotencyKeyReused, OrderInProgress
from catalog_service.models import IdempotencyKey
from shared import clock

REMEMBERED = timedelta(hours=24)
"""How long an answer is given again."""
LONGEST_KEY = 255

_UNTIL_PURGED = REMEMBERED + timedelta(hours=1)  # so that none goes while it is being looked at
_BATCH = 1000


async def claim(user_id: UUID, key: str, *, body: str) -> str | None:
    """Take `key` for a request with this body, or return the answer that it has got already.

    The constraint decides who is first. Of two concurrent ones the second waits for the end of the
    first's transaction, so a key is never seen without its response but by the one that took it.
    Raises IdempotencyKeyReused for another body, and OrderInProgress where waiting for the first
    took longer than PostgreSQL may work on a statement.
    """
    mine = IdempotencyKey.filter(user_id=user_id, key=key)
    request_hash = hashlib.sha256(body.encode()).digest()
    new = IdempotencyKey(user_id=user_id, key=key, request_hash=request_hash)
    try:
        await mine.filter(created_at__lte=clock.now() - REMEMBERED).delete()
        await IdempotencyKey.bulk_create([new], ignore_conflicts=True)
    except asyncpg.QueryCanceledError:
        raise OrderInProgress from None
    first = await mine.get()
    if bytes(first.request_hash) != request_hash:
        raise IdempotencyKeyReused(IdempotencyKeyReused.example_fields)
    return first.answer


async def keep(user_id: UUID, key: str, *, answer: str) -> None:
    """Keep what a key that was claimed in this transaction is answered with."""
    await IdempotencyKey.filter(user_id=user_id, key=key).update(answer=answer)


async def forget_old() -> int:
    """Remove the keys that count no more, some at a time; return how many."""
    old = IdempotencyKey.filter(created_at__lt=clock.now() - _UNTIL_PURGED)
    forgotten = 0
    while ids := await old.order_by("created_at").limit(_BATCH).values_list("id", flat=True):
        forgotten += await IdempotencyKey.filter(id__in=ids).delete()
    return forgotten
