"""Take a backup of a running system, and put one in the place of what a stopped system holds.

A restore fills new databases beside the old ones; only when the archive has been read to its end
do they change places, both in one transaction. Until then nothing that the services see has
changed, whatever goes wrong. The passwords of the database's roles are not part of a backup: they
belong to a server, the rest to the data.
"""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from standalone import registry, secret_files
from standalone.backup.archive import ArchiveReader, ArchiveWriter
from standalone.backup.errors import ArchiveRefused, BackupFailed
from standalone.backup.folders import files_in, put_file
from standalone.backup.postgresql import Server

FORMAT = 2
"""Since there are folders; archives of before have the format 1, and none."""
_READ = frozenset({1, FORMAT})
# An order names its user, never the other way round: so everybody whom the first dump knows is in
# the second, though both are made while people register.
DATABASES = tuple(service.name for service in reversed(registry.backed_up()))
_REPLACED = tuple(service.name for service in registry.with_database())
"""Those that a restore makes anew; one that no backup has becomes empty."""
_OF_BEFORE = ("catalog", "auth")
"""The databases of an archive that does not name them: there were no others."""
FOLDERS = tuple(service.folder for service in registry.backed_up() if service.folder)
"""The folders of files that belong to the databases."""
Folders = Mapping[str, Path]
"""Where each of them is."""
_HOLD = "UPDATE sending_state SET held_at = coalesce(held_at, now())"
"""Keeps the workers from sending, as `vitrina mailing hold` does."""
LAST_BACKUP = "last backup: "
"""What the comment on the auth database begins with, before the time."""


def server_of(secrets: Path, *, programs: Path | None = None) -> Server:
    """The server that the secrets of a system name."""
    file = secrets / "auth-prepare" / "auth_bootstrap_database_url"
    if not file.exists():
        raise BackupFailed(
            f"There is no superuser's URL in {file}: the system has never been started, or its"
            " databases were made elsewhere, where they are to be backed up too."
        )
    return Server(file.read_text(encoding="utf-8").strip(), programs)


def missing_databases(server: Server) -> frozenset[str]:
    """Return the databases that a server does not have yet: of a new system, or a new service."""
    return frozenset(_REPLACED) - set(server.ask("SELECT datname FROM pg_database").split())


def take(
    stream: BinaryIO, *, passphrase: str, secrets: Path, server: Server, folders: Folders
) -> None:
    """Write an archive of everything; it is usable only if this returns."""
    archive = ArchiveWriter(stream, passphrase)
    manifest = {
        "format": FORMAT,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "postgresql": server.major(),
        "databases": DATABASES,
    }
    archive.add("manifest", [json.dumps(manifest).encode()])
    archive.add("secrets", [json.dumps(secret_files.lists(secrets)).encode()])
    for database in DATABASES:
        archive.add(database, server.dump(database))
    for folder in FOLDERS:
        for name, blocks in files_in(folders[folder]):
            archive.add(f"{folder}/{name}", blocks)
    archive.finish()


def verify(stream: BinaryIO, *, passphrase: str) -> str:
    """When this archive was made, once all of it has been read and is as it was written."""
    manifest: Mapping[str, Any] = {}
    names = []
    for name, blocks in ArchiveReader(stream, passphrase).parts():
        if name.partition("/")[0] not in FOLDERS:
            names.append(name)
        if name == "manifest":
            manifest = _manifest(blocks)
    if names != ["manifest", "secrets", *manifest.get("databases", _OF_BEFORE)]:
        raise ArchiveRefused("The archive does not hold what a backup holds.")
    return str(manifest["made_at"])


def record(server: Server, made_at: str) -> None:
    """Note when the last good backup was made, where the auth service's metrics read it.

    It is a comment on the database, which is no part of a backup, and which every role can read.
    The backup is as good without it, so a failure is only said.
    """
    moment = datetime.fromisoformat(made_at).isoformat(timespec="seconds")
    try:
        server.ask(f"COMMENT ON DATABASE auth IS '{LAST_BACKUP}{moment}'")
    except BackupFailed as error:
        sys.stderr.write(f"The metrics will not show this backup: {error}\n")


