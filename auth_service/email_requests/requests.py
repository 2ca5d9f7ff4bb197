"""Requests for an email that are answered before anybody looks whom they name.

The row is written before the response: whatever happens to the process then, another one works it
off. It is the same row for names that are known and unknown, and its content is sealed.
"""

import json
import logging
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from datetime import timedelta

from tortoise.transactions import in_transaction

from auth_service.accounts.confirmations import Purpose
from auth_service.caller import Caller
from auth_service.models import EmailRequest
from shared import clock
from shared.database.connection import UNAVAILABLE
from shared.database.outage import DATABASE_OUTAGE
from shared.secret_box import SecretBox

INTERVAL = timedelta(seconds=2)
"""Between two looks for requests that a process left behind."""
TIMEOUT = timedelta(hours=1)
"""After which nobody waits for the email any more."""
PURPOSE = "email request"
_PAUSE = timedelta(seconds=10)

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Asked:
    """By whom, for whom, and what was asked for: a purpose of a link."""

    login: str
    caller: Caller
    purpose: str = Purpose.RESET_PASSWORD.value


Work = Callable[[Asked], Awaitable[None]]
"""Does what was asked for, in a transaction that removes the request, too."""


async def put(asked: Asked, *, box: SecretBox) -> None:
    """Write the request down."""
    plain = json.dumps(asdict(asked)).encode()
    await EmailRequest.create(sealed_content=box.seal(plain, purpose=PURPOSE))


async def work_off(work: Work, *, box: SecretBox) -> int:
    """Do all that is due; return how many requests. Several processes may do so concurrently.

    A request that fails is tried again after a pause, and given up after an hour.
    """
    done = 0
    try:
        while await _work_off_next(work, box):
            done += 1
    except UNAVAILABLE as error:
        DATABASE_OUTAGE.report(error, job="answer email requests")
    return done


async def _work_off_next(work: Work, box: SecretBox) -> bool:
    request = None
    try:
        async with in_transaction():
            due = EmailRequest.filter(next_try_at__lte=clock.now()).order_by("next_try_at", "id")
            request = await due.select_for_update(skip_locked=True).first()
            if request is None:
                return False
            if clock.now() - request.created_at < TIMEOUT:
                await work(_open(request, box))
            else:
                logger.warning("email request given up", extra={"request": request.id})
            await request.delete()
    except UNAVAILABLE:
        raise
    except Exception:  # it must not stop those behind it
        if request is None:
            raise
        logger.exception("email request failed", extra={"request": request.id})
        await EmailRequest.filter(id=request.id).update(next_try_at=clock.now() + _PAUSE)
    return True


def _open(request: EmailRequest, box: SecretBox) -> Asked:
    """Return what `put` was given; raises CannotOpen."""
    members = json.loads(box.open(bytes(request.sealed_content), purpose=PURPOSE))
    return Asked(**{**members, "caller": Caller(**members["caller"])})
