"""Suppressions: who gets no email of whom.

A suppression is known by the hash of the address. So it outlives the recipient, an import of the
same address, and erasure, which takes the address itself away.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from tortoise.expressions import Q
from tortoise.transactions import in_transaction

from mailing_service.addresses import AddressHasher, canonical, masked
from mailing_service.audit.service import MailingEvent, record
from mailing_service.caller import Caller
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


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose suppressions are meant, their own or, by an administrator, those of everyone."""

    user_id: UUID
    caller: Caller
    everyone: bool

    @property
    def owner_id(self) -> UUID | None:
        """Return the owner as the table has it."""
        return None if self.everyone else self.user_id

    async def record(self, event: MailingEvent, **details: Any) -> None:
        """Write down what is done for everyone, in the caller's transaction if there is one."""
        if self.everyone:
            await record(event, caller=self.caller, actor_id=self.user_id, **details)


async def list_suppressions(
    query: SuppressionQuery, *, whose: Whose, hasher: AddressHasher, cursors: Cursors
) -> SuppressionPage:
    """Return one page; those for everyone with masked addresses, unless they are asked for."""
    rows = Suppression.filter(owner_id=whose.owner_id)
    if query.reason is not None:
        rows = rows.filter(reason=query.reason)
    if query.email is not None:
        rows = rows.filter(email_hash=hasher.hash_of(canonical(query.email)))
    show = partial(_shown, is_masked=whose.everyone and not query.full_addresses)
    page = await read_page(rows, query, cursors, lambda found: [show(row) for row in found])
    if query.full_addresses:
        await whose.record(MailingEvent.ADDRESSES_READ, how="suppressions")
    return SuppressionPage.model_validate(page, from_attributes=True)


async def suppress_by_hand(
    email: str, *, whose: Whose, reason: SuppressionReason, hasher: AddressHasher
) -> Suppression:
    """Do what `suppress` does for a person, and write it down where it is for everyone."""
    async with in_transaction():
        kept = await suppress(
            email, owner_id=whose.owner_id, reason=reason, hasher=hasher, created_by=whose.user_id
        )
        await whose.record(
            MailingEvent.SUPPRESSED_FOR_ALL, suppression=kept.id, reason=kept.reason.value
        )
    return kept


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
    while True:
        await suppress_hash(
            email_hash, owner_id=owner_id, reason=reason, email=address, created_by=created_by
        )
        kept = await Suppression.get_or_none(owner_id=owner_id, email_hash=email_hash)
        if kept is not None:  # or somebody has just lifted it
            return kept


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


async def read_suppression(
    suppression_id: int, *, whose: Whose, full_addresses: bool
) -> SuppressionRead:
    """Return one; raises SuppressionNotFound."""
    row = await Suppression.get_or_none(id=suppression_id, owner_id=whose.owner_id)
    if row is None:
        raise SuppressionNotFound
    if full_addresses:
        await whose.record(
            MailingEvent.ADDRESSES_READ, how="suppression", suppression=suppression_id
        )
    return _shown(row, is_masked=whose.everyone and not full_addresses)


async def remove_suppression(suppression_id: int, *, whose: Whose, by_administrator: bool) -> None:
    """Let emails reach an address again.

    Raises SuppressionNotFound, and SuppressionIsTheRecipients where they left by themselves and
    an owner asks.
    """
    async with in_transaction():
        chosen = Suppression.filter(id=suppression_id, owner_id=whose.owner_id)
        row = await chosen.select_for_update().first()
        if row is None:
            raise SuppressionNotFound
        if row.reason in ASKED_FOR_BY_THE_RECIPIENT and not by_administrator:
            raise SuppressionIsTheRecipients
        await row.delete()
        await whose.record(
            MailingEvent.UNSUPPRESSED_FOR_ALL, suppression=row.id, reason=row.reason.value
        )


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


def _shown(row: Suppression, *, is_masked: bool) -> SuppressionRead:
    shown = SuppressionRead.model_validate(row)
    if not is_masked or shown.email is None:
        return shown
    return shown.model_copy(update={"email": masked(shown.email)})
