"""What is shown of mailings, to their owners and to managers."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from tortoise.functions import Sum

from mailing_service.mailings.choices import choices_of
from mailing_service.mailings.choosing import quiet_choice_of
from mailing_service.mailings.reach.audience import audience_of
from mailing_service.mailings.schemas import (
    MailingRead,
    MailingSummary,
    SubmittedMessage,
)
from mailing_service.models.deliveries import DeliveryState, RunCount
from mailing_service.models.mailings import Mailing, MailingStatus

Counts = dict[DeliveryState, int]

_BEFORE_A_RUN = frozenset(
    {
        MailingStatus.DRAFT,
        MailingStatus.AWAITING_APPROVAL,
        MailingStatus.REJECTED,
        MailingStatus.SCHEDULED,
    }
)
_SAME = (
    "id",
    "owner_id",
    "name",
    "purpose",
    "status",
    "status_reason",
    "reason",
    "starts_at",
    "ends_at",
    "time_zone",
    "repeat",
    "next_run_at",
    "runs_begun",
    "revision",
    "created_at",
    "updated_at",
)


async def show(mailing: Mailing, *, reader_id: UUID) -> MailingRead:
    """Return a whole mailing as `reader_id` may see it."""
    counts = await counts_of([mailing.id])
    chosen = await choices_of(mailing.id)
    is_own = mailing.owner_id == reader_id
    audience = None
    if mailing.status in _BEFORE_A_RUN:
        audience = await audience_of(
            mailing, lists=len(chosen.lists), recipients=len(chosen.recipients)
        )
    return MailingRead(
        **_shown(mailing, counts.get(mailing.id, {}), is_own=is_own),
        list_ids=chosen.lists if is_own else None,
        recipient_ids=chosen.recipients if is_own else None,
        audience=audience,
        submitted=SubmittedMessage(**mailing.submitted) if mailing.submitted else None,
    )


def summaries(
    mailings: Sequence[Mailing], counts: dict[int, Counts], *, reader_id: UUID
) -> list[MailingSummary]:
    """Return mailings as lists show them."""
    return [
        MailingSummary(**_shown(one, counts.get(one.id, {}), is_own=one.owner_id == reader_id))
        for one in mailings
    ]


async def counts_of(mailing_ids: Sequence[int]) -> dict[int, Counts]:
    """Return how many deliveries all runs of each mailing have by state, where there are any."""
    rows = (
        await RunCount.filter(run__mailing_id__in=mailing_ids, count__gt=0)
        .annotate(deliveries=Sum("count"))
        .group_by("run__mailing_id", "state")
        .values("run__mailing_id", "state", "deliveries")
    )
    found: dict[int, Counts] = {}
    for row in rows:
        counts = found.setdefault(row["run__mailing_id"], {})
        counts[DeliveryState(row["state"])] = int(row["deliveries"])
    return found


def _shown(mailing: Mailing, counts: Counts, *, is_own: bool) -> dict[str, Any]:
    return {name: getattr(mailing, name) for name in _SAME} | {
        "message_id": mailing.message_id if is_own else None,
        "quiet_hours": quiet_choice_of(mailing),
        "counts": counts,
        "is_deleted": mailing.deleted_at is not None,
    }
