"""What happens to an account is known in other services within two seconds, and never missed."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import asyncpg
import httpx2
import pytest

from standalone.ports import free_port
from standalone.services import services
from testing.background import BackgroundSystem
from testing.database import ServiceDatabase, migrated_database
from testing.old_code import ROOT, serving
from testing.people import PASSWORD, Person, Shop, bearer, manager_token
from testing.servers import serving_document
from testing.tokens import jwks, signing_key

pytestmark = pytest.mark.timing

PROMISE = 2.0
"""Seconds."""

MANY = 10_000
ORDERS = "/api/v1/orders"
SECRETS = json.dumps(["x" * 32])
PEOPLE = """
    INSERT INTO users (id, full_name, password_hash, roles, is_active, is_email_verified,
            password_change_required, token_version, created_at, updated_at)
    SELECT gen_random_uuid(), 'Person ' || n, '!', '{user}', true, false, false, 1, now(), now()
    FROM generate_series(1, $1::integer) AS n
"""


async def until(is_so: Callable[[], Awaitable[bool]], *, within: float) -> None:
    """Wait until it is so; fails where that takes longer."""
    began = time.monotonic()
    while not await is_so():
        assert time.monotonic() - began <= within
        await asyncio.sleep(0.05)


@dataclass
class Buyer:
    """Somebody who has ordered something, as the staff sees that order."""

    shop: Shop
    staff: str
    token: str
    order: str

    async def name(self) -> Any:
        answer = await self.shop.get(f"{ORDERS}/{self.order}", self.staff)
        return answer.raise_for_status().json()["buyer_name"]

    async def is_called(self, name: str | None) -> bool:
        return bool(await self.name() == name)


@pytest.fixture
async def buyer(shop: Shop, system: BackgroundSystem) -> Buyer:
    staff = await manager_token(shop, system)
    person = Person()
    (await shop.register(person)).raise_for_status()
    token = (await shop.sign_in(person.email)).raise_for_status().json()["access_token"]
    made = await shop.post("/api/v1/products", staff, {"name": "Samovar", "price": 100})
    item = {"product_id": made.raise_for_status().json()["id"], "quantity": 1}
    await shop.post("/api/v1/cart/items", token, {"items": [item]})
    headers = {**bearer(token), "Idempotency-Key": person.email}
    order = (await shop.client.post(ORDERS, headers=headers)).raise_for_status().json()
    assert order["buyer_name"] is None
    await shop.post("/api/v1/cart/items", token, {"items": [item]})
    return Buyer(shop, staff, token, order["id"])


async def test_a_name_comes_and_goes_with_its_account(buyer: Buyer) -> None:
    await until(lambda: buyer.is_called("Анна Каренина"), within=PROMISE)

    renamed = await buyer.shop.client.patch(
        "/api/v1/users/me", json={"full_name": "Анна Вронская"}, headers=bearer(buyer.token)
    )
    renamed.raise_for_status()
    await until(lambda: buyer.is_called("Анна Вронская"), within=PROMISE)

    deleted = await buyer.shop.client.request(
        "DELETE",
        "/api/v1/users/me",
        json={"current_password": PASSWORD},
        headers=bearer(buyer.token),
    )
    deleted.raise_for_status()
    await until(lambda: buyer.is_called(None), within=PROMISE)


async def test_a_service_that_asks_twice_a_second_knows_a_block_within_two(
    buyer: Buyer, system: BackgroundSystem
) -> None:
    [auth] = [program for program in services(system.settings) if program.name == "auth"]
    secret = json.loads((system.settings.secrets_folder / "auth/internal_secrets").read_text())[0]
    url = f"http://127.0.0.1:{auth.environment['AUTH_PORT']}/internal/accounts"
    me = (await buyer.shop.get("/api/v1/users/me", buyer.token)).json()["id"]
    async with httpx2.AsyncClient(headers={"Authorization": f"Bearer {secret}"}) as client:
        page: dict[str, Any] = {"complete": False, "cursor": ""}
        while not page["complete"]:
            page = (await client.get(url, params={"after": page["cursor"]})).json()
        cursor = page["cursor"]

        blocked = await buyer.shop.post(f"/api/v1/users/{me}/block", buyer.staff)
        assert blocked.status_code == 204
        began = time.monotonic()
        while not page["accounts"]:
            await asyncio.sleep(0.5)
            page = (await client.get(url, params={"after": cursor})).json()

    assert time.monotonic() - began <= PROMISE
    assert [(one["id"], one["is_active"]) for one in page["accounts"]] == [(me, False)]


async def test_the_gateway_has_no_way_to_it(shop: Shop, url: str) -> None:
    del url
    assert (await shop.get("/internal/accounts")).status_code == 401
    assert (await shop.get("/internal/accounts", await shop.newcomer_token())).status_code == 404


@dataclass
class TwoServices:
    """Auth and the catalog, each on a database of its own; auth may be stopped."""

    auth: ServiceDatabase
    catalog: ServiceDatabase
    port: int = field(default_factory=free_port)

    @asynccontextmanager
    async def auth_running(self) -> AsyncIterator[None]:
        environment = {
            "AUTH_DATABASE_URL": self.auth.runtime_url,
            "AUTH_SECRETS": SECRETS,
            "AUTH_PORT": str(self.port),
            "INTERNAL_SECRETS": SECRETS,
        }
        async with serving(ROOT, "auth_service", environment):
            yield

    async def names(self) -> dict[UUID, str]:
        rows = await _fetch(self.catalog, "SELECT id, full_name FROM buyers WHERE full_name <> ''")
        return {row["id"]: row["full_name"] for row in rows}

    async def agree(self) -> bool:
        """Tell whether the catalog knows exactly what auth has."""
        told = "SELECT md5(string_agg(id || full_name, ',' ORDER BY id)) FROM {}"
        users = await _fetch(self.auth, told.format("users WHERE archived_at IS NULL"))
        buyers = await _fetch(self.catalog, told.format("buyers WHERE full_name <> ''"))
        return users == buyers


async def _fetch(database: ServiceDatabase, query: str, *values: object) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(database.owner_url)
    try:
        rows: list[asyncpg.Record] = await connection.fetch(query, *values)
        return rows
    finally:
        await connection.close()


@pytest.fixture
async def two(postgres_url: str) -> AsyncIterator[TwoServices]:
    async with AsyncExitStack() as stack:
        auth = await stack.enter_async_context(migrated_database(postgres_url, app="auth"))
        catalog = await stack.enter_async_context(migrated_database(postgres_url, app="catalog"))
        jwks_url = await stack.enter_async_context(serving_document(jwks(signing_key())))
        two = TwoServices(auth, catalog)
        environment = {
            "CATALOG_DATABASE_URL": catalog.runtime_url,
            "CATALOG_SECRETS": SECRETS,
            "CATALOG_JWKS_URL": jwks_url,
            "CATALOG_ACCOUNTS_URL": f"http://127.0.0.1:{two.port}/internal/accounts",
            "CATALOG_PORT": "0",
            "INTERNAL_SECRETS": SECRETS,
        }
        await stack.enter_async_context(serving(ROOT, "catalog_service", environment))
        yield two


async def test_ten_thousand_accounts_are_copied_in_seconds_and_followed_over_an_outage(
    two: TwoServices,
) -> None:
    await _fetch(two.auth, PEOPLE, MANY)
    async with two.auth_running():
        await until(two.agree, within=60)
    [gone] = await _fetch(two.auth, "DELETE FROM users WHERE full_name = 'Person 7' RETURNING id")
    await _fetch(two.auth, "UPDATE users SET full_name = 'Renamed' WHERE full_name = 'Person 8'")
    async with two.auth_running():
        await until(two.agree, within=60)

    names = await two.names()
    assert gone["id"] not in names
    assert "Renamed" in names.values()


async def test_a_restored_auth_takes_back_what_it_does_not_remember(
    two: TwoServices, postgres_url: str
) -> None:
    await _fetch(two.auth, PEOPLE, 3)
    name = two.auth.owner_url.rpartition("/")[2]
    await _run(postgres_url, f"CREATE DATABASE {name}_backup TEMPLATE {name}")
    await _fetch(two.auth, PEOPLE, 2)
    async with two.auth_running():
        await until(two.agree, within=60)
    assert len(await two.names()) == 5

    await _run(postgres_url, f"ALTER DATABASE {name} RENAME TO {name}_before")
    await _run(postgres_url, f"CREATE DATABASE {name} TEMPLATE {name}_backup")
    try:
        role = two.auth.runtime_url.partition("://")[2].partition(":")[0]
        await _run(postgres_url, f"GRANT CONNECT ON DATABASE {name} TO {role}")
        async with two.auth_running():
            await until(two.agree, within=60)
        assert len(await two.names()) == 3
    finally:
        for other in ("backup", "before"):
            await _run(postgres_url, f"DROP DATABASE {name}_{other} WITH (FORCE)")


async def _run(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
