"""A server that is away is left alone, and asked by one at a time whether it is back."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.smtp.breaker import Breaker, BreakerRule, BreakerState, after, probing
from shared.smtp.outcomes import Fault, Outcome, Result
from testing.clock import MovableClock

NOW = datetime(2026, 11, 30, tzinfo=UTC)
RULE = BreakerRule(
    failures=3,
    first_wait=timedelta(seconds=10),
    longest_wait=timedelta(seconds=60),
    probe_lease=timedelta(seconds=30),
)
AWAY = Outcome(Result.NOT_ATTEMPTED, fault=Fault.SERVER)
SENT = Outcome(Result.SENT, 250)


def failed(times: int) -> BreakerState:
    state = BreakerState()
    for _ in range(times):
        state = after(state, AWAY, NOW, rule=RULE)
    return state


def test_it_opens_after_failures_in_a_row_and_waits_twice_as_long_each_time() -> None:
    assert failed(2).may_send(NOW)
    waits = []
    for times in range(3, 8):
        until = failed(times).open_until
        assert until is not None
        waits.append((until - NOW).total_seconds())
    assert waits == [10, 20, 40, 60, 60]


@pytest.mark.parametrize(
    "outcome",
    [
        SENT,
        Outcome(Result.TEMPORARY, 451),
        Outcome(Result.PERMANENT, 550, fault=Fault.RECIPIENT),
        Outcome(Result.PERMANENT, 554, fault=Fault.CONTENT),
    ],
)
def test_a_server_that_replies_is_there(outcome: Outcome) -> None:
    assert after(failed(2), outcome, NOW, rule=RULE) == BreakerState()
    assert after(failed(5), outcome, NOW, rule=RULE) == BreakerState()


def test_a_refused_sign_in_opens_it_immediately() -> None:
    refused = Outcome(Result.NOT_ATTEMPTED, 535, fault=Fault.SIGN_IN)

    assert not after(BreakerState(), refused, NOW, rule=RULE).may_send(NOW)


def test_an_email_that_was_kept_back_says_nothing() -> None:
    kept_back = Outcome(Result.NOT_ATTEMPTED, cause="kept back")

    assert after(failed(2), kept_back, NOW, rule=RULE) == failed(2)


def test_one_probes_while_the_others_wait() -> None:
    state = failed(3)
    later = NOW + timedelta(seconds=10)

    assert not state.may_send(later - timedelta(seconds=1))
    assert state.needs_probe(later)
    state = probing(state, later, rule=RULE)
    assert not state.may_send(later + timedelta(seconds=29))
    assert state.needs_probe(later + timedelta(seconds=30))


def test_one_in_memory(clock: MovableClock) -> None:
    breaker = Breaker(RULE)
    for _ in range(3):
        assert breaker.enter()
        breaker.report(AWAY)

    assert not breaker.enter()
    clock.advance(timedelta(seconds=10))
    assert [breaker.enter(), breaker.enter()] == [True, False]
    breaker.report(AWAY)
    clock.advance(timedelta(seconds=19))
    assert not breaker.enter()
    clock.advance(timedelta(seconds=1))
    assert breaker.enter()
    breaker.report(SENT)
    assert [breaker.enter(), breaker.enter()] == [True, True]
