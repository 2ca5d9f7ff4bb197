"""Accounts come from another system with their passwords, all of them or none."""

import json
from pathlib import Path
from typing import Any

import bcrypt
import httpx2
import pytest
from argon2 import PasswordHasher as Argon2

from auth_service.models import AuditEvent, User
from auth_service.tests.conftest import register, sign_in
from auth_service.tests.people import join
from auth_service.tests.transfer.conftest import BCRYPT, PASSWORD, account, other, run, written

ARGON2 = Argon2(time_cost=3, memory_cost=1024, parallelism=2).hash(PASSWORD)

pytestmark = pytest.mark.usefixtures("environment")


@pytest.mark.parametrize(
    "stored", [BCRYPT, BCRYPT.replace("$2b$", "$2y$"), ARGON2], ids=["2b", "2y", "argon2"]
)
async def test_an_imported_person_signs_in_with_their_password_and_is_hashed_anew(
    client: httpx2.AsyncClient, tmp_path: Path, stored: str
) -> None:
    assert await run("import-users", written(tmp_path, account(password_hash=stored))) == 0

    await sign_in(client)

    row = await User.get()
    assert row.password_hash != stored
    assert row.password_hash.startswith("$argon2id$v=19$m=8192,t=1,p=1$")
    await sign_in(client)
    imported = await AuditEvent.get(event="account_imported")
    assert (imported.subject_id, imported.actor_id) == (row.id, None)


@pytest.mark.parametrize("tail", ["", "not looked at"])
async def test_a_password_longer_than_bcrypt_looks_at_still_signs_in(
    client: httpx2.AsyncClient, tmp_path: Path, tail: str
) -> None:
    long = "Long:" + "x" * 67
    stored = bcrypt.hashpw(long.encode(), bcrypt.gensalt(4)).decode()
    await run("import-users", written(tmp_path, account(password_hash=stored)))

    login = {"login": "anna@example.com", "password": long + tail}
    assert (await client.post("/api/v1/auth/login", json=login)).status_code == 200

    login["password"] = long + "other"  # the new hash looks at all of it
    assert (await client.post("/api/v1/auth/login", json=login)).status_code == 401


@pytest.mark.parametrize("password", ["nul\x00", "Wrong:Word3", "x" * 128, "Ж" * 100])
async def test_a_wrong_password_for_bcrypt_is_just_wrong(
    client: httpx2.AsyncClient, tmp_path: Path, password: str
) -> None:
    await run("import-users", written(tmp_path, account()))

    login = {"login": "anna@example.com", "password": password}
    assert (await client.post("/api/v1/auth/login", json=login)).status_code == 401


async def test_the_same_file_twice_changes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = written(tmp_path, account(), other(1), other(2, full_name="Boris"))
    await run("import-users", file)
    before = await User.all().order_by("id").values()
    capsys.readouterr()

    assert await run("import-users", file) == 0

    assert await User.all().order_by("id").values() == before
    assert capsys.readouterr().out == "auth: 0 accounts imported, 3 were there already\n"
    assert await AuditEvent.filter(event="account_imported").count() == 3


async def test_an_account_that_has_changed_since_is_left_alone(
    client: httpx2.AsyncClient, tmp_path: Path
) -> None:
    file = written(tmp_path, account())
    await run("import-users", file)
    await User.all().update(full_name="Anna B.", roles=["user", "manager"])

    assert await run("import-users", file) == 0

    row = await User.get()
    assert (row.full_name, row.roles) == ("Anna B.", ["user", "manager"])


HUGE = "x" * 20_000


