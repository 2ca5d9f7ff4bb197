"""What is not kept for ever: each kind of row goes by a setting of its own, in batches.

Counts, mailings and suppressions stay: they name nobody, or must outlive everything else.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from functools import partial

from mailing_service.idempotency import service as idempotency
from mailing_service.models.audit import AuditEvent
from mailing_service.models.bounces import Bounce
from mailing_service.models.deliveries import Attempt, Delivery
from mailing_service.models.mailings import Run
from mailing_service.models.sending import MessageTest, OwnerDay, Worker
from mailing_service.pictures.storage import Folder
from mailing_service.pictures.sweeping import sweep
from mailing_service.settings import MailingSettings
from shared import clock
from shared.database.batches import delete_in_batches

INTERVAL = timedelta(hours=1)
SIZE = 2_000
"""Rows of one statement."""
_QUOTA_DAYS = timedelta(days=2)
_WORKER_REST = timedelta(days=1)

Forget = Callable[[], Awaitable[int]]


def rules(settings: MailingSettings) -> Mapping[str, Forget]:
    """Return by its name what removes each kind of row that is kept for too long."""
    return {
        "attempts": partial(_attempts, settings.attempt_retention),
        "addresses": partial(_addresses, settings.address_retention),
        "audit": partial(_audit, settings.audit_retention),
        "idempotency-keys": idempotency.forget_old,
        "quotas": _quotas,
        "workers": _workers,
        "pictures": partial(
            sweep, Folder(settings.pictures_dir), retention=settings.picture_retention
        ),
    }


async def _attempts(kept: timedelta) -> int:
    """Forget attempts, test emails and reports of bounces."""
    before = clock.now() - kept
    forgotten = await _delete(Attempt.filter(at__lt=before).order_by("at"))
    forgotten += await _delete(MessageTest.filter(expires_at__lt=before).order_by("id"))
    return forgotten + await _delete(Bounce.filter(at__lt=before).order_by("id"))


async def _addresses(kept: timedelta) -> int:
    """Take the addresses out of the deliveries of runs that ended so long ago."""
    before, emptied = clock.now() - kept, 0
    for run in await Run.filter(finished_at__lt=before, has_addresses=True).order_by("id"):
        named = Delivery.filter(run_id=run.id, email__not_isnull=True).order_by("id")
        while ids := [row["id"] for row in await named.limit(SIZE).values("id")]:
            emptied += await Delivery.filter(id__in=ids).update(email=None, response=None)
        await Run.filter(id=run.id).update(has_addresses=False)
    return emptied


async def _audit(kept: timedelta) -> int:
    return await _delete(AuditEvent.filter(at__lt=clock.now() - kept).order_by("at"))


async def _quotas() -> int:
    day = (clock.now() - _QUOTA_DAYS).date()
    return await _delete(OwnerDay.filter(day__lt=day).order_by("id"))


async def _workers() -> int:
    """Forget workers that ended without saying so."""
    return await _delete(Worker.filter(seen_at__lt=clock.now() - _WORKER_REST).order_by("id"))


_delete = partial(delete_in_batches, size=SIZE)
