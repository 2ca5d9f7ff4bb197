"""While a migration is applied, the mailing service of before it goes on, and nothing is lost."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
from pydantic import SecretStr

from mailing_service.orm import APP
from shared.migrating.run import migrate
from testing.database import ServiceDatabase
from testing.mailing.processes import SECRETS
from testing.migrating import empty_database, upgrade
from testing.old_code import ROOT, serving, unpack
from testing.servers import serving_document
from testing.tokens import access_token, jwks, signing_key
from testing.upgrading import (
    accepted,
    archives_to_be_kept,
    rules_broken_by,
    upgrade_under_load,
)

PACKAGE = "mailing_service"
RECIPIENTS = "/api/v1/recipients"
MESSAGES = "/api/v1/messages"


@pytest.fixture
async def database(postgres_url: str) -> AsyncIterator[ServiceDatabase]:
    async with empty_database(postgres_url, APP) as database:
        yield database


@pytest.fixture
async def environment(database: ServiceDatabase, tmp_path: Path) -> AsyncIterator[dict[str, str]]:
    async with serving_document(jwks(signing_key())) as jwks_url:
        yield {
            "MAILING_DATABASE_URL": database.runtime_url,
            "MAILING_SECRETS": json.dumps(SECRETS),
            "INTERNAL_SECRETS": json.dumps(SECRETS),
            "MAILING_JWKS_URL": jwks_url,
            "MAILING_PICTURES_DIR": str(tmp_path / "pictures"),
            "MAILING_PORT": "0",
        }


def client(address: str, token: str) -> httpx2.AsyncClient:
    """Return somebody who writes mailings."""
    headers = {"Authorization": f"Bearer {token}"}
    return httpx2.AsyncClient(base_url=address, headers=headers, timeout=30)


async def test_no_migration_is_in_the_way_of_the_version_before() -> None:
    assert await rules_broken_by(APP) == []


async def test_there_is_the_code_from_before_each_migration() -> None:
    assert await archives_to_be_kept(APP) == []


@pytest.mark.parametrize("migration", [1, 2, 3, 4])
async def test_people_go_on_writing_while_the_schema_changes(
    database: ServiceDatabase, environment: dict[str, str], tmp_path: Path, migration: int
) -> None:
    recipients: list[int] = []
    messages: list[int] = []
    token = access_token(roles=["user"], email_verified=True)

    await upgrade(database, APP, to=migration - 1)
    old = unpack(APP, migration, tmp_path)
    async with serving(old, PACKAGE, environment) as address, client(address, token) as writer:

        async def add() -> None:
            person = {"email": f"person{len(recipients)}@example.com", "full_name": "Anna"}
            recipients.append(accepted(await writer.post(RECIPIENTS, json=person), 201)["id"])

        async def write() -> None:
            message = {"subject": "Tea", "body": "Good **news**."}
            messages.append(accepted(await writer.post(MESSAGES, json=message), 201)["id"])

        async def read() -> None:
            accepted(await writer.get(RECIPIENTS, params={"q": "anna"}))
            accepted(await writer.get(MESSAGES))

        await add()
        await upgrade_under_load(
            database, APP, to=migration, work={"add": add, "write": write, "read": read}
        )

    await migrate(SecretStr(database.owner_url), app=APP)
    async with serving(ROOT, PACKAGE, environment) as address, client(address, token) as writer:
        assert accepted(await writer.get(RECIPIENTS))["total"] == len(recipients)
        for message in messages:
            accepted(await writer.get(f"{MESSAGES}/{message}"))
        assert accepted(await writer.get("/api/v1/articles"))["items"] == []
