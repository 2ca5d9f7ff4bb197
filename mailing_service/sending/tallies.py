"""What this worker has done, as counters of its metrics."""

from mailing_service.models.deliveries import AttemptOutcome
from shared.smtp.outcomes import Outcome
from shared.telemetry.tally import Tally

_CLASSES = ("2xx", "4xx", "5xx", "none")

ATTEMPTS = Tally(
    "vitrina_mailing_attempts",
    "Attempts to hand an email to a mail server, by outcome.",
    *(outcome.value for outcome in AttemptOutcome),
)
REPLIES = Tally(
    "vitrina_mailing_replies",
    "Last replies of mail servers to these attempts, by the class of their code.",
    *_CLASSES,
)


def count(outcome: Outcome, attempt: AttemptOutcome | None) -> None:
    """Count an attempt, if there was one."""
    if attempt is None:
        return
    ATTEMPTS.count(attempt.value)
    code_class = f"{outcome.code // 100}xx" if outcome.code else "none"
    REPLIES.count(code_class if code_class in _CLASSES else "none")
