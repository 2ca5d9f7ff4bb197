"""A backup brings everything back; one that is not whole changes nothing."""

import os
import shutil
from collections.abc import Iterator
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import cast

import asyncpg
import pytest

from standalone import registry, secret_files
from standalone.backup import __main__ as container
from standalone.backup import here, system
from standalone.backup.archive import ArchiveReader
from standalone.backup.errors import BackupFailed
from standalone.backup.folders import files_in, put_file
from standalone.backup.postgresql import Server
from standalone.system import System
from testing.background import BackgroundSystem

PASSPHRASE = "correct horse battery"
LATER = {"auth_secrets": f'["{"later" * 8}"]'}
EVERYTHING = {
    "auth": "SELECT * FROM users ORDER BY id",
    "catalog": "SELECT * FROM product ORDER BY id",
    "mailing": "SELECT id FROM sending_state",
}


@pytest.fixture(scope="module")
def settings_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("backup")


@pytest.fixture(scope="module")
def testbed(settings_folder: Path) -> Iterator[System]:
    """A system without its services: a database with an administrator and products."""
    with System(BackgroundSystem(settings_folder).settings, durable=False) as testbed:
        testbed.prepare()
        yield testbed


def test_what_was_taken_comes_back(testbed: System, tmp_path: Path) -> None:
    """Also where everything has changed since, and whether the database runs or not."""
    file = tmp_path / "shop.backup"
    assert str(file) in here.take(testbed.settings, file, passphrase=PASSPHRASE)
    assert file.stat().st_mode & 0o777 == 0o600
    kept = _contents(testbed)
    secrets = secret_files.lists(testbed.settings.secrets_folder)
    _server(testbed, "auth").ask("DELETE FROM users")
    _server(testbed, "catalog").ask("UPDATE product SET price = price + 1")
    secret_files.replace(testbed.settings.secrets_folder, LATER)
    testbed.close()
    here.take(testbed.settings, tmp_path / "later.backup", passphrase=PASSPHRASE)
    assert "Restored" in here.restore(testbed.settings, file, passphrase=PASSPHRASE)
    testbed.prepare()
    assert _contents(testbed) == kept
    assert all(kept.values())
    assert secret_files.lists(testbed.settings.secrets_folder) == secrets


def test_pictures_come_back_beside_those_that_are_there(testbed: System, tmp_path: Path) -> None:
    folder = testbed.settings.folders["pictures"]
    folder.mkdir(exist_ok=True)
    (folder / "old.webp").write_bytes(b"old" * 100_000)
    (folder / ".half.webp.0123").write_bytes(b"half of it")
    file = tmp_path / "shop.backup"
    here.take(testbed.settings, file, passphrase=PASSPHRASE)
    assert "is whole" in here.verify(file, passphrase=PASSPHRASE)
    shutil.rmtree(folder)
    _restore(testbed, file.read_bytes())
    assert (folder / "old.webp").read_bytes() == b"old" * 100_000
    assert (folder / "old.webp").stat().st_mode & 0o777 == 0o640

    (folder / "new.webp").write_bytes(b"new")
    _restore(testbed, file.read_bytes())
    assert sorted(found.name for found in folder.iterdir()) == ["new.webp", "old.webp"]
    shutil.rmtree(folder)


