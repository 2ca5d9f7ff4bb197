"""The runner stops all when one ends, and says which."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Timer

import psutil
import pytest

from standalone.printing import TerminalPrinter
from standalone.runner import Runner
from standalone.services import Program
from standalone.settings import ROOT
from standalone.tests.conftest import until

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


def test_who_is_asked_by_others_ends_after_them() -> None:
    busy = _program("busy", _AT_SIGTERM.format("time.sleep(0.5)"))
    auth = replace(_program("auth", "time.sleep(60)"), is_asked=True)
    runner = Runner([auth, busy, _program("ill", "time.sleep(1); sys.exit(3)")])
    runner.loop()
    assert [name for name, _ in runner.ended] == ["ill", "busy", "auth"]


_AT_SIGTERM = """
import signal
def end(*_):
    {}
    sys.exit()
signal.signal(signal.SIGTERM, end)
time.sleep(60)
"""


def test_what_else_goes_wrong_stops_all() -> None:
    runner = Runner([_program("one", "time.sleep(60)")])
    timer = Timer(0.3, runner.fail, ("The database is gone.",))
    timer.start()
    runner.loop()
    timer.join()
    assert runner.failure == "The database is gone."
    assert len(runner.ended) == 1


def test_a_program_that_takes_its_time_to_stop_is_not_left_behind() -> None:
    slow = "signal.signal(signal.SIGTERM, lambda *_: (time.sleep(1), sys.exit(7))); time.sleep(60)"
    runner = Runner(
        [_program("slow", f"import signal; {slow}"), _program("ill", "time.sleep(1); sys.exit(3)")]
    )
    runner.loop()
    assert runner.ended == [("ill", 3), ("slow", 7)]


def test_what_programs_say_is_shown_with_their_name(capsys: pytest.CaptureFixture[str]) -> None:
    printer = TerminalPrinter()
    printer.show_all()
    code = "print('привет'); print('x' * 200_000)"
    Runner([_program("one", code), _program("other", "time.sleep(60)")], printer).loop()
    lines = capsys.readouterr().out.splitlines()
    assert "one   | привет" in lines
    assert f"one   | {'x' * 200_000}" in lines


def test_where_there_is_no_pidfd_an_end_is_noticed_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr("os.pidfd_open")
    runner = Runner([_program("steady", "time.sleep(60)"), _program("ill", "sys.exit(3)")])
    runner.loop()
    assert runner.ended == [("ill", 3), ("steady", 128 + signal.SIGTERM)]


def test_a_reaper_that_is_stopped_is_no_obstacle() -> None:
    runner = Runner([_program("one", "time.sleep(60)")])
    timer = Timer(0.5, _stop_reapers_and_fail, (runner,))
    timer.start()
    runner.loop()
    timer.join()
    assert runner.ended == [("one", 128 + signal.SIGTERM)]


def _stop_reapers_and_fail(runner: Runner) -> None:
    for process in psutil.Process().children():
        process.suspend()
    runner.fail("The database is gone.")


def _kill_reapers() -> None:
    for process in psutil.Process().children():
        process.kill()


def test_a_program_goes_with_its_reaper(tmp_path: Path) -> None:
    file = tmp_path / "process"
    code = f"import os; open({str(file)!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    runner = Runner([_program("one", code)])
    timer = Timer(1, _kill_reapers)
    timer.start()
    runner.loop()
    timer.join()
    assert runner.ended == [("one", -signal.SIGKILL)]
    until(lambda: not psutil.pid_exists(int(file.read_text())))


def test_what_a_program_leaves_behind_goes_with_it(tmp_path: Path) -> None:
    file = tmp_path / "process"
    child = "import subprocess; child = subprocess.Popen(['sleep', '60'])"
    code = f"{child}; open({str(file)!r}, 'w').write(str(child.pid))"
    Runner([_program("one", code)]).loop()
    until(lambda: not psutil.pid_exists(int(file.read_text())))


SCRIPT = """
import os, sys
from standalone.runner import Runner
from standalone.services import Program
steady = (sys.executable, "-c", "import time; time.sleep(60)")
Runner([Program(name, steady, dict(os.environ)) for name in ("one", "two")]).loop()
"""


@pytest.fixture
def process() -> Iterator[psutil.Process]:
    """A runner of two programs as a process of its own."""
    with subprocess.Popen([sys.executable, "-c", SCRIPT], cwd=ROOT) as started:
        found = psutil.Process(started.pid)
        until(lambda: len(found.children(recursive=True)) == 4)
        yield found
        started.kill()


def test_killing_the_runner_leaves_no_process(process: psutil.Process) -> None:
    family = process.children(recursive=True)
    process.kill()
    until(lambda: not any(_is_alive(child) for child in family))


def test_a_runner_that_is_stopped_and_continued_goes_on(process: psutil.Process) -> None:
    family = process.children(recursive=True)
    process.suspend()
    time.sleep(0.3)
    assert all(_is_alive(child) for child in family)
    process.resume()
    time.sleep(0.3)
    assert all(_is_alive(child) for child in family)
    process.terminate()
    until(lambda: not any(_is_alive(child) for child in [process, *family]))


def _is_alive(process: psutil.Process) -> bool:
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


def _program(name: str, code: str) -> Program:
    command = (sys.executable, "-c", f"import sys, time; {code}")
    return Program(name, command, {**os.environ, "PYTHONIOENCODING": "utf-8"})
