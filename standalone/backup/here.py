"""Backups of the system of `make run`: ``take``, ``verify`` and ``restore`` a FILE.

A backup is taken and verified whether the system runs or not; it is restored while it does not.
"""

import argparse
import getpass
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dotenv import load_dotenv

from standalone import running, secret_files
from standalone.backup import system
from standalone.backup.errors import BackupFailed
from standalone.backup.postgresql import Server
from standalone.backup.retention import keep_newest, new_name
from standalone.ports import PortTaken, free_port
from standalone.postgres import binaries as postgres_binaries
from standalone.postgres.server import Postgres, PostgresError
from standalone.running import AlreadyRunning
from standalone.secret_files import SecretsLost
from standalone.settings import ROOT, StandaloneSettings, load
from standalone.system import CannotStart, System, make_folder

_REFUSALS = (BackupFailed, CannotStart, PortTaken, PostgresError, SecretsLost)


def main() -> int:
    """Do one of the three; 0, or 1 and a sentence."""
    arguments = _arguments()
    load_dotenv(ROOT / ".env")
    settings = load()
    try:
        for sentence in _run(arguments, settings):
            print(sentence, flush=True)
    except KeyboardInterrupt:
        sys.stderr.write("\nGiven up; nothing has changed.\n")
        return 130
    except AlreadyRunning as error:
        return _fail(_stop_it_first(error))
    except _REFUSALS as error:
        return _fail(str(error))
    except OSError as error:
        return _fail(f"{error.filename or arguments.file}: {error.strerror or error}.")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m standalone.backup.here", description=__doc__)
    parser.add_argument("command", choices=["take", "verify", "restore"])
    parser.add_argument("file", type=Path, help="to take one a folder will do")
    parser.add_argument(
        "--keep", type=_positive, metavar="N", help="remove all but the newest N of that folder"
    )
    return parser.parse_args()


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("wants a number of backups, 1 or more")
    return number


def _run(arguments: argparse.Namespace, settings: StandaloneSettings) -> Iterator[str]:
    file: Path = arguments.file
    if arguments.command == "take":
        file = file / new_name() if file.is_dir() else file
        _require_new(file)
        yield take(settings, file, passphrase=_passphrase())
        for removed in keep_newest(arguments.keep, beside=file) if arguments.keep else ():
            yield f"Removed {removed}."
        return
    _require_readable(file)
    if arguments.command == "verify":
        yield verify(file, passphrase=_passphrase())
        return
    if found := running.find(settings):
        raise AlreadyRunning(found)
    yield restore(settings, file, passphrase=_passphrase())


def take(settings: StandaloneSettings, file: Path, *, passphrase: str) -> str:
    """Write the archive under another name, so that a file of this name is a whole one."""
    _require_new(file)
    unfinished = file.with_name(f"{file.name}.part")
    with running_server(settings) as server:
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as stream:
                system.take(
                    stream,
                    passphrase=passphrase,
                    secrets=settings.secrets_folder,
                    server=server,
                    folders=settings.folders,
                )
                os.fsync(stream.fileno())
            made_at = _verified(unfinished, passphrase)
            unfinished.rename(file)
        finally:
            unfinished.unlink(missing_ok=True)
        system.record(server, made_at)
    return f"Wrote {file}."


def verify(file: Path, *, passphrase: str) -> str:
    """Read all of the archive; nothing needs to run."""
    return f"{file} is whole: a backup of {_verified(file, passphrase)}."


def restore(settings: StandaloneSettings, file: Path, *, passphrase: str) -> str:
    """Read all of the archive before anything is started, then again to restore it."""
    made_at = _verified(file, passphrase)
    secrets = settings.secrets_folder
    make_folder(settings.data_folder)
    with (
        running.claim(settings, what=running.RESTORE),
        System(settings) as ground,
        file.open("rb") as stream,
    ):
        ground.start()
        server = system.server_of(secrets, programs=_programs())
        # Those that are there may hold what only secrets of the archive open.
        ground.prepare_databases(system.missing_databases(server))
        system.restore(
            stream,
            passphrase=passphrase,
            secrets=secrets,
            server=server,
            folders=settings.folders,
        )
        ground.prepare_databases()
    return (
        f"Restored the backup of {made_at}: accounts and passwords are those of that time."
        " `make run` starts it; mailings wait for `vitrina mailing release`."
    )


def _verified(file: Path, passphrase: str) -> str:
    with file.open("rb") as stream:
        return system.verify(stream, passphrase=passphrase)


def _require_new(file: Path) -> None:
    if file.exists():
        raise BackupFailed(f"{file} exists already: name another file.")
    if not file.parent.is_dir():
        raise BackupFailed(f"There is no folder {file.parent}: make it, or name another FILE.")


def _require_readable(file: Path) -> None:
    if not file.exists():
        raise BackupFailed(f"There is no file {file}: name the backup in FILE.")
    if not file.is_file() or not os.access(file, os.R_OK):
        raise BackupFailed(f"{file} is no file that this user can read.")


def _passphrase() -> str:
    """That of the environment, which .env is a part of, or what is typed at the terminal."""
    if given := os.environ.get("BACKUP_PASSPHRASE"):
        return given
    if not sys.stdin.isatty():
        raise BackupFailed("Set BACKUP_PASSPHRASE: there is no terminal to ask for it.")
    return getpass.getpass("Passphrase: ")


def _stop_it_first(error: AlreadyRunning) -> str:
    found = error.running
    if found.what == running.RESTORE:
        return f"A backup is being restored here already (process {found.process})."
    return (
        f"Vitrina runs here ({found.url}, process {found.process}): stop it first, by Ctrl-C in its"
        f" terminal or `kill {found.process}`, then restore. Nothing has changed."
    )


def _fail(sentence: str) -> int:
    sys.stderr.write(f"{sentence}\n")
    return 1


@contextmanager
def running_server(settings: StandaloneSettings) -> Iterator[Server]:
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