def test_pictures_are_where_their_setting_says(
    testbed: System, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAILING_PICTURES_DIR", str(tmp_path))
    assert testbed.settings.folders == {"pictures": tmp_path}


@pytest.mark.parametrize("name", ["../secret", "a/b", ".hidden", "", "a\0b", "/etc/passwd"])
def test_a_file_of_a_name_that_leads_elsewhere_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(BackupFailed, match="a name that no file has"):
        put_file(tmp_path / "pictures", name, [b"evil"])
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_does_not_come_whole_leaves_nothing(tmp_path: Path) -> None:
    def blocks() -> Iterator[bytes]:
        yield b"half"
        raise BackupFailed("cut")

    with pytest.raises(BackupFailed, match="cut"):
        put_file(tmp_path, "a.webp", blocks())
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_was_never_made_has_no_files(tmp_path: Path) -> None:
    assert list(files_in(tmp_path / "pictures")) == []


def test_an_archive_of_before_there_were_pictures_is_read(
    testbed: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as before:
        before.setattr(system, "FORMAT", 1)
        before.setattr(system, "FOLDERS", ())
        archive = _take(testbed)
    assert system.verify(BytesIO(archive), passphrase=PASSPHRASE)
    _restore(testbed, archive)
    testbed.prepare_databases()
    assert all(_contents(testbed).values())


def test_a_backup_notes_its_time_in_the_database(testbed: System, tmp_path: Path) -> None:
    """Where the metrics of the auth service find it, also after it was restored."""
    file = tmp_path / "shop.backup"
    here.take(testbed.settings, file, passphrase=PASSPHRASE)
    with file.open("rb") as stream:
        made_at = system.verify(stream, passphrase=PASSPHRASE)
    assert _comment(testbed) == f"last backup: {made_at}"
    _server(testbed).ask("COMMENT ON DATABASE auth IS NULL")
    _restore(testbed, file.read_bytes())
    assert _comment(testbed) == f"last backup: {made_at}"


def test_what_comes_back_sends_no_email_until_somebody_says_so(testbed: System) -> None:
    archive = _take(testbed)
    held = "SELECT held_at IS NOT NULL FROM sending_state"
    _server(testbed, "mailing").ask("UPDATE sending_state SET held_at = NULL")
    assert _server(testbed, "mailing").ask(held) == "f"

    _restore(testbed, archive)

    assert _server(testbed, "mailing").ask(held) == "t"


def test_browser_sessions_are_in_no_backup_and_a_restore_ends_them(testbed: System) -> None:
    testbed.prepare_databases()
    web = _server(testbed, "web")
    web.ask("CREATE TABLE left_behind AS SELECT * FROM browser_sessions")
    archive = _take(testbed)
    parts = ArchiveReader(BytesIO(archive), PASSPHRASE).parts()
    names = [name for name, blocks in parts if b"".join(blocks)]
    assert names == ["manifest", "secrets", "mailing", "catalog", "auth"]

    _restore(testbed, archive)

    assert web.ask("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == "0"
    testbed.prepare_databases()
    assert web.ask("SELECT count(*) FROM browser_sessions") == "0"


def test_an_archive_of_before_the_mailing_service_leaves_an_empty_one(
    testbed: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as before:
        before.setattr(system, "DATABASES", ("catalog", "auth"))
        archive = _take(testbed)
    assert system.verify(BytesIO(archive), passphrase=PASSPHRASE)

    _restore(testbed, archive)
    testbed.prepare_databases()

    assert all(_contents(testbed).values())


@pytest.mark.parametrize("command", ["record", "verify"])
def test_a_container_reads_an_archive_from_a_pipe(
    testbed: System,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: str,
) -> None:
    """The first line is the passphrase; only `record` asks the server for anything."""
    archive = _take(testbed)
    _server(testbed).ask("COMMENT ON DATABASE auth IS NULL")
    monkeypatch.setattr(container, "SECRETS", testbed.settings.secrets_folder)
    monkeypatch.setenv("PATH", f"{here._programs()}:{os.environ['PATH']}")
    monkeypatch.setattr("sys.argv", ["backup", command])
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(f"{PASSPHRASE}\n".encode() + archive)))
    assert container.main() == 0
    said = capsys.readouterr()
    assert said.err == ""
    if command == "verify":
        assert said.out.startswith("The backup of ")
        assert _comment(testbed) == ""
    else:
        assert said.out == ""
        assert _comment(testbed).startswith("last backup: 20")


def test_a_time_that_cannot_be_noted_is_said_and_no_failure(
    testbed: System, capsys: pytest.CaptureFixture[str]
) -> None:
    server = _server(testbed)
    nobody = Server(server.url.replace("//postgres:", "//nobody:"), server.programs)
    system.record(nobody, "2026-11-29T18:00:00+00:00")
    assert "The metrics will not show this backup: " in capsys.readouterr().err


def test_a_file_that_exists_is_not_written_over(testbed: System, tmp_path: Path) -> None:
    file = tmp_path / "shop.backup"
    file.write_text("precious")
    with pytest.raises(BackupFailed, match="exists already"):
        here.take(testbed.settings, file, passphrase=PASSPHRASE)
    assert file.read_text() == "precious"


def test_a_backup_that_fails_leaves_no_file(testbed: System, tmp_path: Path) -> None:
    with pytest.raises(BackupFailed, match="12 characters"):
        here.take(testbed.settings, tmp_path / "shop.backup", passphrase="short")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("damage", ["cut", "altered", "passphrase"])
def test_what_is_not_whole_changes_nothing(testbed: System, damage: str) -> None:
    archive = bytearray(_take(testbed))
    passphrase = PASSPHRASE
    if damage == "cut":
        del archive[-40:]
    elif damage == "altered":
        archive[-40] ^= 1
    else:
        passphrase = "another passphrase"
    state = _state(testbed)
    with pytest.raises(BackupFailed, match="cut or altered"):
        _restore(testbed, bytes(archive), passphrase=passphrase)
    assert _state(testbed) == state


def test_an_archive_of_a_newer_postgresql_is_refused_with_a_sentence(
    testbed: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as newer:
        newer.setattr(Server, "major", lambda self: 99)
        archive = _take(testbed)
    state = _state(testbed)
    with pytest.raises(BackupFailed, match=r"of PostgreSQL 99 and this server is PostgreSQL \d+: "):
        _restore(testbed, archive)
    assert _state(testbed) == state


async def test_whoever_uses_a_database_keeps_it_from_being_replaced(testbed: System) -> None:
    archive = _take(testbed)
    visitor = await asyncpg.connect(_visitors_url(testbed))
    try:
        with pytest.raises(BackupFailed, match="stop the services first"):
            _restore(testbed, archive)
    finally:
        await visitor.close()


async def test_databases_that_cannot_change_places_keep_their_secrets(
    testbed: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody came in after it was looked."""
    archive = _take(testbed)
    monkeypatch.setattr(system, "_require_quiet", lambda server: None)
    before = secret_files.lists(testbed.settings.secrets_folder)
    secret_files.replace(testbed.settings.secrets_folder, LATER)
    visitor = await asyncpg.connect(_visitors_url(testbed))
    try:
        state = _state(testbed)
        with pytest.raises(BackupFailed, match=r"being accessed|other session"):
            _restore(testbed, archive)
        assert _state(testbed) == state
    finally:
        secret_files.replace(testbed.settings.secrets_folder, before)
        await visitor.close()


def _visitors_url(testbed: System) -> str:
    return secret_files.read(testbed.settings.secrets_folder, "auth/auth_database_url")


def _server(testbed: System, database: str = "postgres") -> Server:
    server = system.server_of(testbed.settings.secrets_folder, programs=here._programs())
    return Server(server.url.removesuffix("postgres") + database, server.programs)


def _take(testbed: System) -> bytes:
    stream = BytesIO()
    secrets = testbed.settings.secrets_folder
    system.take(
        stream,
        passphrase=PASSPHRASE,
        secrets=secrets,
        server=_server(testbed),
        folders=testbed.settings.folders,
    )
    return stream.getvalue()


def _restore(testbed: System, archive: bytes, *, passphrase: str = PASSPHRASE) -> None:
    secrets = testbed.settings.secrets_folder
    stream = BytesIO(archive)
    system.restore(
        stream,
        passphrase=passphrase,
        secrets=secrets,
        server=_server(testbed),
        folders=testbed.settings.folders,
    )


def _comment(testbed: System) -> str:
    return _server(testbed).ask(
        "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = 'auth'"
    )


def _contents(testbed: System) -> dict[str, str]:
    return {name: _server(testbed, name).ask(query) for name, query in EVERYTHING.items()}


def _state(testbed: System) -> tuple[str, dict[str, str]]:
    """Which databases there are, and the secrets."""
    databases = _server(testbed).ask("SELECT datname, oid FROM pg_database ORDER BY 1")
    folder = testbed.settings.secrets_folder
    files = [Path(where) / name for where, _, names in os.walk(folder) for name in names]
    return databases, {str(file): file.read_text() for file in files}


def test_a_new_server_lacks_every_database_also_those_in_no_backup() -> None:
    class NewServer:
        def ask(self, *_statements: str) -> str:
            return "postgres\ntemplate1\ntemplate0"

    lacking = system.missing_databases(cast(Server, NewServer()))
    assert lacking == {service.name for service in registry.with_database()}
