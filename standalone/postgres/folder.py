"""The data folder of the embedded PostgreSQL: whose it is, its state, who still uses it."""

import fcntl
import os
import pwd
import signal
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from standalone.postgres.binaries import PostgresError

_TIMEOUT = 15.0  # seconds for a server whose run is over to shut down


@dataclass(frozen=True, slots=True)
class PidFile:
    """What a server wrote to ``postmaster.pid``."""

    process: int
    port: int
    state: str  # "starting", "ready", "stopping", …; empty before the first of them


def read_pid_file(folder: Path) -> PidFile | None:
    """The server that runs in ``folder``, or ran when the machine went down; None without one."""
    try:
        lines = (folder / "postmaster.pid").read_text().splitlines()
        return PidFile(
            process=int(lines[0]), port=int(lines[3]), state=lines[7].strip() if lines[7:] else ""
        )
    except (FileNotFoundError, PermissionError, IndexError, ValueError):
        return None


def lock(folder: Path) -> int:
    """Take ``folder`` for this run; returns the descriptor that holds the lock until it is closed.

    The reaper of a run that has just been killed holds it while it stops its server, so a lock
    whose run is gone is waited for; that of a living run is a PostgresError immediately.
    """
    descriptor = _open_lock(folder)
    deadline = time.monotonic() + _TIMEOUT
    while not _try_lock(descriptor):
        holder = os.pread(descriptor, 32, 0).decode() or "?"
        alive = holder.isdecimal() and psutil.pid_exists(int(holder))
        if alive or time.monotonic() > deadline:
            os.close(descriptor)
            raise PostgresError(
                f"The database in {folder} is in use by another run (process {holder}):"
                " stop that one first, with Ctrl-C in its terminal."
            )
        time.sleep(0.05)
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, str(os.getpid()).encode(), 0)
    return descriptor


def _open_lock(folder: Path) -> int:
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        return os.open(folder.with_name(f"{folder.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise PostgresError(
            f"The folder {folder.parent} cannot be written ({error.strerror}): make it writable"
            " for this user, or name another folder in VITRINA_DATA."
        ) from None


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def has_data(folder: Path, *, major: str) -> bool:
    """Whether ``folder`` holds a usable cluster; False if it is to be made, PostgresError else."""
    try:
        names = {entry.name for entry in folder.iterdir()}
    except FileNotFoundError:
        return False
    except PermissionError:
        raise PostgresError(_belongs_to_another(folder)) from None
    if not names:
        return False
    if "PG_VERSION" not in names or not (folder / "global" / "pg_control").exists():
        raise PostgresError(
            f"{folder} is not a whole PostgreSQL data folder (half-made or damaged): restore it"
            " from a copy, or delete it to start with an empty database."
        )
    made_by = (folder / "PG_VERSION").read_text().strip()
    if made_by != major:
        raise PostgresError(
            f"The data in {folder} were made by PostgreSQL {made_by} and this is PostgreSQL"
            f" {major}: move them over with pg_dump and pg_restore, or delete the folder to start"
            " with an empty database."
        )
    if folder.stat().st_uid != os.geteuid() != 0:
        raise PostgresError(_belongs_to_another(folder))
    return True


def _belongs_to_another(folder: Path) -> str:
    owner = folder.stat().st_uid
    with suppress(KeyError):
        return (
            f"{folder} belongs to the user {pwd.getpwuid(owner).pw_name} (made by a run as root?):"
            " run as the user who made it, or delete the folder to start with an empty database."
        )
    return f"{folder} belongs to another user ({owner}): run as the user who made it."


def recover(folder: Path) -> None:
    """Clear away what a run that was killed left behind; the caller holds the lock.

    A server that still runs here is nobody's any more and is shut down in order. A
    ``postmaster.pid`` that names a process which is not a server of this folder (a zombie, or a
    stranger who was given the number after a restart of the machine) would make PostgreSQL refuse,
    and is removed. All else PostgreSQL recovers by itself.
    """
    left = read_pid_file(folder)
    if left is None:
        return
    deadline = time.monotonic() + _TIMEOUT
    told = False
    while servers := _processes_in(folder):
        if left.process in servers and not told:
            os.kill(left.process, signal.SIGINT)
            told = True
        if time.monotonic() > deadline:
            raise PostgresError(
                f"A PostgreSQL that an earlier run left in {folder} does not stop: end process"
                f" {servers[0]} (kill -QUIT {servers[0]}) and start again."
            )
        time.sleep(0.05)
    (folder / "postmaster.pid").unlink(missing_ok=True)


def _processes_in(folder: Path) -> list[int]:
    """The living processes that have ``folder`` as their working directory, as servers have."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if _works_in(process, folder):
                found.append(process.pid)
    return found


def _works_in(process: psutil.Process, folder: Path) -> bool:
    return process.status() != psutil.STATUS_ZOMBIE and folder.samefile(process.cwd())
