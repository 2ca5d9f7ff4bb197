"""A bucket holds a minute's worth, is refilled evenly, and takes bounded memory."""

import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from gateway.access.limits import REMEMBERED, WINDOW, Budget
from gateway.headers import Fields
from shared import clock as process_clock
from shared.errors import TooManyRequests


@dataclass
class StoodClock:
    """A clock that stands still until it is moved."""

    seconds: float = 100_000_000.3  # three years after the machine was started


@pytest.fixture
def stood_clock() -> Iterator[StoodClock]:
    stood = StoodClock()
    process_clock.use(time.time, lambda: stood.seconds)
    yield stood
    process_clock.use(time.time)


def passes(budget: Budget, key: str = "somebody") -> bool:
    """Tell whether a request passes."""
    try:
        budget.take(key, [])
    except TooManyRequests:
        return False
    return True


class TestBudget:
    @pytest.mark.parametrize("per_minute", [1, 7, 60, 1200, 6000])
    def test_a_full_bucket_holds_exactly_a_minute_s_worth(
        self, stood_clock: StoodClock, per_minute: int
    ) -> None:
        budget = Budget("b", per_minute)
        assert sum(passes(budget) for _ in range(per_minute + 5)) == per_minute
        stood_clock.seconds += 2 * WINDOW
        assert sum(passes(budget) for _ in range(per_minute + 5)) == per_minute

    def test_it_is_refilled_evenly(self, stood_clock: StoodClock) -> None:
        budget = Budget("b", 120)
        while passes(budget):
            pass
        for _ in range(20):
            stood_clock.seconds += 0.4
            assert not passes(budget)
            stood_clock.seconds += 0.1
            assert passes(budget)

    def test_being_refused_costs_nothing(self, stood_clock: StoodClock) -> None:
        budget = Budget("b", 60)
        assert sum(passes(budget) for _ in range(1000)) == 60
        stood_clock.seconds += 1
        assert [passes(budget), passes(budget)] == [True, False]

    def test_what_is_left_counts_down(self, stood_clock: StoodClock) -> None:
        budget, fields = Budget("b", 3), list[Fields]()
        for _ in range(3):
            fields.append([])
            budget.take("x", fields[-1])
        assert [dict(each)[b"ratelimit"] for each in fields] == [
            b'"b";r=2;t=20',
            b'"b";r=1;t=20',
            b'"b";r=0;t=20',
        ]

    def test_any_number_of_keys_takes_bounded_room(self, stood_clock: StoodClock) -> None:
        budget = Budget("b", 2)
        for number in range(4 * REMEMBERED):
            assert passes(budget, str(number))
        assert len(budget) <= 2 * REMEMBERED

    def test_a_busy_key_is_not_forgotten_among_many(self, stood_clock: StoodClock) -> None:
        budget = Budget("b", 4)
        passed = 0
        for number in range(2 * REMEMBERED):
            passes(budget, str(number))
            if number % (REMEMBERED // 2) == 0:
                passed += passes(budget, "busy")
        assert passed == 4
        assert not passes(budget, "busy")
