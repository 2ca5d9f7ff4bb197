"""Make the secrets of the system: one folder for each consumer, in it files named like settings.

Standard library only: the container image that runs this holds nothing else but services.toml.
``python secret_files.py FOLDER --postgres postgres:5432 --data /var/lib/postgresql/17``

In containers every consumer is a user of its own. The maker, who is nobody special either, hands
it its files through a group that only the two of them are in: ``--group auth=10001``. What the
gateway shows to the auth service both of them have, each in a folder of its own.

Secrets that exist are kept, so it may be run at every start, also concurrently. Those
that cannot be replaced are the superuser's password and what encrypts keys in the database,
AUTH_SECRETS and MAILING_SECRETS: data without them are reported, never given new ones.
"""

import argparse
import fcntl
import json
import os
import secrets
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit, urlunsplit

REGISTRY = Path(__file__).with_name("services.toml")
"""Read here once more than in registry.py, which is not beside a program that runs alone."""


_ENCRYPTING = ("auth", "mailing")
"""The services whose databases hold keys that only their secrets open."""


class SecretsLost(Exception):
    """The data of an earlier run are here without their secrets; the message says what to do."""


def make(
    folder: Path,
    *,
    postgres: str = "",
    parameters: str = "",
    superuser_url: str | None = None,
    data: Path | None = None,
    groups: Mapping[str, int] | None = None,
    remedy: str = "",
) -> None:
    """Make what is missing below ``folder``.

    The URLs lead to the server at ``postgres`` (host:port), whose superuser gets a password made
    here; or, with ``superuser_url``, to a server that exists. With neither, no URLs are made.
    ``parameters`` are what stands behind the question mark of the URLs, sslmode=require say.
    Addresses in URLs of an earlier run follow these arguments, passwords in them are kept.
    ``groups`` names consumers who read their files as members of a group, and its number.
    Raises SecretsLost if ``data``, the folder of PostgreSQL, is in use and its secrets are gone;
    ``remedy`` is the command that deletes it.
    """
    folder.mkdir(mode=0o711 if groups else 0o700, parents=True, exist_ok=True)
    with _lock(folder):
        _require_secrets_of(data, folder, remedy)
        files = _lists(folder)
        if postgres:
            query = f"?{parameters}" if parameters else ""
            password = _superuser_password(folder) or secrets.token_urlsafe(32)
            files["postgres/postgres_password"] = password
            superuser_url = (
                f"postgres://postgres:{quote(password, safe='')}@{postgres}/postgres{query}"
            )
        for service in databases():
            files |= _urls(folder, service, superuser_url)
        _write_all(folder, files, groups=groups or {})


def read(folder: Path, name: str) -> str:
    """The secret in the file ``name`` of a consumer, e.g. ``postgres/postgres_password``."""
    return (folder / name).read_text(encoding="utf-8").strip()


def lists(folder: Path) -> dict[str, str]:
    """The lists of secrets, by their files: they belong to the data, the URLs to a server."""
    return {
        file.name: file.read_text(encoding="utf-8").strip() for file in folder.glob("*/*_secrets")
    }


def replace(folder: Path, values: Mapping[str, str]) -> None:
    """Put other values into the files of these names, no matter who they are for."""
    with _lock(folder):
        for name, value in values.items():
            for file in folder.glob(f"*/{name}"):
                mode = file.stat().st_mode & 0o7777
                _write(file, value)
                _set_mode(file, mode)


def databases() -> tuple[str, ...]:
    """The names of the services with a database."""
    return tuple(name for name, entry in _registry().items() if entry["database"])


def _registry() -> dict[str, dict[str, Any]]:
    return tomllib.loads(REGISTRY.read_text(encoding="utf-8"))


