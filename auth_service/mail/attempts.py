"""What became of each try to send an email: a row beside its new state, and a line in the log."""

import logging
import re
from datetime import timedelta

from auth_service.models import EmailAttempt, OutboxEmail
from auth_service.tallies import EMAILS
from shared.smtp.outcomes import Outcome, Result

_LONGEST_CAUSE = 100
_ADDRESS = re.compile(r"\S+@\S+")

logger = logging.getLogger(__name__)


def failed_here(error: Exception) -> Outcome:
    """Return the outcome of an email that could not be built or opened."""
    return Outcome(Result.TEMPORARY, cause=type(error).__name__, duration=timedelta(0))


async def record(email: OutboxEmail, outcome: Outcome) -> None:
    """Keep an attempt, without the addresses in it, in the transaction of what follows from it."""
    await EmailAttempt.create(
        email_id=email.id,
        outcome=outcome.result.value,
        code=outcome.code if outcome.code is not None and outcome.code > 0 else None,
        text=_ADDRESS.sub("…", outcome.text),
        cause=outcome.cause[:_LONGEST_CAUSE],
        duration_ms=round(outcome.duration / timedelta(milliseconds=1)),
    )


def report(event: str, email: OutboxEmail, outcome: Outcome, *, tally: str) -> None:
    """Count what became of an email, and log it without anybody's address."""
    EMAILS.count(tally)
    level = logging.INFO if outcome.is_sent else logging.WARNING
    extra = {
        "email": email.id,
        "kind": email.kind,
        "tries": email.tries,
        "outcome": outcome.result.value,
        "code": outcome.code,
        "cause": outcome.cause,
    }
    logger.log(level, event, extra=extra)
