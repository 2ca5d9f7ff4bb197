"""Whether the runs of mailings may be sent: `is_sending` is what workers claim by.

Call these in the transaction that has changed, and so locked, the mailing.
"""

from collections.abc import Sequence

from mailing_service.mailings.choosing import quiet_hours_of
from mailing_service.models.mailings import Mailing, Run
from shared import clock


async def stop(mailing_ids: Sequence[int]) -> None:
    """Let no worker claim anything more of these mailings."""
    await Run.filter(mailing_id__in=mailing_ids, is_sending=True).update(is_sending=False)


async def go_on(mailing: Mailing) -> None:
    """Let workers claim what is left of the run of a running mailing, unless it is quiet now.

    A run whose deliveries are not written yet goes on when they are.
    """
    if not is_quiet(mailing):
        now = clock.now()
        open_runs = Run.filter(mailing_id=mailing.id, finished_at=None, ends_at__gt=now)
        await open_runs.filter(started_at__not_isnull=True).update(is_sending=True)


def is_quiet(mailing: Mailing) -> bool:
    """Tell whether a mailing is in its quiet hours."""
    hours = quiet_hours_of(mailing)
    return hours is not None and hours.is_quiet(clock.now())
