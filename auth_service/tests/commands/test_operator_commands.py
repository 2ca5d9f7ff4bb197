"""What operators do to accounts on the command line."""

import asyncio
import io
import stat
from pathlib import Path

import httpx2
import pytest

from auth_service import cli
from auth_service.models import AuditEvent, OutboxEmail, Session, User
from auth_service.tests.conftest import (
    REGISTRATION,
    assert_unauthorized,
    refresh,
    sign_in,
)
from auth_service.tests.people import join

ADMIN = ("create-admin", "boss@example.com", "+79990000001", "The Boss")


pytestmark = pytest.mark.usefixtures("environment")


async def run(*arguments: str) -> int:
    return await asyncio.to_thread(cli.main, list(arguments))


async def test_an_administrator_is_made_with_a_password_only_a_file_knows(
    client: httpx2.AsyncClient, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "password"

    assert await run(*ADMIN, "--password-file", str(file)) == 0

    password = file.read_text().strip()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    out = capsys.readouterr()
    assert password not in out.out + out.err
    assert out.out == f"auth: administrator boss@example.com, password in {file}\n"
    login = {"login": "boss@example.com", "password": password}
    assert (await client.post("/api/v1/auth/login", json=login)).status_code == 200
    row = await User.get()
    assert (set(row.roles), row.password_change_required) == ({"user", "admin"}, True)
    written = await AuditEvent.get(event="administrator_created")
    assert (written.actor_id, written.subject_id) == (None, row.id)
    assert written.user_agent == "command line"


async def test_an_administrator_is_made_with_a_password_from_standard_input(
    client: httpx2.AsyncClient, environment: pytest.MonkeyPatch
) -> None:
    environment.setattr("sys.stdin", io.StringIO(f"{REGISTRATION['password']}\nmore\n"))

    assert await run(*ADMIN, "--password-stdin") == 0

    await sign_in(client, "8 999 000-00-01")


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Must have 8 to 128 characters"),
        ("weak\n", "Must have an upper-case letter"),
        ("Password1!\n", "Is too easy to guess"),
        ("Boss:2026\n", "is too easy to guess"),
        ("A:" + "x" * 1_000_000, "Must have 8 to 128 characters"),
    ],
)
async def test_a_password_that_breaks_the_rules_makes_no_administrator(
    environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], typed: str, sentence: str
) -> None:
    environment.setattr("sys.stdin", io.StringIO(typed))

    assert await run(*ADMIN, "--password-stdin") == 1

    error = capsys.readouterr().err
    assert sentence in error
    assert not typed.strip() or typed.strip() not in error
    assert not await User.exists()


@pytest.mark.parametrize(
    ("email", "phone", "name", "sentence"),
    [
        ("nobody", "+79990000001", "Boss", "email: Must be a valid email address"),
        ("boss@example.com", "112", "Boss", "phone: Must be +7 and ten digits"),
        ("boss@example.com", "+79990000001", "two\nlines", "full_name: Control characters"),
        ("boss@example.com", "+79990000001", "", "full_name: String should have at least 1"),
    ],
)
async def test_what_is_no_identity_is_a_sentence(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    email: str,
    phone: str,
    name: str,
    sentence: str,
) -> None:
    file = str(tmp_path / "password")

    assert await run("create-admin", email, phone, name, "--password-file", file) == 1
    assert capsys.readouterr().err.startswith(f"auth: {sentence}")


async def test_an_account_that_is_there_is_not_replaced(
    client: httpx2.AsyncClient, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await join(client, "boss")
    file = tmp_path / "password"

    assert await run(*ADMIN, "--password-file", str(file)) == 1

    assert "belongs to an account; set-role makes it" in capsys.readouterr().err
    assert not file.exists()


async def test_a_role_is_set(
    client: httpx2.AsyncClient, capsys: pytest.CaptureFixture[str]
) -> None:
    anna = await join(client, "anna")

    assert await run("set-role", anna.email.upper(), "manager") == 0

    row = await User.get()
    assert (row.roles, row.token_version) == (["user", "manager"], 2)
    assert capsys.readouterr().out == "auth: anna@example.com is user, manager\n"
    written = await AuditEvent.get(event="roles_changed")
    assert (written.actor_id, written.subject_id) == (None, anna.id)


async def test_the_last_administrator_stays_one(
    client: httpx2.AsyncClient, capsys: pytest.CaptureFixture[str]
) -> None:
    boss = await join(client, "boss", "admin")

    for command in (("set-role", boss.email, "user"), ("block", boss.email)):
        assert await run(*command) == 1
        assert "last active administrator" in capsys.readouterr().err
    row = await User.get()
    assert (row.is_active, row.roles) == (True, ["user", "admin"])


async def test_a_person_is_blocked_and_unblocked(
    client: httpx2.AsyncClient, capsys: pytest.CaptureFixture[str]
) -> None:
    anna = await join(client, "anna")

    assert await run("block", anna.phone) == 0

    assert_unauthorized(await refresh(client, anna.pair["refresh_token"]))
    assert not await Session.filter(ended_at=None).exists()
    assert await OutboxEmail.filter(kind="blocked").count() == 1
    assert await run("unblock", str(anna.id)) == 0
    await sign_in(client, anna.email)
    assert capsys.readouterr().out.splitlines() == [
        "auth: anna@example.com is blocked",
        "auth: anna@example.com may sign in",
    ]


@pytest.mark.parametrize("command", [("block",), ("unblock",), ("set-role", "manager")])
@pytest.mark.parametrize("person", ["nobody@example.com", "+79990000009", "", "nul\x00", "7"])
async def test_whom_nobody_knows_is_a_sentence(
    capsys: pytest.CaptureFixture[str], command: tuple[str, ...], person: str
) -> None:
    assert await run(command[0], person, *command[1:]) == 1
    assert capsys.readouterr().err == "auth: There is no such user.\n"


async def test_a_role_that_is_none_shows_the_usage(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        cli.main(["set-role", "anna@example.com", "owner"])

    assert stopped.value.code == 2
    assert "is not one of 'user', 'manager', 'blog_manager', 'admin'" in capsys.readouterr().err


async def test_a_database_that_is_away_is_a_sentence(
    environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    environment.setenv("AUTH_DATABASE_URL", "postgres://a:b@127.0.0.1:1/auth")

    assert await run("block", "anna@example.com") == 1
    assert capsys.readouterr().err.startswith("auth: the database cannot be used: ")
