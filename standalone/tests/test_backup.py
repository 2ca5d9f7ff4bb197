"""A backup brings everything back; one that is not whole changes nothing."""

import os
from collections.abc import Iterator
from io import BytesIO, TextIOWrapper
from pathlib import Path

import asyncpg
import pytest

from standalone import secret_files
from standalone.background import BackgroundSystem
from standalone.backup import __main__ as container
from standalone.backup import here, system
from standalone.backup.errors import BackupFailed
from standalone.backup.postgresql import Server
from standalone.system import System

PASSPHRASE = "correct horse battery"
LATER = {"auth_secrets": f'["{"later" * 8}"]'}
EVERYTHING = {
    "auth": "SELECT * FROM users ORDER BY id",
    "catalog": "SELECT * FROM product ORDER BY id",
}


@pytest.fixture(scope="module")
def settings_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("backup")


@pytest.fixture(scope="module")
def ground(settings_folder: Path) -> Iterator[System]:
    """A system without its services: a database with an administrator and products."""
    with System(BackgroundSystem(settings_folder).settings, durable=False) as ground:
        ground.prepare()
        yield ground


def test_what_was_taken_comes_back(ground: System, tmp_path: Path) -> None:
    """Also where everything has changed since, and whether the database runs or not."""
    file = tmp_path / "shop.backup"
    assert str(file) in here.take(ground.settings, file, passphrase=PASSPHRASE)
    assert file.stat().st_mode & 0o777 == 0o600
    kept = _contents(ground)
    secrets = secret_files.lists(ground.settings.secrets_folder)
    _server(ground, "auth").ask("DELETE FROM users")
    _server(ground, "catalog").ask("UPDATE product SET price = price + 1")
    secret_files.replace(ground.settings.secrets_folder, LATER)
    ground.close()
    here.take(ground.settings, tmp_path / "later.backup", passphrase=PASSPHRASE)
    assert "Restored" in here.restore(ground.settings, file, passphrase=PASSPHRASE)
    ground.prepare()
    assert _contents(ground) == kept
    assert all(kept.values())
    assert secret_files.lists(ground.settings.secrets_folder) == secrets


def test_a_backup_notes_its_time_in_the_database(ground: System, tmp_path: Path) -> None:
    """Where the metrics of the auth service find it, also after it was restored."""
    file = tmp_path / "shop.backup"
    here.take(ground.settings, file, passphrase=PASSPHRASE)
    with file.open("rb") as stream:
        made_at = system.verify(stream, passphrase=PASSPHRASE)
    assert _comment(ground) == f"last backup: {made_at}"
    _server(ground).ask("COMMENT ON DATABASE auth IS NULL")
    _restore(ground, file.read_bytes())
    assert _comment(ground) == f"last backup: {made_at}"


@pytest.mark.parametrize("command", ["record", "verify"])
def test_a_container_reads_an_archive_from_a_pipe(
    ground: System,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: str,
) -> None:
    """The first line is the passphrase; only `record` asks the server for anything."""
    archive = _take(ground)
    _server(ground).ask("COMMENT ON DATABASE auth IS NULL")
    monkeypatch.setattr(container, "SECRETS", ground.settings.secrets_folder)
    monkeypatch.setenv("PATH", f"{here._programs()}:{os.environ['PATH']}")
    monkeypatch.setattr("sys.argv", ["backup", command])
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(f"{PASSPHRASE}\n".encode() + archive)))
    assert container.main() == 0
    said = capsys.readouterr()
    assert said.err == ""
    if command == "verify":
        assert said.out.startswith("The backup of ")
        assert _comment(ground) == ""
    else:
        assert said.out == ""
        assert _comment(ground).startswith("last backup: 20")


def test_a_time_that_cannot_be_noted_is_said_and_no_failure(
    ground: System, capsys: pytest.CaptureFixture[str]
) -> None:
    server = _server(ground)
    nobody = Server(server.url.replace("//postgres:", "//nobody:"), server.programs)
    system.record(nobody, "2026-11-29T18:00:00+00:00")
    assert "The metrics will not show this backup: " in capsys.readouterr().err


