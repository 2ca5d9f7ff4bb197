"""Servers and folders for the tests of the standalone system."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from standalone.ports import free_port
from standalone.postgres import binaries as postgres_binaries
from standalone.postgres.server import Postgres

ROOT = Path(__file__).parents[2]
PASSWORD = "a password of the tests"

TypeOfScript = Callable[[str], "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session")
def made_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder that a server has used once; copy it."""
    folder = tmp_path_factory.mktemp("made") / "postgres"
    with Postgres(folder, port=free_port(), password=PASSWORD, durable=False):
        pass
    return folder


@pytest.fixture
def folder(made_folder: Path, tmp_path: Path) -> Path:
    """A used data folder of one's own."""
    target = tmp_path / "postgres"
    subprocess.run(["cp", "-a", made_folder, target], check=True)
    return target


@pytest.fixture
def server(folder: Path) -> Iterator[Postgres]:
    """A server over ``folder`` that is not started yet, and is stopped afterwards."""
    server = Postgres(folder, port=free_port(), password=PASSWORD, durable=False)
    yield server
    server.stop()
    assert processes_below(folder.parent) == []


@pytest.fixture
def as_ordinary_user(tmp_path: Path) -> TypeOfScript:
    """Runs Python code as somebody who is not root, in a folder of their own."""
    home = tmp_path if os.geteuid() else Path("/tmp")

    def run(code: str) -> "subprocess.CompletedProcess[str]":
        user = None if os.geteuid() else 65534
        return subprocess.run(
            [_python_for(user), "-c", code],
            user=user,
            group=user,
            extra_groups=[] if user else None,
            cwd=home,
            env={"PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path[1:]]), "HOME": str(home)},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return run


def _python_for(user: int | None) -> str:
    """An interpreter that ``user`` can start, on a machine where ours may lie in /root."""
    if user is None:
        return sys.executable
    account = postgres_binaries.Account(user=user, group=user)
    if not account.reaches(ROOT):
        pytest.skip("an ordinary user cannot enter the folder of this project")
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for candidate in (sys.executable, shutil.which(version, path="/usr/local/bin:/usr/bin")):
        if candidate and account.reaches(Path(candidate).resolve().parent):
            return candidate
    pytest.skip(f"an ordinary user can start no {version} on this machine")


def until(condition: Callable[[], bool]) -> None:
    """Wait for something that other processes do, at most 10 seconds."""
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def processes_below(folder: Path) -> list[psutil.Process]:
    """The living processes that work in ``folder`` or below, and those that name it."""
    found = []
    for process in psutil.process_iter():
        try:
            names = [process.cwd(), *process.cmdline()]
            zombie = process.status() == psutil.STATUS_ZOMBIE
        except psutil.Error:
            continue
        if not zombie and any(str(folder) in name for name in names) and process.pid != os.getpid():
            found.append(process)
    return found
