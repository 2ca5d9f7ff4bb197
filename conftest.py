"""What the tests of every part stand on: a real PostgreSQL, and no test left out in silence."""

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from standalone.ports import free_port
from standalone.postgres.server import Postgres, temporary_server
from testing.outage import KillableServer, SuspendableServer
from testing.standby import temporary_primary
from testing.streaming import Streaming

os.environ.setdefault("ACCESS_LOG", "false")  # or each line would stand among the test results

WHY_LEFT_OUT = {
    "containers": "need a container engine: make test-containers",
    "soak": "are long or large: make soak",
    "installing": "need a package index: make test-install",
    "node": "need Node.js and npm: make test-node",
    "monitoring": "need Debian's Prometheus: make test-monitoring",
    "browser": "need Chromium and npm: make test-browser",
}
_left_out = pytest.StashKey[Counter[str]]()


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The superuser URL of TEST_DATABASE_URL, or of an embedded server that is gone afterwards."""
    configured = os.environ.get("TEST_DATABASE_URL")
    if configured:
        yield configured
        return
    with temporary_server() as url:
        yield url


@pytest.fixture(scope="module")
def suspendable(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SuspendableServer]:
    """An embedded server of one module's own, which its tests may stop while it works."""
    folder = tmp_path_factory.mktemp("suspendable") / "data"
    with Postgres(folder, port=free_port(), password="of the tests", durable=False) as server:
        assert server.process is not None
        yield SuspendableServer(server.url, server.process)


@pytest.fixture
def killable(tmp_path: Path) -> Iterator[KillableServer]:
    """An embedded server of one test's own, which it may kill."""
    folder = tmp_path / "killable"
    with Postgres(folder, port=free_port(), password="of the tests", durable=False) as server:

        def restart() -> None:
            server.stop()
            server.start()

        yield KillableServer(server.url, lambda: server.process, restart)


@pytest.fixture(scope="session")
def streaming() -> Iterator[Streaming]:
    """An embedded primary, and the standbys that are made to follow it."""
    with temporary_primary() as servers:
        yield servers


def pytest_deselected(items: Sequence[pytest.Item]) -> None:
    """Count what is left out by the reason why."""
    for item in items:
        counts = item.config.stash.setdefault(_left_out, Counter())
        markers = {marker.name for marker in item.iter_markers()}
        counts.update(name for name in WHY_LEFT_OUT if name in markers)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Tell the process that prints the summary, where several run tests side by side."""
    if (told := getattr(session.config, "workeroutput", None)) is not None:
        counts = session.config.stash.get(_left_out, Counter[str]())
        told["left_out"] = dict(counts)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take what one of them has left out; each has seen all tests."""
    if left_out := getattr(node, "workeroutput", {}).get("left_out"):
        node.config.stash[_left_out] = Counter(left_out)


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Tell how many tests were left out and why."""
    for name, count in config.stash.get(_left_out, Counter()).items():
        terminalreporter.write_line(f"{count} tests left out: they {WHY_LEFT_OUT[name]}")
