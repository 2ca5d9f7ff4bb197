"""End the sessions of an account, whatever the reason."""

from auth_service.models import Session
from shared import clock


async def end_sessions(*, because: str, **which: object) -> int:
    """End those of the named sessions that still run; return how many.

    From then on their refresh tokens are good for nothing, and within two seconds the gateway
    refuses their access tokens.
    """
    running = Session.filter(**which, ended_at=None)
    return await running.update(
        ended_at=clock.now(), ended_because=because, sealed_successor=None, sealed_until=None
    )
