"""Which run has a data folder: a file that its process holds locked for as long as it lives."""

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

from standalone.settings import PORTS, StandaloneSettings

RESTORE: Final = "restore"
RUN: Final = "run"

_WAIT = 0.5  # seconds for one that only looks to let go of the lock


@dataclass(frozen=True, slots=True)
class Running:
    """What holds the folder: the system itself, or a restore of a backup."""

    process: int
    what: str = RUN
    url: str = ""
    ports: dict[str, int | None] = field(default_factory=dict)

    def settings(self, given: StandaloneSettings) -> StandaloneSettings:
        """The settings it runs with, which may be others than those of today."""
        return given.model_copy(update=dict(self.ports)).model_copy(update={"public_url": self.url})


class AlreadyRunning(Exception):
    """Another process has the folder."""

    def __init__(self, running: Running) -> None:
        super().__init__(running)
        self.running = running


@contextmanager
def claim(settings: StandaloneSettings, *, what: str = RUN) -> Iterator[None]:
    """Have the data folder alone for as long as the context lasts; raises AlreadyRunning."""
    descriptor = os.open(_file(settings), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _lock(descriptor)
        _write(descriptor, _of_this_process(settings, what))
        yield
        os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)


def tell(settings: StandaloneSettings, *, postgres_port: int | None) -> None:
    """Add the port of the database, once it is known, to what others read; for who has claimed."""
    with _file(settings).open("r+b") as file:
        known = settings.model_copy(update={"postgres_port": postgres_port})
        _write(file.fileno(), _of_this_process(known, RUN))


def find(settings: StandaloneSettings) -> Running | None:
    """Who has the data folder; None if nobody has."""
    try:
        descriptor = os.open(_file(settings), os.O_RDONLY)
    except (FileNotFoundError, NotADirectoryError):
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _read(descriptor)
    finally:
        os.close(descriptor)
    return None


def _file(settings: StandaloneSettings) -> Path:
    return settings.data_folder / "run.json"


def _of_this_process(settings: StandaloneSettings, what: str) -> Running:
    ports = {name: getattr(settings, name) for name in PORTS}
    return Running(os.getpid(), what, settings.issuer, ports)


def _lock(descriptor: int) -> None:
    deadline = time.monotonic() + _WAIT
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise AlreadyRunning(_read(descriptor)) from None
            time.sleep(0.05)
        else:
            return


def _write(descriptor: int, running: Running) -> None:
    content = json.dumps(asdict(running)).encode()
    os.pwrite(descriptor, content, 0)
    os.ftruncate(descriptor, len(content))


def _read(descriptor: int) -> Running:
    """What the holder wrote, for which a moment may be needed."""
    deadline = time.monotonic() + _WAIT
    while True:
        try:
            return Running(**json.loads(os.pread(descriptor, 4096, 0)))
        except (ValueError, TypeError):
            if time.monotonic() > deadline:
                return Running(process=0)
            time.sleep(0.01)
