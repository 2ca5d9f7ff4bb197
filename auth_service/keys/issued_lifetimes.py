"""How long an access token may live that is still out, whatever the setting says by now.

A process signs tokens of its lifetime only while its lease on that lifetime lasts, and the lease
is in the database before the first of them. So no token that has not expired is unknown there,
however often the setting was changed since, and whatever other replicas are set to.
"""

from datetime import datetime, timedelta

from auth_service.models import IssuedLifetime
from shared import clock
from shared.access.tokens import CLOCK_TOLERANCE

LEASE = timedelta(minutes=10)
_RENEWED_BEFORE = timedelta(minutes=1)
_MARGIN = timedelta(seconds=2 * CLOCK_TOLERANCE)
"""By so much the clocks of two replicas may differ."""


class LifetimeLease:
    """Of one process: the right to sign access tokens that live for `lifetime`, and no longer."""

    def __init__(self, lifetime: timedelta) -> None:
        self.seconds = int(lifetime.total_seconds())
        self._held_until: datetime | None = None

    async def hold(self) -> None:
        """Make sure of the lease, for some minutes to come; once in nine minutes that is work."""
        now = clock.now()
        if self._held_until is not None and now < self._held_until - _RENEWED_BEFORE:
            return
        until = now + LEASE
        await IssuedLifetime.bulk_create(
            [IssuedLifetime(seconds=self.seconds, issued_until=until)], ignore_conflicts=True
        )
        same = IssuedLifetime.filter(seconds=self.seconds)
        await same.filter(issued_until__lt=until).update(issued_until=until)
        self._held_until = until


async def longest_lifetime(at_least: timedelta) -> timedelta:
    """Return the longest life of the tokens that may be out, and never less than `at_least`.

    Rows are as many as settings there were, and stay.
    """
    now = clock.now()
    rows = await IssuedLifetime.all().values_list("seconds", "issued_until")
    lives = [(timedelta(seconds=seconds), until) for seconds, until in rows]
    return max([at_least, *(life for life, until in lives if now < until + life + _MARGIN)])
