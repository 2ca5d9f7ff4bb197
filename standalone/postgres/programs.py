"""Runs initdb and postgres for one data folder, as ourselves or, for root, as another user."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from standalone import reaper
from standalone.postgres import binaries as postgres_binaries
from standalone.postgres import folder as postgres_folder
from standalone.postgres.binaries import Account, Binaries, PostgresError

_START_TIMEOUT = 60.0  # seconds; the recovery after a crash is part of it
_RETRY_FOR = 10.0  # seconds in which the last processes of a killed server go away
_CLUSTER = (
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
)
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
_THROW_AWAY = {
    "fsync": "off",
    "full_page_writes": "off",
    "max_connections": "200",
}


@dataclass(frozen=True, slots=True)
class Programs:
    """The programs of PostgreSQL and who is to run them."""

    binaries: Binaries
    account: Account | None
    copy: Path | None = None  # a folder with a copy of the programs, gone with the server

    @classmethod
    def within_reach(cls, binaries: Binaries, *, of: Path) -> "Programs":
        """Programs that the user who runs the server of the data folder ``of`` can start.

        That user cannot enter, say, /root, where root may have cloned this project.
        """
        account = postgres_binaries.account_for(of)
        if account is None or account.reaches(binaries.root):
            return cls(binaries, account)
        _require_linux(binaries.root)
        copy = Path(tempfile.mkdtemp(prefix="vitrina-postgres-", dir=_public_folder(account)))
        copy.chmod(0o755)
        return cls(postgres_binaries.copy_to(copy, binaries), account, copy)

    def discard(self) -> None:
        """Remove what ``within_reach`` made."""
        if self.copy:
            shutil.rmtree(self.copy, ignore_errors=True)

    def make_data(self, folder: Path, *, password: str, durable: bool) -> None:
        """initdb under another name and rename, so that a half-made folder is never taken for one.

        The superuser `postgres` gets ``password``, through a file without a name.
        """
        made = folder.with_name(f"{folder.name}.new")
        shutil.rmtree(made, ignore_errors=True)
        made.mkdir(0o700)
        with ExitStack() as stack:
            secret = stack.enter_context(tempfile.TemporaryFile())
            secret.write(password.encode())
            secret.seek(0)
            if self.account:
                os.fchown(secret.fileno(), self.account.user, self.account.group)
                os.chown(made, self.account.user, self.account.group)
            target, descriptors = self._argument(made, stack)
            done = subprocess.run(
                [
                    str(self.binaries.initdb),
                    f"--pgdata={target}",
                    "--username=postgres",
                    "--auth=scram-sha-256",
                    f"--pwfile=/dev/fd/{secret.fileno()}",
                    *_CLUSTER,
                    *([] if durable else ["--no-sync"]),
                ],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                check=False,
                env=_environment(),
                user=self.account.user if self.account else None,
                group=self.account.group if self.account else None,
                extra_groups=[] if self.account else None,
                pass_fds=(secret.fileno(), *descriptors),
            )
        if done.returncode != 0:
            shutil.rmtree(made, ignore_errors=True)
            raise PostgresError(_failure("initdb failed", done.stderr.decode(errors="replace")))
        made.rename(folder)

    def start(
        self,
        folder: Path,
        *,
        port: int,
        durable: bool,
        log: Path,
        lock: int,
        remove: Path | None,
        settings: Mapping[str, str],
    ) -> subprocess.Popen[bytes]:
        """Start the server behind a reaper that shares ``lock``, and wait until it is ready.

        The processes of a killed server may still hold its memory for a moment: that is retried.
        """
        deadline = time.monotonic() + _RETRY_FOR
        given = {**settings, **_SETTINGS, "port": str(port), **({} if durable else _THROW_AWAY)}
        while True:
            process = self._spawn(folder, log=log, lock=lock, remove=remove, settings=given)
            try:
                if _wait_until_ready(process, folder):
                    return process
            except BaseException:
                reaper.release(process)
                raise
            reaper.release(process)
            written = log.read_text(errors="replace")
            held = "still in use" in written or "already exists" in written
            if not held or time.monotonic() > deadline:
                raise PostgresError(_failure("PostgreSQL did not start", written))
            time.sleep(0.2)

    def _spawn(
        self,
        folder: Path,
        *,
        log: Path,
        lock: int,
        remove: Path | None,
        settings: Mapping[str, str],
    ) -> subprocess.Popen[bytes]:
        with ExitStack() as stack:
            target, descriptors = self._argument(folder, stack)
            output = stack.enter_context(log.open("wb"))
            log.chmod(0o600)
            return subprocess.Popen(
                [
                    sys.executable,
                    "-E",
                    "-S",
                    reaper.__file__,
                    "--stop=INT:30",
                    "--stop=QUIT:10",
                    *(f"--keep={descriptor}" for descriptor in descriptors),
                    *(f"--remove={path}" for path in (self.copy, remove) if path),
                    *([f"--user={self.account.user}"] if self.account else []),
                    *([f"--group={self.account.group}"] if self.account else []),
                    "--",
                    str(self.binaries.postgres),
                    f"-D{target}",
                    *(f"-c{name}={value}" for name, value in settings.items()),
                ],
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
                pass_fds=(lock, *descriptors),
                env=_environment(),
                start_new_session=True,
            )

    def _argument(self, folder: Path, stack: ExitStack) -> tuple[str, list[int]]:
        """What to call ``folder`` towards PostgreSQL, and the descriptors this name needs.

        A user who cannot pass the folders above it gets an open descriptor to go through.
        """
        if self.account is None or self.account.reaches(folder):
            return str(folder), []
        _require_linux(folder)
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        stack.callback(os.close, descriptor)
        return f"/proc/self/fd/{descriptor}", [descriptor]


def _environment() -> dict[str, str]:
    """Ours, but for what means something to PostgreSQL.

    Without LC_ALL its start fails on macOS, whose locales start a thread.
    """
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return {**inherited, "LC_ALL": "C"}


def _public_folder(account: Account) -> Path:
    """A folder for temporary files that ``account`` can enter; PostgresError without one."""
    for folder in (Path(tempfile.gettempdir()), Path("/tmp"), Path("/var/tmp")):  # noqa: S108
        if folder.exists() and account.reaches(folder):
            return folder
    raise PostgresError(
        "PostgreSQL refuses to run as root, and the user nobody can enter neither this project's"
        " folder nor a folder for temporary files: start this as an ordinary user."
    )


def _require_linux(path: Path) -> None:
    if sys.platform != "linux":
        raise PostgresError(
            f"PostgreSQL refuses to run as root, and the user nobody cannot enter {path}:"
            " start this as an ordinary user."
        )


def _wait_until_ready(process: subprocess.Popen[bytes], folder: Path) -> bool:
    """True as soon as the server takes connections, False if it ended instead."""
    deadline = time.monotonic() + _START_TIMEOUT
    while process.poll() is None:
        running = postgres_folder.read_pid_file(folder)
        if running and running.state == "ready":
            return True
        if time.monotonic() > deadline:
            raise PostgresError(f"PostgreSQL was not ready within {_START_TIMEOUT:.0f} seconds.")
        time.sleep(0.01)
    return False


def _failure(what: str, written: str) -> str:
    """A sentence with the last two lines that PostgreSQL wrote."""
    lines = [line.strip() for line in written.splitlines() if line.strip()]
    return f"{what}: {' / '.join(lines[-2:]) or 'it said nothing'}"
