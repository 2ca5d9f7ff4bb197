"""What may follow each state of a delivery: the table of docs/mailing.md."""

from collections.abc import Mapping
from types import MappingProxyType

from mailing_service.models.deliveries import DeliveryState as State

FOLLOWING: Mapping[State, frozenset[State]] = MappingProxyType(
    {
        State.PENDING: frozenset({State.CLAIMED, State.EXPIRED, State.SUPPRESSED}),
        State.CLAIMED: frozenset(
            {State.PENDING, State.SENDING, State.EXPIRED, State.SUPPRESSED},
        ),
        State.SENDING: frozenset({State.SENT, State.FAILED, State.PENDING, State.UNCERTAIN}),
        State.FAILED: frozenset({State.PENDING}),
        State.UNCERTAIN: frozenset({State.PENDING}),
        State.SENT: frozenset(),
        State.EXPIRED: frozenset(),
        State.SUPPRESSED: frozenset(),
    }
)
"""Only retry-failed leads from failed and uncertain to pending."""

UNSENT = frozenset({State.PENDING, State.CLAIMED})
"""Nothing has been said to a mail server yet, or nothing that counts."""

OPEN = UNSENT | {State.SENDING}
"""A run ends when none of its deliveries is in one of these."""


def may_become(before: State, after: State) -> bool:
    """Tell whether `after` may follow `before`."""
    return after in FOLLOWING[before]
