"""The reaper of a command: only an end is an end, and a stopped command can be ended too."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psutil
import pytest

from standalone import reaper
from standalone.tests.conftest import until

pytestmark = pytest.mark.timing

COMMAND = "import signal, sys, time; print('up', flush=True); time.sleep(60)"


@contextmanager
def _started(
    code: str = COMMAND,
) -> Iterator[tuple["subprocess.Popen[bytes]", psutil.Process]]:
    """A reaper, and the command that it has started."""
    command = [sys.executable, "-E", "-S", reaper.__file__, "--stop=TERM:5", "--"]
    with subprocess.Popen(
        [*command, sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"up\n"
        yield process, psutil.Process(process.pid).children()[0]


def test_a_command_that_is_stopped_and_goes_on_has_not_ended() -> None:
    with _started() as (process, command):
        for _ in range(3):
            command.send_signal(signal.SIGSTOP)
            until(lambda: command.status() == psutil.STATUS_STOPPED)
            time.sleep(0.1)  # for the reaper to do what it would do
            command.send_signal(signal.SIGCONT)
            until(lambda: command.status() != psutil.STATUS_STOPPED)
        assert process.poll() is None
        assert command.is_running()
        reaper.release(process)
        assert process.returncode == 128 + signal.SIGTERM


@pytest.mark.parametrize("by", ["release", "SIGTERM"])
def test_a_stopped_command_is_ended_as_any_other(by: str) -> None:
    code = f"signal.signal(signal.SIGTERM, lambda *_: sys.exit(7)); {COMMAND}"
    with _started(f"import signal, sys; {code}") as (process, command):
        command.send_signal(signal.SIGSTOP)
        until(lambda: command.status() == psutil.STATUS_STOPPED)
        began = time.monotonic()
        if by == "SIGTERM":
            process.terminate()
        reaper.release(process)
        assert process.returncode == 7
        assert time.monotonic() - began < 4


def test_the_end_of_a_command_is_that_of_its_reaper() -> None:
    with _started() as (process, command):
        command.kill()
        assert process.wait(10) == 128 + signal.SIGKILL
