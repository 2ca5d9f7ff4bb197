"""The runner stops all when one ends, and says which."""

import os
import signal
import sys
from collections.abc import Iterator
from threading import Timer

import pytest

from standalone.runner import Runner
from standalone.services import Program

pytestmark = pytest.mark.timing


@pytest.fixture(autouse=True)
def signals_as_before() -> Iterator[None]:
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in handlers.items():
        signal.signal(number, handler)


def test_the_first_to_end_is_named_and_the_others_are_stopped() -> None:
    runner = Runner([_program("steady", "time.sleep(60)"), _program("ill", "sys.exit(3)")])
    runner.loop()
    assert runner.ended == [("ill", 3), ("steady", 128 + signal.SIGTERM)]
    assert "ill ended by itself (exit status 3), so everything else" in (runner.failure or "")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_all(number: signal.Signals) -> None:
    runner = Runner([_program("one", "time.sleep(60)"), _program("two", "time.sleep(60)")])
    timer = Timer(0.3, os.kill, (os.getpid(), number))
    timer.start()
    runner.loop()
    timer.join()
    assert runner.failure is None
    assert len(runner.ended) == 2


def test_what_else_goes_wrong_stops_all() -> None:
    runner = Runner([_program("one", "time.sleep(60)")])
    timer = Timer(0.3, runner.fail, ("The database is gone.",))
    timer.start()
    runner.loop()
    timer.join()
    assert runner.failure == "The database is gone."
    assert len(runner.ended) == 1


def test_a_program_that_takes_its_time_to_stop_is_not_left_behind(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """honcho would kill its guard, and the program would go on without one."""
    monkeypatch.setattr("honcho.manager.KILL_WAIT", 0.2)
    slow = "signal.signal(signal.SIGTERM, lambda *_: (time.sleep(1), sys.exit(7))); time.sleep(60)"
    runner = Runner(
        [_program("slow", f"import signal; {slow}"), _program("ill", "time.sleep(1); sys.exit(3)")]
    )
    runner.loop()
    assert runner.ended == [("ill", 3), ("slow", 7)]


def test_what_programs_say_is_shown_with_their_name(capsys: pytest.CaptureFixture[str]) -> None:
    Runner([_program("one", "print('привет')")]).loop()
    assert "one    | привет" in capsys.readouterr().out


def _program(name: str, code: str) -> Program:
    command = (sys.executable, "-c", f"import sys, time; {code}")
    return Program(name, command, {**os.environ, "PYTHONIOENCODING": "utf-8"})
