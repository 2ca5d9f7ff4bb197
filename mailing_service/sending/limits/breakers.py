"""The circuit breaker of a mail server, shared by all workers: its state is a row."""

import time
from collections.abc import Sequence
from datetime import datetime

from tortoise.transactions import in_transaction

from mailing_service.models.sending import MailServerState
from shared import clock
from shared.smtp.breaker import BreakerRule, BreakerState, after, probing
from shared.smtp.outcomes import Outcome, Result

_LOOKED_AT_EVERY = 0.5
"""Seconds for which a look at the row is believed."""
_LONGEST_ERROR = 500


class ServerBreaker:
    """What this worker knows of one mail server's breaker."""

    def __init__(self, name: str, rule: BreakerRule) -> None:
        self._name = name
        self._rule = rule
        self._state = BreakerState()
        self._looked_at = float("-inf")
        self._is_probing = False

    @property
    def is_open(self) -> bool:
        """Tell what was seen last."""
        return self._state.open_until is not None

    async def is_usable(self) -> bool:
        """Tell whether `enter` may let an email through, without taking a probe."""
        state = await self._look()
        return state.open_until is None or state.needs_probe(clock.now())

    async def enter(self) -> int | None:
        """Return how many emails may go to the server: None for any, 1 for a probe, 0 for none.

        One worker probes, and reports before anybody sends more.
        """
        state = await self._look()
        if state.open_until is None:
            return None
        if self._is_probing or not state.needs_probe(clock.now()):
            return 0
        rows = MailServerState.filter(name=self._name, open_until=state.open_until)
        probe = probing(state, clock.now(), rule=self._rule)
        self._is_probing = bool(await rows.update(open_until=probe.open_until))
        self._looked_at = float("-inf")
        return int(self._is_probing)

    async def report(self, outcomes: Sequence[Outcome]) -> None:
        """Take outcomes into account; the row is locked only if they may change it."""
        is_at_fault = any(outcome.is_server_at_fault for outcome in outcomes)
        if not outcomes or not (is_at_fault or self._state != BreakerState()):
            return
        is_probe, self._is_probing = self._is_probing, False
        async with in_transaction():
            rows = MailServerState.filter(name=self._name)
            row = await rows.select_for_update(no_key=True).get()
            before = BreakerState(row.failures, self._plausible(row.open_until))
            state = self._after(before, outcomes, is_probe=is_probe)
            error = next((one for one in outcomes if one.is_server_at_fault), None)
            await rows.update(
                failures=state.failures,
                open_until=state.open_until,
                opened_at=None if state.open_until is None else row.opened_at or clock.now(),
                last_error=_described(error) if error else row.last_error,
            )
        self._state = state
        self._looked_at = time.monotonic()

    def _after(
        self, state: BreakerState, outcomes: Sequence[Outcome], *, is_probe: bool
    ) -> BreakerState:
        """Return the state after outcomes; what fails while it is open has opened it."""
        now = clock.now()
        for outcome in outcomes:
            is_shut = state.open_until is not None and state.open_until > now and not is_probe
            if not (is_shut and outcome.is_server_at_fault):
                after_it = after(state, outcome, now, rule=self._rule)
                is_probe = is_probe and after_it == state
                state = after_it
        if is_probe:  # it was kept back: another one probes
            return BreakerState(state.failures, now)
        return state

    async def _look(self) -> BreakerState:
        if time.monotonic() - self._looked_at >= _LOOKED_AT_EVERY:
            row = await MailServerState.get_or_none(name=self._name)
            if row is None:
                await MailServerState.bulk_create(
                    [MailServerState(name=self._name)], ignore_conflicts=True
                )
                row = await MailServerState.get(name=self._name)
            self._state = BreakerState(row.failures, self._plausible(row.open_until))
            self._looked_at = time.monotonic()
        return self._state

    def _plausible(self, open_until: datetime | None) -> datetime | None:
        """Return a moment that no breaker ever waits for as now: the clock was set back."""
        longest = max(self._rule.longest_wait, self._rule.probe_lease)
        if open_until is not None and open_until > clock.now() + longest:
            return clock.now()
        return open_until


def _described(outcome: Outcome) -> str:
    said = f"{outcome.code or ''} {outcome.text}".strip()
    return (said or outcome.cause or Result.NOT_ATTEMPTED.value)[:_LONGEST_ERROR]