BAD_LINES: list[tuple[dict[str, Any] | str | bytes, str]] = [
    ("{", "Invalid JSON"),
    ("[]", "Input should be an object"),
    ("null", "Input should be an object"),
    ("[" * 10_000, "Invalid JSON"),
    (b"\xff\xfe\x00", "is not UTF-8 text"),
    ({}, "full_name: Field required; email: Field required"),
    (other(9, email="nobody"), "email: Must be a valid email address"),
    (other(9, phone="112"), "phone: Must be +7 and ten digits"),
    (other(9, full_name="nul\x00"), "full_name: Control characters"),
    (other(9, full_name=HUGE), "is longer than 16384 bytes"),
    (other(9, roles=["owner"]), "roles.0: Input should be"),
    (other(9, roles=[]), "roles: List should have at least 1"),
    (other(9, language="fr"), "language: Input should be 'en' or 'ru'"),
    (other(9, time_zone="Moscow"), "time_zone: Must be a time zone like Europe/Moscow"),
    (other(9, password=PASSWORD), "password: Extra inputs"),
    (other(9, id="7"), "id: Input should be a valid UUID"),
    (other(9, created_at="2026-01-01T00:00:00"), "created_at: Must have an offset"),
    (other(9, created_at=1e300), "created_at: "),
    (other(9, created_at="0001-01-01T00:00:00+14:00"), "created_at: Must lie between"),
    (other(9, updated_at="9999-12-31T23:59:59-14:00"), "updated_at: Must lie between"),
    (other(9, password_hash=None), "password_hash: Input should be a valid string"),
    (other(9, password_hash=PASSWORD), "password_hash: Must be an argon2 hash"),
    (other(9, password_hash="$2b$31$" + "." * 53), "password_hash: Must be bcrypt of a cost"),
    (other(9, phone="+79161234567"), "id, email or phone belongs to another account"),
]


@pytest.mark.parametrize(("line", "sentence"), BAD_LINES)
async def test_one_bad_line_imports_nothing_and_is_named(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    line: dict[str, Any] | str | bytes,
    sentence: str,
) -> None:
    file = written(tmp_path, account(), line, other(1))

    assert await run("import-users", file) == 1

    error = capsys.readouterr().err
    assert error.startswith(f"auth: line 2: {sentence}"), error
    assert BCRYPT not in error
    assert PASSWORD not in error
    assert not await User.exists()
    assert not await AuditEvent.exists()


async def test_bad_lines_are_skipped_if_one_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = [line for line, _ in BAD_LINES] * 5
    file = written(tmp_path, account(), *bad, "", other(1), account())

    assert await run("import-users", file, "--skip-errors") == 0

    out = capsys.readouterr()
    assert out.out == "auth: 2 accounts imported, 1 were there already\n"
    assert "line 2: " in out.err
    assert f"auth: {len(bad) - 100} further lines cannot be used" in out.err
    assert await User.all().count() == 2


@pytest.mark.parametrize(
    "empty", [b"", b" ", b"\t", b"\r", b"\xef\xbb\xbf", "\u00a0\u3000".encode(), "\u200b".encode()]
)
async def test_an_empty_line_is_passed_over_however_it_is_empty(
    tmp_path: Path, empty: bytes
) -> None:
    file = written(tmp_path, empty, account(), empty, empty, other(1), empty)

    assert await run("import-users", file) == 0
    assert await User.all().count() == 2


async def test_a_file_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    file = written(tmp_path, "\ufeff" + json.dumps(account()), other(1))

    assert await run("import-users", file) == 0
    assert await User.all().count() == 2


async def test_a_batch_and_more_come_in_whole(tmp_path: Path) -> None:
    file = written(tmp_path, *(other(number) for number in range(1201)))

    assert await run("import-users", file) == 0
    assert await User.all().count() == 1201

    file = written(tmp_path, *(other(number) for number in range(1300)), "{")
    assert await run("import-users", file) == 1
    assert await User.all().count() == 1201


async def test_an_id_once_used_is_never_given_again(
    client: httpx2.AsyncClient, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gone = await join(client, "gone")
    body = {"current_password": PASSWORD}
    await client.request("DELETE", "/api/v1/users/me", json=body, headers=gone.headers)

    assert await run("import-users", written(tmp_path, account(id=str(gone.id)))) == 1
    assert "line 1: id, email or phone belongs to another" in capsys.readouterr().err


async def test_who_registered_before_keeps_their_account(
    client: httpx2.AsyncClient, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mine = await register(client)

    assert await run("import-users", written(tmp_path, account(full_name="Mallory"))) == 0

    assert (await User.get()).full_name == mine["full_name"]
    await sign_in(client)
    assert "0 accounts imported, 1 were there" in capsys.readouterr().out


async def test_a_file_that_is_not_there_is_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in (str(tmp_path / "none"), str(tmp_path)):
        assert await run("import-users", name) == 1
        assert f"auth: {name} cannot be read: " in capsys.readouterr().err
