"""While a migration is applied, the auth service of before it goes on, and nothing is lost."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from pydantic import SecretStr

from auth_service.orm import APP
from auth_service.tests.conftest import INTERNAL_SECRETS, REGISTRATION, bearer
from shared.migrating.run import migrate
from testing.database import ServiceDatabase
from testing.migrating import empty_database, upgrade
from testing.old_code import ROOT, serving, unpack
from testing.upgrading import (
    accepted,
    archives_to_be_kept,
    rules_broken_by,
    upgrade_under_load,
)

PACKAGE = "auth_service"
AUTH = "/api/v1/auth"


@pytest.fixture
async def fresh(postgres_url: str) -> AsyncIterator[ServiceDatabase]:
    async with empty_database(postgres_url, APP) as database:
        yield database


@pytest.fixture
def environment(fresh: ServiceDatabase) -> dict[str, str]:
    return {
        "AUTH_DATABASE_URL": fresh.runtime_url,
        "AUTH_SECRETS": json.dumps(["x" * 32]),
        "INTERNAL_SECRETS": json.dumps(INTERNAL_SECRETS),
        "AUTH_PORT": "0",
        "AUTH_ARGON2_MEMORY_KIB": "8192",
    }


def client(address: str) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(base_url=address, timeout=30)


async def sign_in(person: httpx2.AsyncClient, email: str) -> dict[str, Any]:
    login = {"login": email, "password": REGISTRATION["password"]}
    pair: dict[str, Any] = accepted(await person.post(f"{AUTH}/login", json=login))
    return pair


async def renew(person: httpx2.AsyncClient, pair: dict[str, Any]) -> dict[str, Any]:
    token = {"refresh_token": pair["refresh_token"]}
    renewed: dict[str, Any] = accepted(await person.post(f"{AUTH}/refresh", json=token))
    return renewed


async def test_no_migration_is_in_the_way_of_the_version_before() -> None:
    assert await rules_broken_by(APP) == []


async def test_there_is_the_code_from_before_each_migration() -> None:
    assert await archives_to_be_kept(APP) == []


@pytest.mark.parametrize("migration", [1, 2, 3, 4, 5, 6, 7, 8, 9])
async def test_people_go_on_signing_up_and_in_while_the_schema_changes(
    fresh: ServiceDatabase, environment: dict[str, str], tmp_path: Path, migration: int
) -> None:
    pairs: dict[str, dict[str, Any]] = {}
    visitor = "visitor@example.com"

    await upgrade(fresh, APP, to=migration - 1)
    old = unpack(APP, migration, tmp_path)
    async with serving(old, PACKAGE, environment) as address, client(address) as person:

        async def join(email: str) -> None:
            phone = f"+7{len(pairs):010}"
            form = {**REGISTRATION, "email": email, "phone": phone}
            accepted(await person.post(f"{AUTH}/register", json=form), 201)
            pairs[email] = await sign_in(person, email)

        async def join_somebody() -> None:
            await join(f"person{len(pairs)}@example.com")

        async def renew_visit() -> None:
            pairs[visitor] = await renew(person, pairs[visitor])

        async def read_me() -> None:
            me = await person.get("/api/v1/users/me", headers=bearer(pairs[visitor]))
            assert accepted(me)["email"] == visitor

        await join(visitor)
        work = {"join": join_somebody, "renew": renew_visit, "read": read_me}
        await upgrade_under_load(fresh, APP, to=migration, work=work)

    await migrate(SecretStr(fresh.owner_url), app=APP)
    async with serving(ROOT, PACKAGE, environment) as address, client(address) as person:
        for email, pair in pairs.items():
            me = await person.get("/api/v1/users/me", headers=bearer(pair))
            assert accepted(me)["email"] == email
            await renew(person, pair)
            await sign_in(person, email)