def restore(
    stream: BinaryIO, *, passphrase: str, secrets: Path, server: Server, folders: Folders
) -> None:
    """Replace databases and secrets by those of an archive; all of it, or nothing.

    Files come back beside those that are there, into the folders in `data`.

    A database that the archive is older than becomes empty, as does one that is in no backup. No
    email is sent by what comes back until somebody says so: its mailings may have been sent since.
    """
    _require_quiet(server)
    kept: Mapping[str, str] = {}
    manifest: Mapping[str, Any] = {}
    with _databases_beside(server):
        for name, blocks in ArchiveReader(stream, passphrase).parts():
            if name == "manifest":
                manifest = _manifest(blocks)
                _require_not_newer(manifest, server)
            elif name == "secrets":
                kept = json.loads(b"".join(blocks))
            elif name in DATABASES:
                server.restore(_beside(name), blocks)
                if name == "mailing":
                    server.at(_beside(name)).ask(_HOLD)
            elif (folder := name.partition("/")[0]) in FOLDERS:
                put_file(folders[folder], name.removeprefix(f"{folder}/"), blocks)
        if not kept:
            raise ArchiveRefused("The archive does not hold what a backup holds.")
        _change_places(server, secrets, kept)
    for name in _REPLACED:
        server.ask(f"DROP DATABASE {_before(name)}")
    record(server, manifest["made_at"])


def _manifest(blocks: Iterable[bytes]) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads(b"".join(blocks))
    if manifest["format"] not in _READ:
        raise ArchiveRefused(
            f"The archive has the format {manifest['format']}, and this version reads {FORMAT} and"
            " older ones: restore it with the version that made it."
        )
    return manifest


def _require_not_newer(manifest: Mapping[str, Any], server: Server) -> None:
    """What an older major version wrote, a newer one reads; never the other way round."""
    if manifest["postgresql"] > (here := server.major()):
        raise BackupFailed(
            f"The archive is of PostgreSQL {manifest['postgresql']} and this server is"
            f" PostgreSQL {here}: restore it into version {manifest['postgresql']} or a newer one."
        )


def _require_quiet(server: Server) -> None:
    in_use = server.ask("SELECT DISTINCT datname FROM pg_stat_activity").split()
    if set(in_use) & set(_REPLACED):
        raise BackupFailed("The databases are in use: stop the services first.")


@contextmanager
def _databases_beside(server: Server) -> Iterator[None]:
    """Empty databases to fill, with the owners and rights of those they are to replace."""
    for name in _REPLACED:  # of a restore that was killed after its work was done
        server.ask(f"DROP DATABASE IF EXISTS {_before(name)}")
    _drop_beside(server)
    try:
        for name in _REPLACED:
            server.ask(
                f"CREATE DATABASE {_beside(name)} OWNER {name}_owner ENCODING 'UTF8'"
                " TEMPLATE template0",
                f"REVOKE ALL ON DATABASE {_beside(name)} FROM PUBLIC",
                f"GRANT CONNECT ON DATABASE {_beside(name)} TO {name}_runtime",
            )
        yield
    finally:
        _drop_beside(server)


def _drop_beside(server: Server) -> None:
    for name in _REPLACED:
        server.ask(f"DROP DATABASE IF EXISTS {_beside(name)} WITH (FORCE)")


def _change_places(server: Server, secrets: Path, kept: Mapping[str, str]) -> None:
    """The secrets first: if the databases then stay where they are, the old ones come back."""
    earlier = secret_files.lists(secrets)
    renames = "; ".join(
        f"ALTER DATABASE {name} RENAME TO {_before(name)};"
        f" ALTER DATABASE {_beside(name)} RENAME TO {name}"
        for name in _REPLACED
    )
    try:
        secret_files.replace(secrets, kept)
        server.ask(f"BEGIN; {renames}; COMMIT")
    except BaseException:
        secret_files.replace(secrets, earlier)
        raise


def _beside(name: str) -> str:
    return f"{name}_restoring"


def _before(name: str) -> str:
    return f"{name}_before_restore"
