"""Requests that are done once, however often they are sent."""

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import asyncpg

from mailing_service.errors import IdempotencyKeyReused, RequestInProgress
from mailing_service.models.idempotency import IdempotencyKey
from shared import clock

REMEMBERED = timedelta(hours=24)
"""How long a response is given again."""
LONGEST_KEY = 255

_UNTIL_PURGED = REMEMBERED + timedelta(hours=1)  # so that none goes while it is being looked at
_BATCH = 1000


@dataclass(frozen=True, slots=True)
class Response:
    """The response to a request that was done now, or when its key was first sent."""

    body: str
    is_replayed: bool = False


async def once(
    owner_id: UUID, key: str | None, *, request: str, do: Callable[[], Awaitable[str]]
) -> Response:
    """Do a request in the transaction of the caller, or return the response that its key has.

    Without a key it is always done. Raises what `claim` raises.
    """
    if key is None:
        return Response(await do())
    known = await claim(owner_id, key, request=request)
    if known is not None:
        return Response(known, is_replayed=True)
    body = await do()
    await keep(owner_id, key, response=body)
    return Response(body)


async def claim(owner_id: UUID, key: str, *, request: str) -> str | None:
    """Take `key` for `request` (method, path, body), or return the response that it has already.

    Call it first in the transaction of the use case: of two at the same time the second waits for
    the end of the first's transaction, so no key is seen without its response by another.
    Raises IdempotencyKeyReused for another request, and RequestInProgress where waiting for the
    first took longer than PostgreSQL may work on a statement.
    """
    mine = IdempotencyKey.filter(owner_id=owner_id, key=key)
    request_hash = hashlib.sha256(request.encode()).digest()
    new = IdempotencyKey(owner_id=owner_id, key=key, request_hash=request_hash)
    try:
        await mine.filter(created_at__lte=clock.now() - REMEMBERED).delete()
        await IdempotencyKey.bulk_create([new], ignore_conflicts=True)
    except asyncpg.QueryCanceledError:
        raise RequestInProgress from None
    first = await mine.get()
    if bytes(first.request_hash) != request_hash:
        raise IdempotencyKeyReused(IdempotencyKeyReused.example_fields)
    return first.response


async def keep(owner_id: UUID, key: str, *, response: str) -> None:
    """Keep the response to a key that was claimed in this transaction."""
    await IdempotencyKey.filter(owner_id=owner_id, key=key).update(response=response)


async def forget_old() -> int:
    """Remove the keys that count no more, some at a time; return how many."""
    old = IdempotencyKey.filter(created_at__lt=clock.now() - _UNTIL_PURGED)
    forgotten = 0
    while ids := await old.order_by("created_at").limit(_BATCH).values_list("id", flat=True):
        forgotten += await IdempotencyKey.filter(id__in=ids).delete()
    return forgotten


async def erase_owner(owner_id: UUID) -> None:
    """Remove the keys of an erased person, and the responses with them."""
    await IdempotencyKey.filter(owner_id=owner_id).delete()
