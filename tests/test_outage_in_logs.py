"""PostgreSQL is away for a while: what an operator then reads in the logs, and how often."""

import json
import time
from collections import Counter
from pathlib import Path

import httpx2
import pytest

from testing.background import BackgroundSystem

pytestmark = pytest.mark.timing

SECONDS_AWAY = 6.0
AT_MOST = 2
"""Lines of one kind; each process looks at least once a second."""


def test_each_service_names_the_database_once_and_says_when_it_is_back(tmp_path: Path) -> None:
    with BackgroundSystem(tmp_path) as system:
        ports = {name: system.settings.ports[name] for name in ("auth", "catalog")}
        before = {name: len(system.log(name)) for name in ports}
        system.postgres.stop()
        until = time.monotonic() + SECONDS_AWAY
        while time.monotonic() < until:
            for port in ports.values():
                ready = httpx2.get(f"http://127.0.0.1:{port}/health/ready", timeout=20)
                assert ready.status_code == 503
            time.sleep(0.2)
        system.postgres.start()
        for name, length in before.items():
            _wait_for("database available again", system, name, length)
            said = [
                (line["level"], line["message"])
                for line in map(json.loads, system.log(name)[length:].splitlines())
                if line["logger"] != "access"
            ]
            assert said.count(("ERROR", "database unavailable")) == 1
            trouble = Counter(message for level, message in said if level != "INFO")
            # While auth is away, so is its feed of accounts.
            assert trouble.keys() <= {
                "database unavailable",
                "not ready",
                "accounts fetch failed",
            }
            assert max(trouble.values()) <= AT_MOST


def _wait_for(text: str, system: BackgroundSystem, name: str, length: int) -> None:
    deadline = time.monotonic() + 30
    while text not in system.log(name)[length:]:
        if time.monotonic() > deadline:
            pytest.fail(system.log(name)[length:])
        time.sleep(0.1)