def _lists(folder: Path) -> dict[str, str]:
    """The files with lists of secrets: a list is one and the same for all whom it is for."""
    known: dict[str, str] = {}
    files: dict[str, str] = {}
    for service, entry in _registry().items():
        consumers = (service, f"{service}-prepare") if entry["database"] else (service,)
        for name in entry["secrets"]:
            known.setdefault(name, _kept(folder, name) or _new_list())
            files |= {f"{consumer}/{name}": known[name] for consumer in consumers}
    return files


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


def _new_list() -> str:
    """A setting that is a JSON list of secrets."""
    return json.dumps([secrets.token_urlsafe(32)])


def _superuser_password(folder: Path) -> str | None:
    kept = _kept(folder, "postgres_password")
    if kept:
        return kept
    for service in databases():
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


def _require_secrets_of(data: Path | None, folder: Path, remedy: str) -> None:
    if data is None or not _holds_a_database(data):
        return
    known = [name for name in _ENCRYPTING if _kept(folder, f"{name}_database_url")]
    lost = [name for name in ("auth", *known) if not _kept(folder, f"{name}_secrets")]
    if lost or not _superuser_password(folder):
        how = f" ({remedy})" if remedy else ""
        raise SecretsLost(
            f"The database in {data} belongs to an earlier run whose secrets are no longer in"
            f" {folder}: put them back from a copy, or delete the database{how} to start with an"
            " empty one."
        )


def _holds_a_database(data: Path) -> bool:
    """A folder that only PostgreSQL may look into is taken for one."""
    if data.is_dir() and not os.access(data, os.R_OK | os.X_OK):
        return True
    return any(data.glob("**/PG_VERSION"))


@contextmanager
def _lock(folder: Path) -> Iterator[None]:
    """One maker at a time, until it ends or dies."""
    descriptor = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _write_all(folder: Path, files: Mapping[str, str], *, groups: Mapping[str, int]) -> None:
    for name, value in files.items():
        file = folder / name
        group = groups.get(file.parent.name)
        _prepare_folder(file.parent, group)
        if not file.exists() or file.read_text(encoding="utf-8") != value:
            _write(file, value)
        _set_mode(file, 0o600 if group is None else 0o440)


def _prepare_folder(folder: Path, group: int | None) -> None:
    """Private, or open to a group that every file in it inherits."""
    folder.mkdir(mode=0o700, exist_ok=True)
    if group is not None:
        if folder.stat().st_gid != group:
            os.chown(folder, -1, group)
        _set_mode(folder, 0o2770)


def _set_mode(path: Path, mode: int) -> None:
    if path.stat().st_mode & 0o7777 != mode:
        path.chmod(mode)


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


def _group(argument: str) -> tuple[str, int]:
    consumer, _, number = argument.partition("=")
    return consumer, int(number)


def main() -> int:
    """The command line; 0, or 1 and a sentence."""
    parser = argparse.ArgumentParser(description="Make the secrets of the system.")
    parser.add_argument("folder", type=Path)
    parser.add_argument(
        "--postgres",
        "--postgres-host",
        default="",
        metavar="HOST:PORT",
        help="a server to make a superuser's password for; by default the one of a superuser's URL"
        " in BOOTSTRAP_DATABASE_URL",
    )
    parser.add_argument(
        "--parameters", default="", help="of the URLs of that server, like sslmode=require"
    )
    parser.add_argument("--data", type=Path, help="the data folder of PostgreSQL, or one above it")
    parser.add_argument("--group", action="append", type=_group, default=[], metavar="NAME=GID")
    parser.add_argument("--remedy", default="", help="the command that deletes the database")
    arguments = parser.parse_args()
    superuser_url = os.environ.get("BOOTSTRAP_DATABASE_URL")
    if bool(arguments.postgres) == bool(superuser_url):
        parser.error("name one server: by --postgres, or in BOOTSTRAP_DATABASE_URL")
    try:
        make(
            arguments.folder,
            postgres=arguments.postgres,
            parameters=arguments.parameters,
            superuser_url=superuser_url,
            data=arguments.data,
            groups=dict(arguments.group),
            remedy=arguments.remedy,
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
