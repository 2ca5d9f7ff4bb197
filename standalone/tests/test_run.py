"""``make run`` as a person sees it: ready, stopped, started again, killed, and refused."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Timer

import httpx2
import psutil
import pytest

from standalone.guide import curl_round
from standalone.ports import is_free
from standalone.settings import StandaloneSettings
from standalone.tests.conftest import ROOT, TypeOfScript, processes_below, until
from testing.ports import ports_of_a_system

pytestmark = pytest.mark.timing

PORTS = ("GATEWAY_PORT", "AUTH_PORT", "CATALOG_PORT", "MAIL_SMTP_PORT", "MAIL_WEB_PORT")


@pytest.fixture
def settings(tmp_path: Path) -> dict[str, str]:
    """Free ports and a folder of one's own."""
    ports = {name.upper(): str(port) for name, port in ports_of_a_system().items()}
    return {"VITRINA_DATA": str(tmp_path / "data"), **ports}


@pytest.fixture
def no_processes_left(tmp_path: Path, settings: dict[str, str]) -> Iterator[None]:
    """Whatever happens in the test, nothing runs afterwards and every port is free."""
    yield
    until(lambda: not processes_below(tmp_path))
    until(lambda: all(is_free(int(settings[name])) for name in PORTS))


class Run:
    """One ``python -m standalone``."""

    def __init__(self, settings: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "standalone"],
            cwd=ROOT,
            env={**os.environ, **settings},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._limit = Timer(90, self.process.kill)
        self._limit.start()

    def read_until(self, text: str) -> str:
        """What it says up to the line with ``text``."""
        assert self.process.stdout is not None
        said = ""
        for line in self.process.stdout:
            said += line
            if text in line:
                return said
        raise AssertionError(said)

    def end(self, number: signal.Signals) -> tuple[int, str]:
        self.process.send_signal(number)
        return self.wait()

    def wait(self) -> tuple[int, str]:
        said, _ = self.process.communicate()
        self._limit.cancel()
        return self.process.returncode, said


@pytest.mark.usefixtures("no_processes_left")
@pytest.mark.skipif(not shutil.which("curl"), reason="there is no curl on this machine")
def test_a_second_run_has_what_the_first_one_left_even_if_that_was_killed(
    settings: dict[str, str],
) -> None:
    first = Run(settings)
    said = first.read_until("Ctrl-C stops it all.")
    assert f"http://localhost:{settings['GATEWAY_PORT']}/docs" in said
    assert "secrets/auth-prepare/admin_password" in said
    _paste(settings)
    tree = psutil.Process(first.process.pid).children(recursive=True)
    assert first.end(signal.SIGKILL)[0] == -signal.SIGKILL
    until(lambda: not any(p.is_running() and p.status() != "zombie" for p in tree))

    second = Run(settings)
    second.read_until("Ctrl-C stops it all.")
    anna = {"login": "anna@example.com", "password": "Samovar$1-kopeck"}
    api = f"http://127.0.0.1:{settings['GATEWAY_PORT']}/api/v1"
    assert httpx2.post(f"{api}/auth/login", json=anna).status_code == 200
    status, said = second.end(signal.SIGINT)
    assert (status, said.splitlines()[-1]) == (0, "Stopped; the data are kept.")


def _paste(settings: dict[str, str]) -> None:
    """Do what `make addresses` proposes, as a person does."""
    port = int(settings["GATEWAY_PORT"])
    commands = curl_round(StandaloneSettings(gateway_port=port))
    shell = subprocess.run(
        ["/bin/sh", "-c", commands], capture_output=True, text=True, check=True, timeout=60
    )
    registered, signed_in, page, *unauthorized = shell.stdout.splitlines()
    assert '"email":"anna@example.com"' in registered.replace(": ", ":")
    assert "access_token" in signed_in
    assert re.search(r'"page": ?2\b', page)
    assert unauthorized[0].startswith("HTTP/1.1 401")
    assert '"Unauthorized"' in unauthorized[-1]


@pytest.mark.usefixtures("no_processes_left")
def test_a_service_that_ends_by_itself_is_named_and_ends_the_run(
    settings: dict[str, str], as_ordinary_user: TypeOfScript
) -> None:
    done = as_ordinary_user(
        "import os, tempfile, runpy, sys\n"
        f"os.environ.update({settings!r})\n"
        "with tempfile.TemporaryDirectory() as folder:\n"
        "    os.environ.update(VITRINA_DATA=folder, GATEWAY_QUEUE_SIZE='many')\n"
        "    sys.argv = ['standalone']\n"
        "    runpy.run_module('standalone', run_name='__main__')\n"
    )
    assert done.returncode == 1
    assert "GATEWAY_QUEUE_SIZE is not usable" in done.stdout
    assert "gateway ended by itself (exit status 2), so everything else" in done.stderr


@pytest.mark.parametrize(
    ("changed", "reported"),
    [
        ({"AUTH_PORT": "many"}, "AUTH_PORT is not usable"),
        ({"BOOTSTRAP_DATABASE_URL": "mysql://x/y"}, "BOOTSTRAP_DATABASE_URL is not usable"),
        ({"AUTH_DATABASE_URL": "postgres://u@h/auth"}, "also set AUTH_MIGRATION_DATABASE_URL, CAT"),
        ({"VITRINA_DATA": "/proc/vitrina"}, "The folder /proc/vitrina cannot be written"),
        ({"LOG_LEVEL": "loud"}, "LOG_LEVEL is not usable"),
    ],
)
@pytest.mark.usefixtures("no_processes_left")
def test_what_cannot_be_is_one_sentence(
    settings: dict[str, str], changed: dict[str, str], reported: str
) -> None:
    status, said = Run(settings | changed).wait()
    assert status in {1, 2}
    assert reported in said
    assert "Traceback" not in said