def test_a_file_that_exists_is_not_written_over(ground: System, tmp_path: Path) -> None:
    file = tmp_path / "shop.backup"
    file.write_text("precious")
    with pytest.raises(BackupFailed, match="exists already"):
        here.take(ground.settings, file, passphrase=PASSPHRASE)
    assert file.read_text() == "precious"


def test_a_backup_that_fails_leaves_no_file(ground: System, tmp_path: Path) -> None:
    with pytest.raises(BackupFailed, match="12 characters"):
        here.take(ground.settings, tmp_path / "shop.backup", passphrase="short")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("damage", ["cut", "altered", "passphrase"])
def test_what_is_not_whole_changes_nothing(ground: System, damage: str) -> None:
    archive = bytearray(_take(ground))
    passphrase = PASSPHRASE
    if damage == "cut":
        del archive[-40:]
    elif damage == "altered":
        archive[-40] ^= 1
    else:
        passphrase = "another passphrase"
    state = _state(ground)
    with pytest.raises(BackupFailed, match="cut or altered"):
        _restore(ground, bytes(archive), passphrase=passphrase)
    assert _state(ground) == state


def test_an_archive_of_a_newer_postgresql_is_refused_with_a_sentence(
    ground: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as newer:
        newer.setattr(Server, "major", lambda self: 99)
        archive = _take(ground)
    state = _state(ground)
    with pytest.raises(BackupFailed, match=r"of PostgreSQL 99 and this server is PostgreSQL \d+: "):
        _restore(ground, archive)
    assert _state(ground) == state


async def test_whoever_uses_a_database_keeps_it_from_being_replaced(ground: System) -> None:
    archive = _take(ground)
    visitor = await asyncpg.connect(_visitors_url(ground))
    try:
        with pytest.raises(BackupFailed, match="stop the services first"):
            _restore(ground, archive)
    finally:
        await visitor.close()


async def test_databases_that_cannot_change_places_keep_their_secrets(
    ground: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody came in after it was looked."""
    archive = _take(ground)
    monkeypatch.setattr(system, "_require_quiet", lambda server: None)
    before = secret_files.lists(ground.settings.secrets_folder)
    secret_files.replace(ground.settings.secrets_folder, LATER)
    visitor = await asyncpg.connect(_visitors_url(ground))
    try:
        state = _state(ground)
        with pytest.raises(BackupFailed, match=r"being accessed|other session"):
            _restore(ground, archive)
        assert _state(ground) == state
    finally:
        secret_files.replace(ground.settings.secrets_folder, before)
        await visitor.close()


def _visitors_url(ground: System) -> str:
    return secret_files.read(ground.settings.secrets_folder, "auth/auth_database_url")


def _server(ground: System, database: str = "postgres") -> Server:
    server = system.server_of(ground.settings.secrets_folder, programs=here._programs())
    return Server(server.url.removesuffix("postgres") + database, server.programs)


def _take(ground: System) -> bytes:
    stream = BytesIO()
    secrets = ground.settings.secrets_folder
    system.take(stream, passphrase=PASSPHRASE, secrets=secrets, server=_server(ground))
    return stream.getvalue()


def _restore(ground: System, archive: bytes, *, passphrase: str = PASSPHRASE) -> None:
    secrets = ground.settings.secrets_folder
    stream = BytesIO(archive)
    system.restore(stream, passphrase=passphrase, secrets=secrets, server=_server(ground))


def _comment(ground: System) -> str:
    return _server(ground).ask(
        "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = 'auth'"
    )


def _contents(ground: System) -> dict[str, str]:
    return {name: _server(ground, name).ask(query) for name, query in EVERYTHING.items()}


def _state(ground: System) -> tuple[str, dict[str, str]]:
    """Which databases there are, and the secrets."""
    databases = _server(ground).ask("SELECT datname, oid FROM pg_database ORDER BY 1")
    folder = ground.settings.secrets_folder
    files = [Path(where) / name for where, _, names in os.walk(folder) for name in names]
    return databases, {str(file): file.read_text() for file in files}
