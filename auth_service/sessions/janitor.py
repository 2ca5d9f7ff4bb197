"""Forget sealed successors once their grace period is over."""

from datetime import timedelta

from auth_service.models import Session
from shared import clock

INTERVAL = timedelta(seconds=10)


async def forget_successors() -> int:
    """Erase what the grace period no longer needs; return of how many sessions."""
    over = Session.filter(sealed_until__lte=clock.now())
    return await over.update(sealed_successor=None, sealed_until=None)
