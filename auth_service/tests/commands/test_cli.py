"""The commands for operators."""

import asyncio
import json
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import pytest

from auth_service import cli
from auth_service.tests.conftest import REGISTRATION
from testing.database import ServiceDatabase, new_database

MIGRATIONS = list((Path(cli.__file__).parent / "migrations").glob("[0-9]*.py"))


@pytest.fixture
async def fresh(postgres_url: str) -> ServiceDatabase:
    return new_database(postgres_url, "cli")


@pytest.fixture
def environment(
    fresh: ServiceDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> pytest.MonkeyPatch:
    monkeypatch.setenv("AUTH_DATABASE_URL", fresh.runtime_url)
    monkeypatch.setenv("AUTH_MIGRATION_DATABASE_URL", fresh.owner_url)
    monkeypatch.setenv("AUTH_BOOTSTRAP_DATABASE_URL", fresh.admin_url)
    monkeypatch.setenv("AUTH_SECRETS", json.dumps(["x" * 32]))
    monkeypatch.setenv("INTERNAL_SECRETS", json.dumps(["y" * 32]))
    monkeypatch.setenv("AUTH_ADMIN_PASSWORD_FILE", str(tmp_path / "admin_password"))
    monkeypatch.setenv("AUTH_ARGON2_MEMORY_KIB", "8192")
    return monkeypatch


async def run(*arguments: str) -> int:
    return await asyncio.to_thread(cli.main, list(arguments))


async def test_prepare_does_everything_once(
    fresh: ServiceDatabase,
    environment: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    try:
        assert await run("prepare") == 0
        first = capsys.readouterr().out
        assert await run("prepare") == 0
        second = capsys.readouterr().out
    finally:
        await fresh.drop()

    password = (tmp_path / "admin_password").read_text().strip()
    assert str(tmp_path / "admin_password") in first
    assert password not in first
    [applied] = [line for line in first.splitlines() if line.startswith("Migrations applied: ")]
    assert applied.count(".py") == len(MIGRATIONS)
    assert "Migrations applied: none" in second
    assert "administrator" not in second


async def test_the_schema_goes_back_as_far_as_nothing_is_lost(
    fresh: ServiceDatabase,
    environment: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    try:
        assert await run("prepare") == 0
        capsys.readouterr()
        assert await run("downgrade", "--to", "1") == 0
        assert "2_20261121143500_indexes.py\n" in capsys.readouterr().out
        assert await run("downgrade") == 1
        assert "would be lost: 1 of audit_events" in capsys.readouterr().err
        assert await run("downgrade", "--lose-data") == 0
        assert await run("downgrade") == 1
        assert "the database is at 0_" in capsys.readouterr().err
        assert await run("migrate") == 0
    finally:
        await fresh.drop()


async def test_a_table_in_use_makes_an_exit_code_of_its_own(
    fresh: ServiceDatabase,
    environment: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    environment.setattr("shared.migrating.steps.PAUSES", ())
    environment.setenv("AUTH_MIGRATION_LOCK_TIMEOUT", "PT0.05S")
    try:
        await run("prepare")
        await run("downgrade", "--to", "1")
        reader = await asyncpg.connect(fresh.runtime_url)
        async with reader.transaction():
            await reader.fetch("SELECT * FROM users")
            assert await run("downgrade", "--to", "0", "--lose-data") == 75
        await reader.close()
    finally:
        await fresh.drop()

    assert "its tables were in use" in capsys.readouterr().err


async def test_several_prepare_concurrently(
    fresh: ServiceDatabase, environment: pytest.MonkeyPatch
) -> None:
    command = (sys.executable, "-m", "auth_service.cli", "prepare")
    try:
        processes = [await asyncio.create_subprocess_exec(*command) for _ in range(3)]
        assert await asyncio.gather(*(process.wait() for process in processes)) == [0, 0, 0]
        connection = await asyncpg.connect(fresh.owner_url)
        try:
            assert await connection.fetchval("SELECT count(*) FROM users") == 1
            applied = await connection.fetchval("SELECT count(*) FROM aerich")
            assert applied == len(MIGRATIONS)
        finally:
            await connection.close()
    finally:
        await fresh.drop()


async def test_the_roles_get_the_passwords_of_the_urls_again(
    fresh: ServiceDatabase, environment: pytest.MonkeyPatch
) -> None:
    account = urlsplit(fresh.runtime_url)
    changed = fresh.runtime_url.replace(f":{account.password}@", ":pass%3Aword%2F1@")
    try:
        await run("prepare")
        environment.setenv("AUTH_DATABASE_URL", changed)
        assert await run("prepare") == 0
        await (await asyncpg.connect(changed)).close()
    finally:
        await fresh.drop()


async def test_a_configured_password_is_reported_nowhere(
    fresh: ServiceDatabase,
    environment: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    environment.setenv("AUTH_ADMIN_PASSWORD", REGISTRATION["password"])
    try:
        assert await run("prepare") == 0
    finally:
        await fresh.drop()

    out = capsys.readouterr().out
    assert "first administrator admin@example.com" in out
    assert REGISTRATION["password"] not in out


async def test_a_folder_that_cannot_be_written_is_a_sentence(
    fresh: ServiceDatabase,
    environment: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    environment.setenv("AUTH_ADMIN_PASSWORD_FILE", "/no/such/folder/password")
    try:
        assert await run("prepare") == 1
    finally:
        await fresh.drop()

    assert "/no/such/folder/password cannot be written" in capsys.readouterr().err


async def test_a_database_that_is_away_is_a_sentence(
    environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    environment.setenv("AUTH_MIGRATION_DATABASE_URL", "postgres://a:b@127.0.0.1:1/auth")
    environment.delenv("AUTH_BOOTSTRAP_DATABASE_URL")

    assert await run("migrate") == 1
    assert capsys.readouterr().err.startswith("auth: the database cannot be used: ")


async def test_a_wrong_password_for_the_database_is_a_sentence(
    fresh: ServiceDatabase,
    environment: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    environment.setenv("AUTH_BOOTSTRAP_DATABASE_URL", fresh.admin_url.replace("@", "wrong@", 1))

    assert await run("prepare") == 1
    assert "password authentication failed" in capsys.readouterr().err


async def test_unchanged_models_need_no_migration(
    environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await run("draft-migration", "nothing") == 0
    assert "have not changed" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("variable", "value", "sentence"),
    [
        ("AUTH_SECRETS", '["short"]', "AUTH_SECRETS is not usable: must be a JSON list"),
        ("AUTH_SECRETS", "[]", "AUTH_SECRETS is not usable: must be a JSON list"),
        ("AUTH_DATABASE_URL", "", "AUTH_DATABASE_URL is not set"),
        ("AUTH_DATABASE_URL", "mysql://x/y", "AUTH_DATABASE_URL is not usable: must look like"),
        ("AUTH_ADMIN_EMAIL", "nobody", "AUTH_ADMIN_EMAIL is not usable: Must be a valid email"),
        ("AUTH_ADMIN_PHONE", "112", "AUTH_ADMIN_PHONE is not usable: Must be +7 and ten digits"),
        ("AUTH_ADMIN_PASSWORD", "weak", "AUTH_ADMIN_PASSWORD is not usable: Must have 8 to"),
        ("AUTH_PORT", "http", "AUTH_PORT is not usable"),
        ("PUBLIC_URL", "localhost", "PUBLIC_URL is not usable: must be scheme, host and port"),
        ("PUBLIC_URL", "http://x/path", "PUBLIC_URL is not usable: must be scheme, host"),
        ("PUBLIC_URL", "http://x:abc", "PUBLIC_URL is not usable: must be scheme, host"),
        ("PUBLIC_URL", "http://x;script-src *", "PUBLIC_URL is not usable: must be scheme"),
        ("PUBLIC_URL", "http://пример", "PUBLIC_URL is not usable: must be scheme"),
        ("PUBLIC_URL", "http://x:99999", "PUBLIC_URL is not usable: must name a port of"),
        ("AUTH_DATABASE_URL", "postgres://a@h:99999/d", "must name a port of 65535 or less"),
        ("AUTH_SECRETS", "notjson", "AUTH_SECRETS is not usable: must be JSON"),
        ("AUTH_ACCESS_TOKEN_LIFETIME", "PT0.5S", "AUTH_ACCESS_TOKEN_LIFETIME is not usable"),
        ("AUTH_REFRESH_ABSOLUTE_LIFETIME", "P999999999D", "is not usable"),
        ("AUTH_ARGON2_PARALLELISM", "20000", "AUTH_ARGON2_PARALLELISM is not usable"),
        ("AUTH_ADMIN_FULL_NAME", "x" * 300, "AUTH_ADMIN_FULL_NAME is not usable"),
        ("AUTH_ADMIN_FULL_NAME", "a\x01b", "AUTH_ADMIN_FULL_NAME is not usable"),
        ("LOG_LEVEL", "loud", "LOG_LEVEL is not usable"),
    ],
)
def test_each_wrong_setting_stops_it_with_a_sentence(
    environment: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    variable: str,
    value: str,
    sentence: str,
) -> None:
    environment.setenv(variable, value)

    with pytest.raises(SystemExit) as stopped:
        cli.main(["migrate"])

    assert stopped.value.code == 2
    assert sentence in capsys.readouterr().err


def test_an_interrupt_is_a_sentence(
    environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(command: Coroutine[Any, Any, None]) -> None:
        command.close()
        raise KeyboardInterrupt

    environment.setattr("asyncio.run", interrupt)
    environment.setenv("AUTH_MIGRATION_DATABASE_URL", "postgres://owner@localhost/auth")
    assert cli.main(["migrate"]) == 130
    assert capsys.readouterr().err == "auth: stopped.\n"
