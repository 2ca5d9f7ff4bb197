"""What an outcome means for the delivery: its next state, its attempt, what it uses up."""

from dataclasses import dataclass

from mailing_service.models.deliveries import AttemptOutcome, DeliveryState
from shared.smtp.outcomes import Fault, Outcome, Result

CLOSING = 421
KEPT_BACK = Outcome(Result.NOT_ATTEMPTED, cause="kept back")
"""Of an email that became forbidden between its claim and MAIL; see `is_kept_back`."""


def is_kept_back(outcome: Outcome) -> bool:
    """Tell whether nothing was tried at all, and nobody is at fault."""
    return outcome.result is Result.NOT_ATTEMPTED and outcome.fault is None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a delivery."""

    state: DeliveryState
    attempt: AttemptOutcome | None
    """How its attempt is kept; None where the server has said nothing about it."""
    uses_attempt: bool
    counts_in_quota: bool


_SENT = Verdict(DeliveryState.SENT, AttemptOutcome.SENT, uses_attempt=True, counts_in_quota=True)
_UNCERTAIN = Verdict(
    DeliveryState.UNCERTAIN, AttemptOutcome.UNCERTAIN, uses_attempt=True, counts_in_quota=True
)
_FAILED = Verdict(
    DeliveryState.FAILED, AttemptOutcome.PERMANENT, uses_attempt=True, counts_in_quota=False
)
_LATER = Verdict(
    DeliveryState.PENDING, AttemptOutcome.TEMPORARY, uses_attempt=True, counts_in_quota=False
)
_NO_FAULT_OF_ITS_OWN = Verdict(
    DeliveryState.PENDING, AttemptOutcome.TEMPORARY, uses_attempt=False, counts_in_quota=False
)
_NOTHING_SAID = Verdict(DeliveryState.PENDING, None, uses_attempt=False, counts_in_quota=False)


def verdict_on(outcome: Outcome) -> Verdict:
    """Judge: what no other email would have survived either uses no attempt.

    A server that closes (421), loses the connection before the content, or refuses the sender is
    such a case; one that is silent until the timeout may be so because of this very email.
    """
    if outcome.result is Result.SENT:
        return _SENT
    if outcome.result is Result.UNCERTAIN:
        return _UNCERTAIN
    if outcome.result is Result.NOT_ATTEMPTED:
        return _NOTHING_SAID if outcome.code is None else _NO_FAULT_OF_ITS_OWN
    is_closed = outcome.code == CLOSING
    is_lost = outcome.fault is Fault.SERVER and "timeout" not in outcome.cause.lower()
    if is_closed or is_lost or outcome.fault is Fault.SENDER:
        return _NO_FAULT_OF_ITS_OWN
    return _FAILED if outcome.result is Result.PERMANENT else _LATER
