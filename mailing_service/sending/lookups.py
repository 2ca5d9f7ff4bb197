"""What must still hold before an email is sent, looked up for many deliveries at a time."""

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from pypika_tortoise.dialects import PostgreSQLQuery
from pypika_tortoise.queries import QueryBuilder
from pypika_tortoise.terms import Criterion, Function, ValueWrapper

from mailing_service.expressions import any_of, returned
from mailing_service.models.accounts import Account
from mailing_service.models.deliveries import Delivery
from mailing_service.models.mailings import Mailing, Run
from mailing_service.models.recipients import Recipient
from mailing_service.models.suppressions import Suppression, UnsubscribeToken
from mailing_service.sending.due import has_no_quota, is_going_on
from mailing_service.suppressions.links import make_tokens
from shared import clock
from shared.access.tokens import Role
from shared.database.statements import Statement

LONGEST_AGE = 0.9
"""Seconds for which a look-up permits MAIL; pauses, blocks and the like take a second at most."""

ERASED, RECIPIENT_DELETED = "erased", "recipient_deleted"


@dataclass(frozen=True, slots=True)
class Permit:
    """A delivery that may be sent now, and what its email is filled with."""

    id: int
    run_id: int
    mailing_id: int
    owner_id: UUID
    domain: str
    email: str = field(repr=False)
    email_hash: UUID
    full_name: str = field(repr=False)
    custom_fields: Mapping[str, str] = field(repr=False)
    token: UUID | None = field(repr=False)
    attempts: int
    ends_at: datetime
    has_quota: bool
    looked_up_at: float
    """Monotonic, before the look-up."""

    @property
    def is_fresh(self) -> bool:
        """Tell whether MAIL may be said without another look-up."""
        return time.monotonic() - self.looked_up_at < LONGEST_AGE and clock.now() < self.ends_at


@dataclass(frozen=True, slots=True)
class Look:
    """What a look-up has found; what is in none of them is no longer this worker's."""

    permits: dict[int, Permit]
    suppressed: dict[int, str]
    """With the reasons."""
    kept_back: dict[int, int]
    """With their runs, which are stopped or over."""


def _look() -> QueryBuilder:
    run, mailing, account = (model._meta.basetable for model in (Run, Mailing, Account))
    delivery, recipient = Delivery._meta.basetable, Recipient._meta.basetable
    token, suppression = UnsubscribeToken._meta.basetable, Suppression._meta.basetable
    reason: Any = PostgreSQLQuery.from_(suppression).select(suppression.reason)
    reason = reason.where(suppression.email_hash == delivery.email_hash)
    reason = reason.where(
        suppression.owner_id.isnull() | (suppression.owner_id == delivery.owner_id)
    )
    query = PostgreSQLQuery.from_(delivery)
    query = query.join(run).on(run.id == delivery.run_id)
    query = query.join(mailing).on(mailing.id == delivery.mailing_id)
    query = query.left_join(account).on(account.id == delivery.owner_id)
    query = query.left_join(recipient).on(recipient.id == delivery.recipient_id)
    query = query.left_join(token).on(
        (token.owner_id == delivery.owner_id) & (token.email_hash == delivery.email_hash)
    )
    query = query.where(any_of(delivery.id, "ids"))
    found: QueryBuilder = query.select(
        *(getattr(delivery, name) for name in _OF_DELIVERY),
        recipient.full_name,
        recipient.custom_fields,
        token.token,
        run.ends_at,
        _or_false(is_going_on()).as_("is_going_on"),
        _or_false(has_no_quota()).as_("has_no_quota"),
        reason.limit(1).as_("suppressed_for"),
    )
    return found


def _or_false(criterion: Criterion) -> Any:
    """Be false, too, where there is no account."""
    return Function("COALESCE", criterion, ValueWrapper(value=False))


_OF_DELIVERY = (
    "id",
    "run_id",
    "mailing_id",
    "owner_id",
    "domain",
    "email",
    "email_hash",
    "attempts",
)
_LOOK = Statement(_look)


async def look_up(ids: Sequence[int], *, news_within: timedelta) -> Look:
    """Look up deliveries that this worker has leased; make the unsubscribe tokens they need."""
    begun, now = time.monotonic(), clock.now()
    rows = await _LOOK.fetch(
        returned, ids=list(ids), now=now, news_since=now - news_within, admin=Role.ADMIN.value
    )
    look = Look({}, {}, {})
    for row in rows:
        if not row["is_going_on"]:
            look.kept_back[row["id"]] = row["run_id"]
        elif (reason := _reason_against(row)) is not None:
            look.suppressed[row["id"]] = reason
        else:
            look.permits[row["id"]] = _permit(row, begun)
    without = [permit for permit in look.permits.values() if permit.token is None]
    if without:
        pairs = {(permit.owner_id, permit.email_hash): permit.email for permit in without}
        tokens = await make_tokens(pairs)
        for permit in without:
            token = tokens[permit.owner_id, permit.email_hash]
            look.permits[permit.id] = replace(permit, token=token)
    return look


def _reason_against(row: Mapping[str, Any]) -> str | None:
    if row["suppressed_for"] is not None:
        return str(row["suppressed_for"])
    if row["email"] is None:
        return ERASED
    return RECIPIENT_DELETED if row["full_name"] is None else None


def _permit(row: Mapping[str, Any], begun: float) -> Permit:
    fields = row["custom_fields"]
    return Permit(
        **{name: row[name] for name in _OF_DELIVERY},
        full_name=row["full_name"],
        custom_fields=json.loads(fields) if isinstance(fields, str) else fields,
        token=row["token"],
        ends_at=row["ends_at"],
        has_quota=not row["has_no_quota"],
        looked_up_at=begun,
    )
