"""When an address is left alone, and how it comes back."""

from gateway.breaker import Breaker, State


def opened(limit: int = 3) -> Breaker:
    breaker = Breaker(limit, 1.0)
    for _ in range(limit):
        breaker.fail(10.0)
    return breaker


def test_failures_in_a_row_open_it() -> None:
    breaker = Breaker(3, 1.0)
    assert [breaker.fail(10.0) for _ in range(3)] == [False, False, True]
    assert (breaker.state, breaker.closed) == (State.OPEN, False)


def test_an_answer_in_between_starts_the_row_anew() -> None:
    breaker = Breaker(3, 1.0)
    for _ in range(10):
        breaker.fail(10.0)
        breaker.fail(10.0)
        breaker.succeed()
    assert breaker.closed


def test_a_sure_failure_is_enough() -> None:
    breaker = Breaker(3, 1.0)
    assert breaker.fail(10.0, surely=True)


def test_it_is_knocked_at_once_in_a_pause() -> None:
    breaker = opened()
    assert [breaker.knock(now) for now in (10.5, 11.0, 11.5, 12.0)] == [False, True, False, True]


def test_who_answers_gets_one_request_and_an_answer_closes() -> None:
    breaker = opened()
    breaker.answer_knock()
    assert (breaker.state, breaker.closed) == (State.HALF_OPEN, False)
    breaker.succeed()
    assert breaker.closed


def test_a_failure_behind_an_opened_door_shuts_it_again() -> None:
    breaker = opened()
    breaker.answer_knock()
    assert breaker.fail(20.0)
    assert not breaker.knock(20.5)


def test_without_a_limit_it_never_opens() -> None:
    breaker = Breaker(0, 1.0)
    assert not any(breaker.fail(10.0, surely=True) for _ in range(100))
    assert breaker.closed
