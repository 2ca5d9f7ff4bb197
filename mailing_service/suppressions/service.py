"""Suppressions: who gets no email of whom.

A suppression is known by the hash of the address. So it outlives the recipient, an import of the
same address, and erasure, which takes the address itself away.
"""

from collections.abc import Iterable, Mapping
from uuid import UUID

from tortoise.expressions import Q

from mailing_service.addresses import AddressHasher, canonical
from mailing_service.errors import SuppressionIsTheRecipients, SuppressionNotFound
from mailing_service.models.suppressions import Suppression, SuppressionReason, UnsubscribeToken
from mailing_service.suppressions.schemas import (
    SuppressionPage,
    SuppressionQuery,
    SuppressionRead,
)
from shared.cursor_pages import Cursors, read_page

ASKED_FOR_BY_THE_RECIPIENT = frozenset(
    {SuppressionReason.UNSUBSCRIBED, SuppressionReason.COMPLAINT}
)
"""Reasons that an owner cannot take back: the recipient did not want their email."""


async def list_suppressions(
    query: SuppressionQuery, *, owner_id: UUID | None, cursors: Cursors
) -> SuppressionPage:
    """Return one page of an owner's suppressions, or, without one, of those for everybody."""
    rows = Suppression.filter(owner_id=owner_id)
    if query.reason is not None:
        rows = rows.filter(reason=query.reason)
    page = await read_page(rows, query, cursors, _shown)
    return SuppressionPage.model_validate(page, from_attributes=True)


async def suppress(
    email: str,
    *,
    owner_id: UUID | None,
    reason: SuppressionReason,
    hasher: AddressHasher,
    created_by: UUID | None = None,
) -> Suppression:
    """Keep an address from the emails of an owner, or, without one, of everybody.

    Where it is kept from them already, the first reason stays.
    """
    address = canonical(email)
    email_hash = hasher.hash_of(address)
    await suppress_hash(
        email_hash, owner_id=owner_id, reason=reason, email=address, created_by=created_by
    )
    return await Suppression.get(owner_id=owner_id, email_hash=email_hash)


async def suppress_hash(
    email_hash: UUID,
    *,
    owner_id: UUID | None,
    reason: SuppressionReason,
    email: str | None = None,
    created_by: UUID | None = None,
) -> None:
    """Do the same for an address that may be known by its hash alone.

    What the recipient asked for comes before what an owner could take back.
    """
    row = Suppression(
        owner_id=owner_id,
        email_hash=email_hash,
        email=email,
        reason=reason,
        created_by=created_by,
    )
    await Suppression.bulk_create([row], ignore_conflicts=True)
    if reason in ASKED_FOR_BY_THE_RECIPIENT:
        same = Suppression.filter(owner_id=owner_id, email_hash=email_hash)
        await same.exclude(reason__in=ASKED_FOR_BY_THE_RECIPIENT).update(reason=reason)


async def read_suppression(suppression_id: int, *, owner_id: UUID | None) -> SuppressionRead:
    """Return one; raises SuppressionNotFound."""
    row = await Suppression.get_or_none(id=suppression_id, owner_id=owner_id)
    if row is None:
        raise SuppressionNotFound
    return SuppressionRead.model_validate(row)


async def remove_suppression(
    suppression_id: int, *, owner_id: UUID | None, by_administrator: bool
) -> None:
    """Let emails reach an address again.

    Raises SuppressionNotFound, and SuppressionIsTheRecipients where they left by themselves and
    an owner asks.
    """
    chosen = Suppression.filter(id=suppression_id, owner_id=owner_id)
    allowed = chosen if by_administrator else chosen.exclude(reason__in=ASKED_FOR_BY_THE_RECIPIENT)
    if not await allowed.delete():
        raise SuppressionIsTheRecipients if await chosen.exists() else SuppressionNotFound


async def reasons_of(
    email_hashes: Iterable[UUID], *, owner_id: UUID
) -> Mapping[UUID, SuppressionReason]:
    """Return why addresses get no email of this owner, for those that do not."""
    rows = Suppression.filter(
        Q(owner_id=owner_id) | Q(owner_id__isnull=True), email_hash__in=list(email_hashes)
    )
    return dict(await rows.order_by("-id").values_list("email_hash", "reason"))


async def erase_owner(owner_id: UUID) -> None:
    """Take the addresses of an erased owner's suppressions away; hashes and links stay."""
    await Suppression.filter(owner_id=owner_id).update(email=None)
    await UnsubscribeToken.filter(owner_id=owner_id).update(masked_email=None)


def _shown(rows: list[Suppression]) -> list[SuppressionRead]:
    return [SuppressionRead.model_validate(row) for row in rows]
