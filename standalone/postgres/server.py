"""An embedded PostgreSQL: the programs of a wheel, driven over TCP on the loopback interface.

Nobody is trusted: the one way in is 127.0.0.1 with a password (SCRAM-SHA-256); there is no socket
file. The server ends with the process that started it, whatever kills that (see ``reaper``).
"""

import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from standalone import reaper
from standalone.ports import Needed, free_port, require_free
from standalone.postgres import binaries as postgres_binaries
from standalone.postgres import folder as postgres_folder
from standalone.postgres.binaries import PostgresError
from standalone.postgres.programs import Programs

__all__ = ["Postgres", "PostgresError", "temporary_server"]


class Postgres:
    """One server over one data folder: ``start`` and ``stop`` any number of times.

    ``durable`` is for data that must survive a power failure; without it nothing is flushed.
    ``remove`` is a folder to remove when the server ends, however it ends. ``settings`` are
    PostgreSQL's own, beside those that this needs.
    """

    def __init__(
        self,
        folder: Path,
        *,
        port: int,
        password: str,
        durable: bool = True,
        remove: Path | None = None,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        self.folder = folder.resolve()
        self.port = port
        self.log = self.folder.with_name(f"{self.folder.name}.log")
        self._password = password
        self._durable = durable
        self._remove = remove
        self._settings = settings or {}
        self._reaper: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The URL of the superuser."""
        return f"postgres://postgres:{self._password}@127.0.0.1:{self.port}/postgres"

    @property
    def process(self) -> int | None:
        """The process id of the running server."""
        running = postgres_folder.read_pid_file(self.folder)
        return running.process if running else None

    def start(self) -> str:
        """Start the server, making its data folder first where there is none; returns ``url``.

        Raises PostgresError or PortTaken, each with a sentence that says what to do.
        """
        if self._reaper is not None:
            raise RuntimeError("this server is already started")
        binaries = postgres_binaries.find()
        with ExitStack() as stack:
            lock = self._recovered()
            stack.callback(os.close, lock)
            found = postgres_folder.has_data(self.folder, major=binaries.major)
            programs = Programs.within_reach(binaries, of=self.folder)
            undo = stack.enter_context(ExitStack())
            undo.callback(programs.discard)
            if not found:
                programs.make_data(self.folder, password=self._password, durable=self._durable)
            require_free(Needed(self.port, "POSTGRES_PORT", "PostgreSQL"))
            self._reaper = programs.start(
                self.folder,
                port=self.port,
                durable=self._durable,
                log=self.log,
                lock=lock,
                remove=self._remove,
                settings=self._settings,
            )
            undo.pop_all()
        return self.url

    def stop(self) -> None:
        """Shut down in order: open transactions are rolled back, the rest is on the disk."""
        if self._reaper is None:
            return
        reaper.release(self._reaper)
        if self._reaper.returncode < 0:  # killed, and could not stop its server
            os.close(self._recovered())
        self._reaper = None

    def _recovered(self) -> int:
        """The lock of the data folder, with nothing left in it of runs that were killed."""
        lock = postgres_folder.lock(self.folder)
        try:
            postgres_folder.recover(self.folder)
        except BaseException:
            os.close(lock)
            raise
        return lock

    def wait(self) -> int:
        """Block until the server has ended, by itself or by ``stop``; its exit code."""
        return self._reaper.wait() if self._reaper else 0

    def __enter__(self) -> "Postgres":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


@contextmanager
def temporary_server(settings: Mapping[str, str] | None = None) -> Iterator[str]:
    """A throw-away server on a free port, for tests: yields its superuser URL.

    Its folder goes with it, also when this process is killed.
    """
    folder = Path(tempfile.mkdtemp(prefix="vitrina-postgres-"))
    folder.chmod(0o755)  # the data folder inside is 0700; its owner has to reach it
    server = Postgres(
        folder / "data",
        port=free_port(),
        password=secrets.token_urlsafe(24),
        durable=False,
        remove=folder,
        settings=settings,
    )
    try:
        yield server.start()
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
