"""A circuit breaker for one mail server: pure transitions, wherever the state is kept.

Closed until `failures` sends in a row found the server away; then open, for twice as long each
time. When that is over, one send may probe: `probing` keeps the others out until it is known.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from shared import clock
from shared.smtp.outcomes import Fault, Outcome, Result


@dataclass(frozen=True, slots=True)
class BreakerRule:
    """When a breaker opens, and for how long."""

    failures: int = 5
    first_wait: timedelta = timedelta(seconds=10)
    longest_wait: timedelta = timedelta(minutes=5)
    probe_lease: timedelta = timedelta(minutes=2)
    """For how long one probe keeps the others out: longer than an exchange."""


@dataclass(frozen=True, slots=True)
class BreakerState:
    """A breaker at one moment; `open_until` stays when the wait is over, until a probe succeeds."""

    failures: int = 0
    open_until: datetime | None = None

    def may_send(self, now: datetime) -> bool:
        """Tell whether an email may go to the server; see `needs_probe`."""
        return self.open_until is None or now >= self.open_until

    def needs_probe(self, now: datetime) -> bool:
        """Tell whether the wait is over and nobody probes yet."""
        return self.open_until is not None and now >= self.open_until


def probing(state: BreakerState, now: datetime, *, rule: BreakerRule) -> BreakerState:
    """Return the state while one send probes."""
    return BreakerState(state.failures, now + rule.probe_lease)


def after(
    state: BreakerState, outcome: Outcome, now: datetime, *, rule: BreakerRule
) -> BreakerState:
    """Return the state after a send.

    A refused sign-in opens it immediately, a server that is there closes it.
    """
    if outcome.fault is Fault.SIGN_IN:
        return _failed(max(state.failures + 1, rule.failures), now, rule)
    if outcome.is_server_at_fault:
        return _failed(state.failures + 1, now, rule)
    return state if outcome.result is Result.NOT_ATTEMPTED else BreakerState()


def _failed(failures: int, now: datetime, rule: BreakerRule) -> BreakerState:
    if failures < rule.failures:
        return BreakerState(failures)
    doublings = min(failures - rule.failures, 20)
    return BreakerState(failures, now + min(rule.first_wait * (1 << doublings), rule.longest_wait))


class Breaker:
    """One in this process's memory."""

    def __init__(self, rule: BreakerRule) -> None:
        self._rule = rule
        self.state = BreakerState()

    def may_send(self) -> bool:
        """Tell whether `enter` would succeed."""
        return self.state.may_send(clock.now())

    def enter(self) -> bool:
        """Tell whether to send now; then the outcome is reported."""
        now = clock.now()
        if not self.state.may_send(now):
            return False
        if self.state.needs_probe(now):
            self.state = probing(self.state, now, rule=self._rule)
        return True

    def report(self, outcome: Outcome) -> None:
        """Take the outcome of a send into account."""
        self.state = after(self.state, outcome, clock.now(), rule=self._rule)
