"""The first minute of a new user: in a terminal, in a file, beside another run, by mistake."""

import json
import os
import pty
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from threading import Thread

import httpx2
import psutil
import pytest

from standalone.ports import is_free
from standalone.tests.conftest import ROOT, processes_below, until
from testing.ports import ports_of_a_system

pytestmark = pytest.mark.timing

PORTS = ("GATEWAY_PORT", "AUTH_PORT", "CATALOG_PORT", "MAIL_SMTP_PORT", "MAIL_WEB_PORT")
LOGS = {"LOG_FORMAT", "LOG_LEVEL", "ACCESS_LOG"}
TROUBLE = re.compile(r"WARN|ERROR|CRITICAL|Traceback", re.I)
LINES_BEFORE_THE_TABLE = 3
A_LINE = re.compile(r"gateway +\| \d\d:\d\d:\d\d INFO +GET /api/v1/products 401 \d+ ms")


@pytest.fixture
def environment(tmp_path: Path) -> Iterator[dict[str, str]]:
    """Free ports and a folder of one's own, in which nothing runs afterwards."""
    ports = {name.upper(): str(port) for name, port in ports_of_a_system().items()}
    kept = {name: value for name, value in os.environ.items() if name not in LOGS}
    yield {**kept, **ports, "VITRINA_DATA": str(tmp_path / "data"), "NO_COLOR": "1"}
    until(lambda: not processes_below(tmp_path))
    until(lambda: all(is_free(int(ports[name])) for name in PORTS))


class Terminal:
    """`python -m standalone` in a pseudo-terminal, and what it has shown."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.shown = ""
        ours, theirs = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "standalone"],
            cwd=ROOT,
            env=environment,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
        )
        os.close(theirs)
        self._reader = Thread(target=self._read, args=(ours,))
        self._reader.start()

    def wait_for(self, text: str, *, seconds: float = 60) -> None:
        deadline = time.monotonic() + seconds
        while text not in self.shown:
            assert time.monotonic() < deadline, self.shown
            assert self._reader.is_alive() or text in self.shown, self.shown
            time.sleep(0.02)

    def end(self, number: signal.Signals = signal.SIGINT) -> int:
        self.process.send_signal(number)
        status = self.process.wait(60)
        self._reader.join()
        return status

    def _read(self, descriptor: int) -> None:
        with suppress(OSError):  # a terminal whose last program ended
            while piece := os.read(descriptor, 65536):
                self.shown += piece.decode().replace("\r\n", "\n")
        os.close(descriptor)


def run(module: str, environment: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", module],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_in_a_terminal_it_is_quiet_says_where_everything_is_and_goes_on(
    environment: dict[str, str],
) -> None:
    terminal = Terminal(environment)
    try:
        terminal.wait_for("Ctrl-C stops it all.")
        before, table = terminal.shown.split("\nVitrina is ready. Open ")
        assert len(before.splitlines()) == LINES_BEFORE_THE_TABLE
        assert not TROUBLE.search(terminal.shown)
        shop = f"http://localhost:{environment['GATEWAY_PORT']}"
        assert table.startswith(f"{shop}\n")
        assert f"sign in at {shop}/users/login/ as admin@example.com\n" in table
        assert f":{environment['AUTH_PORT']}" not in table
        _a_request_is_one_short_line(terminal, environment)
        _a_second_run_shows_where_the_first_one_is(environment)
        _the_table_is_shown_again_and_names_the_password_while_it_is_valid(environment)
        _a_pause_is_no_end(terminal, environment)
    finally:
        status = terminal.end()
    assert status == 0
    assert terminal.shown.splitlines()[-2:] == ["Stopping …", "Stopped; the data are kept."]
    assert not TROUBLE.search(terminal.shown)
    assert run("standalone.addresses", environment).returncode == 1


def _a_request_is_one_short_line(terminal: Terminal, environment: dict[str, str]) -> None:
    httpx2.get(f"http://127.0.0.1:{environment['GATEWAY_PORT']}/api/v1/products")
    terminal.wait_for("/api/v1/products 401")
    assert len(A_LINE.findall(terminal.shown)) == 1
    assert "{" not in terminal.shown.split("Ctrl-C stops it all.")[1]


def _a_second_run_shows_where_the_first_one_is(environment: dict[str, str]) -> None:
    second = run("standalone", environment)
    address = f"http://localhost:{environment['GATEWAY_PORT']}"
    assert second.returncode == 0
    assert f"Vitrina already runs here: {address} (process " in second.stdout


def _the_table_is_shown_again_and_names_the_password_while_it_is_valid(
    environment: dict[str, str],
) -> None:
    file = Path(environment["VITRINA_DATA"]) / "secrets/auth-prepare/admin_password"
    again = run("standalone.addresses", environment)
    assert again.returncode == 0
    for name in (*PORTS, "POSTGRES_PORT"):
        assert f":{environment[name]}" in again.stdout
    assert str(file) in again.stdout
    assert f"Try the API:\n\nAPI=http://localhost:{environment['GATEWAY_PORT']}\n" in again.stdout
    file.write_text("A$word that never worked\n")
    assert str(file) not in run("standalone.addresses", environment).stdout
    assert not file.exists()


def _a_pause_is_no_end(terminal: Terminal, environment: dict[str, str]) -> None:
    """Of a service, and of PostgreSQL."""
    reapers = psutil.Process(terminal.process.pid).children()
    programs = [program for reaper in reapers for program in reaper.children()]
    for name in ("auth_service", "-D"):
        [paused] = [program for program in programs if name in " ".join(program.cmdline()[1:3])]
        paused.send_signal(signal.SIGSTOP)
        time.sleep(0.5)
        assert paused.status() == psutil.STATUS_STOPPED
        paused.send_signal(signal.SIGCONT)
    time.sleep(0.5)
    assert terminal.process.poll() is None
    assert all(program.is_running() for program in programs)
    ready = f"http://127.0.0.1:{environment['GATEWAY_PORT']}/health/ready"
    until(lambda: httpx2.get(ready).status_code == 200)


def test_without_a_terminal_standard_output_is_json_without_a_warning(
    environment: dict[str, str], tmp_path: Path
) -> None:
    output, words = tmp_path / "output", tmp_path / "words"
    with output.open("wb") as first, words.open("wb") as second:
        process = subprocess.Popen(
            [sys.executable, "-m", "standalone"],
            cwd=ROOT,
            env=environment,
            stdout=first,
            stderr=second,
        )
    try:
        deadline = time.monotonic() + 60
        while "Ctrl-C stops it all." not in words.read_text():
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.05)
    finally:
        process.send_signal(signal.SIGTERM)
        status = process.wait(60)
    assert status == 0
    lines = [json.loads(line) for line in output.read_text().splitlines()]
    assert {line["level"] for line in lines} == {"INFO"}
    assert {line["service"] for line in lines} >= {"gateway", "auth_service", "catalog_service"}
    assert "Vitrina is ready. Open http" in words.read_text()
