"""A throw-away primary with streaming replicas, for tests."""

import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from standalone.ports import free_port
from standalone.postgres import binaries as postgres_binaries
from standalone.postgres.binaries import PostgresError
from standalone.postgres.server import Postgres
from testing.streaming import Server

_SETTINGS = {
    "log_statement": "all",
    # A standby follows the primary immediately, and ends whatever keeps it from that.
    "max_standby_streaming_delay": "0",
    "wal_retrieve_retry_interval": "100ms",
}


class Streaming:
    """A running primary; make as many replicas of it as are wanted."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._password = secrets.token_urlsafe(24)
        self.primary = self._server("primary", remove=folder)

    @contextmanager
    def standby(self, name: str, *, of: Server | None = None) -> Iterator[Postgres]:
        """Copy the running primary, or another server, into one that follows it."""
        folder = self._folder / name
        _copy((of or self.primary).url, folder)
        with self._server(name) as server:
            yield server

    def _server(self, name: str, *, remove: Path | None = None) -> Postgres:
        return Postgres(
            self._folder / name,
            port=free_port(),
            password=self._password,
            durable=False,
            remove=remove,
            settings=_SETTINGS,
        )


@contextmanager
def temporary_primary() -> Iterator[Streaming]:
    """Start a throw-away primary; its folder goes with it, also when this process is killed."""
    folder = Path(tempfile.mkdtemp(prefix="vitrina-streaming-"))
    folder.chmod(0o755)  # the data folders inside are 0700; their owner has to reach them
    streaming = Streaming(folder)
    try:
        with streaming.primary:
            yield streaming
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _copy(url: str, folder: Path) -> None:
    """Have pg_basebackup copy a running server, and give it to the user who will run it."""
    program = postgres_binaries.find().root / "bin" / "pg_basebackup"
    shutil.rmtree(folder, ignore_errors=True)
    options = "--checkpoint=fast", "--no-sync", "--write-recovery-conf"
    done = subprocess.run(
        [program, f"--dbname={url}", f"--pgdata={folder}", *options],
        capture_output=True,
        check=False,
    )
    if done.returncode != 0:
        raise PostgresError(f"pg_basebackup failed: {done.stderr.decode(errors='replace')}")
    if account := postgres_binaries.account_for(folder):
        for path in (folder, *folder.rglob("*")):
            os.chown(path, account.user, account.group)
