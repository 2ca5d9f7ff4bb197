"""The first administrator: made once, with a password that only one file knows."""

import asyncio
import stat
from pathlib import Path

import httpx2
import pytest
from fastapi import FastAPI

from auth_service.administration.first_administrator import (
    CannotMakeAdministrator,
    FirstAdministrator,
    ensure_administrator,
    forget_first_password,
)
from auth_service.models import User
from auth_service.passwords.rules import broken_rules
from auth_service.tests.conftest import register

NEW = "Samovar$2-kopecks"


def first(password_file: Path | None, *, password: str | None = None) -> FirstAdministrator:
    return FirstAdministrator(
        full_name="Administrator",
        email="admin@example.com",
        phone="+70000000000",
        password=password,
        password_file=password_file,
    )


async def test_a_random_password_is_written_for_its_owner_only(
    client: httpx2.AsyncClient, app: FastAPI, tmp_path: Path
) -> None:
    file = tmp_path / "admin_password"

    await ensure_administrator(first(file), hasher=app.state.hasher)

    password = file.read_text().strip()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert broken_rules(password) == []
    login = {"login": "admin@example.com", "password": password}
    assert (await client.post("/api/v1/auth/login", json=login)).status_code == 200
    user = await User.get()
    assert set(user.roles) == {"user", "admin"}
    assert user.password_change_required
    assert user.is_email_verified


async def test_there_is_only_one_first_time(app: FastAPI, tmp_path: Path) -> None:
    file = tmp_path / "admin_password"
    await ensure_administrator(first(file), hasher=app.state.hasher)
    password = file.read_text()

    again = await ensure_administrator(first(file), hasher=app.state.hasher)

    assert again is None
    assert file.read_text() == password
    assert await User.all().count() == 1


async def test_when_several_start_one_account_and_its_password_come_of_it(
    client: httpx2.AsyncClient, app: FastAPI, tmp_path: Path
) -> None:
    file = tmp_path / "admin_password"

    made = await asyncio.gather(
        *(ensure_administrator(first(file), hasher=app.state.hasher) for _ in range(5))
    )

    assert sum(user is not None for user in made) == 1
    login = {"login": "+70000000000", "password": file.read_text().strip()}
    assert (await client.post("/api/v1/auth/login", json=login)).status_code == 200


async def test_a_password_that_cannot_be_written_makes_no_account(
    app: FastAPI, tmp_path: Path
) -> None:
    with pytest.raises(CannotMakeAdministrator, match="cannot be written"):
        await ensure_administrator(first(tmp_path / "no" / "folder"), hasher=app.state.hasher)
    with pytest.raises(CannotMakeAdministrator, match="AUTH_ADMIN_PASSWORD_FILE"):
        await ensure_administrator(first(None), hasher=app.state.hasher)

    assert await User.all().count() == 0


async def test_a_configured_password_is_written_nowhere(app: FastAPI, tmp_path: Path) -> None:
    await ensure_administrator(first(None, password="Given:Word1"), hasher=app.state.hasher)

    assert list(tmp_path.iterdir()) == []
    assert (await User.get()).password_change_required


async def test_an_identifier_of_somebody_else_is_reported(
    client: httpx2.AsyncClient, app: FastAPI, tmp_path: Path
) -> None:
    await register(client, email="admin@example.com")
    file = tmp_path / "admin_password"

    with pytest.raises(CannotMakeAdministrator, match="AUTH_ADMIN_EMAIL"):
        await ensure_administrator(first(file), hasher=app.state.hasher)

    assert not file.exists()


async def test_the_file_is_there_as_long_as_its_password_is_the_first_one(
    client: httpx2.AsyncClient, app: FastAPI, tmp_path: Path
) -> None:
    file = tmp_path / "admin_password"
    await ensure_administrator(first(file), hasher=app.state.hasher)
    assert not await forget_first_password(file, hasher=app.state.hasher)
    password = file.read_text().strip()

    login = {"login": "admin@example.com", "password": password}
    token = (await client.post("/api/v1/auth/login", json=login)).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    refused = await client.get("/api/v1/users", headers=headers)
    assert refused.status_code == 403
    assert "POST /api/v1/auth/password/change" in refused.json()["message"]
    change = {"current_password": password, "password": NEW, "password_confirmation": NEW}
    changed = await client.post("/api/v1/auth/password/change", json=change, headers=headers)
    assert changed.status_code in {200, 204}

    assert await forget_first_password(file, hasher=app.state.hasher)
    assert not file.exists()
    assert not await forget_first_password(file, hasher=app.state.hasher)
    assert not await forget_first_password(None, hasher=app.state.hasher)


async def test_a_file_whose_password_never_worked_is_removed(app: FastAPI, tmp_path: Path) -> None:
    """As after the restore of a backup on a new machine."""
    file = tmp_path / "admin_password"
    await ensure_administrator(first(file), hasher=app.state.hasher)
    file.write_text("A$another-password-of-another-machine\n")

    assert await forget_first_password(file, hasher=app.state.hasher)
    assert not file.exists()
