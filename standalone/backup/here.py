"""Backups of the system of `make run`, whether it runs or not: ``take FILE``, ``restore FILE``."""

import argparse
import getpass
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dotenv import load_dotenv

from standalone import postgres_binaries, secret_files
from standalone.backup import system
from standalone.backup.errors import BackupFailed
from standalone.backup.postgresql import Server
from standalone.ports import PortTaken, free_port
from standalone.postgres import Postgres, PostgresError
from standalone.settings import ROOT, StandaloneSettings, load
from standalone.system import CannotStart, System


def main() -> int:
    """Do one of the two; 0, or 1 and a sentence."""
    parser = argparse.ArgumentParser(prog="python -m standalone.backup.here", description=__doc__)
    parser.add_argument("command", choices=["take", "restore"])
    parser.add_argument("file", type=Path)
    arguments = parser.parse_args()
    load_dotenv(ROOT / ".env")
    settings = load()
    try:
        passphrase = os.environ.get("BACKUP_PASSPHRASE") or getpass.getpass("Passphrase: ")
        command = take if arguments.command == "take" else restore
        print(command(settings, arguments.file, passphrase=passphrase))
    except (BackupFailed, CannotStart, OSError, PortTaken, PostgresError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def take(settings: StandaloneSettings, file: Path, *, passphrase: str) -> str:
    """Write the archive under another name, so that a file of this name is a whole one."""
    if file.exists():
        raise BackupFailed(f"{file} exists already: name another file.")
    unfinished = file.with_name(f"{file.name}.part")
    with _running(settings) as server:
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as stream:
                system.take(
                    stream, passphrase=passphrase, secrets=settings.secrets_folder, server=server
                )
                os.fsync(stream.fileno())
            unfinished.rename(file)
        finally:
            unfinished.unlink(missing_ok=True)
    return f"Wrote {file}."


def restore(settings: StandaloneSettings, file: Path, *, passphrase: str) -> str:
    """Read all of the archive before anything is started, then again to restore it."""
    with file.open("rb") as stream:
        made_at = system.verify(stream, passphrase=passphrase)
    secrets = settings.secrets_folder
    with System(settings) as running, file.open("rb") as stream:
        running.prepare()
        server = system.server_of(secrets, programs=_programs())
        system.restore(stream, passphrase=passphrase, secrets=secrets, server=server)
        running.prepare_databases()
    return f"Restored the backup of {made_at}. `make run` starts it."


@contextmanager
def _running(settings: StandaloneSettings) -> Iterator[Server]:
    """The server of the system, started for the time being unless it runs."""
    server = system.server_of(settings.secrets_folder, programs=_programs())
    folder = settings.data_folder / "postgres"
    if settings.bootstrap_database_url or _answers(server) or not folder.exists():
        yield server
        return
    password = secret_files.read(settings.secrets_folder, "postgres/postgres_password")
    with Postgres(folder, port=free_port(), password=password) as postgres:
        yield Server(postgres.url, server.programs)


def _answers(server: Server) -> bool:
    try:
        return server.ask("SELECT 1") == "1"
    except BackupFailed:
        return False


def _programs() -> Path:
    return postgres_binaries.find().postgres.parent


if __name__ == "__main__":
    sys.exit(main())
