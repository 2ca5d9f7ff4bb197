"""Make the secrets of the system: one folder for each consumer, in it files named like settings.

Standard library only: the container image that runs this holds nothing else.
``python secret_files.py FOLDER --postgres postgres:5432 --data /var/lib/postgresql/data``

Secrets that exist are kept, so it may be run at every start, also several times at once. The two
that cannot be replaced are the superuser's password and AUTH_SECRETS, which encrypts the signing
keys in the database: data without them are told, never given new ones.
"""

import argparse
import fcntl
import json
import os
import secrets
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

SERVICES = ("auth", "catalog")


class SecretsLost(Exception):
    """The data of an earlier run are here without their secrets; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Ownership:
    """Whom a consumer's folder and files belong to; None is whoever runs this."""

    user: int
    group: int


def make(
    folder: Path,
    *,
    postgres: str = "",
    superuser_url: str | None = None,
    data: Path | None = None,
    owners: Mapping[str, Ownership] | None = None,
    file_mode: int = 0o600,
) -> None:
    """Make what is missing below ``folder``.

    The URLs lead to the server at ``postgres`` (host:port), whose superuser gets a password made
    here; or, with ``superuser_url``, to a server that exists. With neither, no URLs are made.
    Addresses in URLs of an earlier run follow these arguments, passwords in them are kept.
    Raises SecretsLost if ``data``, the folder of PostgreSQL, is in use and its secrets are gone.
    """
    folder.mkdir(mode=0o711 if owners else 0o700, parents=True, exist_ok=True)
    with _lock(folder):
        _require_secrets_of(data, folder)
        files = {"auth/auth_secrets": _kept(folder, "auth_secrets") or _new_auth_secrets()}
        files["auth-prepare/auth_secrets"] = files["auth/auth_secrets"]
        if postgres:
            password = _superuser_password(folder) or secrets.token_urlsafe(32)
            files["postgres/postgres_password"] = password
            superuser_url = f"postgres://postgres:{password}@{postgres}/postgres"
        for service in SERVICES:
            files |= _urls(folder, service, superuser_url)
        _write_all(folder, files, mode=file_mode)
        for consumer, owner in (owners or {}).items():
            _give(folder / consumer, owner)


def read(folder: Path, name: str) -> str:
    """The secret in the file ``name`` of a consumer, e.g. ``postgres/postgres_password``."""
    return (folder / name).read_text(encoding="utf-8").strip()


def _urls(folder: Path, service: str, superuser_url: str | None) -> dict[str, str]:
    """The files with the database URLs of one service and of its one-shot."""
    if superuser_url is None:
        for stale in folder.glob(f"{service}*/{service}_*database_url"):
            stale.unlink()
        return {}
    runtime = _role_url(folder, superuser_url, service, role="runtime", name="database_url")
    owner = _role_url(folder, superuser_url, service, role="owner", name="migration_database_url")
    return {
        f"{service}/{service}_database_url": runtime,
        f"{service}-prepare/{service}_database_url": runtime,
        f"{service}-prepare/{service}_migration_database_url": owner,
        f"{service}-prepare/{service}_bootstrap_database_url": superuser_url,
    }


def _role_url(folder: Path, superuser_url: str, service: str, *, role: str, name: str) -> str:
    kept = _kept(folder, f"{service}_{name}")
    password = urlsplit(kept).password if kept else None
    parts = urlsplit(superuser_url)
    place = parts.netloc.rpartition("@")[2]
    user = f"{service}_{role}:{password or secrets.token_urlsafe(32)}"
    return urlunsplit(parts._replace(netloc=f"{user}@{place}", path=f"/{service}"))


def _new_auth_secrets() -> str:
    return json.dumps([secrets.token_urlsafe(32)])


def _superuser_password(folder: Path) -> str | None:
    kept = _kept(folder, "postgres_password")
    if kept:
        return kept
    for service in SERVICES:
        parts = urlsplit(_kept(folder, f"{service}_bootstrap_database_url") or "")
        if parts.username == "postgres" and parts.password:
            return unquote(parts.password)
    return None


def _kept(folder: Path, name: str) -> str | None:
    """The secret ``name`` as the first consumer that has it knows it; the others follow."""
    for file in sorted(folder.glob(f"*/{name}")):
        value = file.read_text(encoding="utf-8").strip()
        if value:
            return value
    return None


def _require_secrets_of(data: Path | None, folder: Path) -> None:
    if data is None or not any(data.glob("**/PG_VERSION")):
        return
    if not _superuser_password(folder) or not _kept(folder, "auth_secrets"):
        raise SecretsLost(
            f"The database in {data} belongs to an earlier run whose secrets are no longer in"
            f" {folder}: put them back from a copy, or delete the database to start with an empty"
            " one."
        )


@contextmanager
def _lock(folder: Path) -> Iterator[None]:
    """One maker at a time, until it ends or dies."""
    descriptor = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _write_all(folder: Path, files: Mapping[str, str], *, mode: int) -> None:
    for name, value in files.items():
        file = folder / name
        file.parent.mkdir(mode=0o700, exist_ok=True)
        if not file.exists() or file.read_text(encoding="utf-8") != value:
            _write(file, value)
        if file.stat().st_mode & 0o777 != mode:
            file.chmod(mode)


def _write(file: Path, value: str) -> None:
    """Write the whole file or nothing, and have it on the disk before anything depends on it."""
    descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=".")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(value)
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).rename(file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _give(folder: Path, owner: Ownership) -> None:
    for path in (*folder.iterdir(), folder):
        status = path.stat()
        if (status.st_uid, status.st_gid) != (owner.user, owner.group):
            os.chown(path, owner.user, owner.group)


def _owner(argument: str) -> tuple[str, Ownership]:
    consumer, _, ids = argument.partition("=")
    user, _, group = ids.partition(":")
    return consumer, Ownership(int(user), int(group or user))


def main() -> int:
    """The command line; 0, or 1 and a sentence."""
    parser = argparse.ArgumentParser(description="Make the secrets of the system.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--postgres", "--postgres-host", required=True, metavar="HOST:PORT")
    parser.add_argument("--data", type=Path, help="the data folder of PostgreSQL, or one above it")
    parser.add_argument("--owner", action="append", type=_owner, default=[], metavar="NAME=UID:GID")
    parser.add_argument("--file-mode", type=lambda mode: int(mode, 8), default=0o600)
    arguments = parser.parse_args()
    try:
        make(
            arguments.folder,
            postgres=arguments.postgres,
            data=arguments.data,
            owners=dict(arguments.owner),
            file_mode=arguments.file_mode,
        )
    except SecretsLost as lost:
        sys.stderr.write(f"{lost}\n")
        return 1
    except OSError as error:
        sys.stderr.write(f"The secrets cannot be kept in {arguments.folder}: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
