"""While a migration is applied, the catalog of before it goes on serving, and nothing is lost."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from pydantic import SecretStr

from catalog_service.orm import APP
from catalog_service.tests.conftest import PRODUCTS, SECRETS
from shared.migrating.run import migrate
from testing.database import ServiceDatabase
from testing.migrating import empty_database, upgrade
from testing.old_code import ROOT, run, serving, unpack
from testing.servers import serving_document
from testing.tokens import access_token, jwks, signing_key
from testing.upgrading import (
    accepted,
    archives_to_be_kept,
    rules_broken_by,
    upgrade_under_load,
)

PACKAGE = "catalog_service"
ORDERS = "/api/v1/orders"


@pytest.fixture
async def database(postgres_url: str) -> AsyncIterator[ServiceDatabase]:
    async with empty_database(postgres_url, APP) as database:
        yield database


@pytest.fixture
async def environment(database: ServiceDatabase) -> AsyncIterator[dict[str, str]]:
    async with serving_document(jwks(signing_key())) as jwks_url:
        yield {
            "CATALOG_DATABASE_URL": database.runtime_url,
            "CATALOG_SECRETS": json.dumps(SECRETS),
            "INTERNAL_SECRETS": json.dumps(SECRETS),
            "CATALOG_JWKS_URL": jwks_url,
            "CATALOG_PORT": "0",
        }


def client(address: str) -> httpx2.AsyncClient:
    """Return one of the staff, who also buys."""
    headers = {"Authorization": f"Bearer {access_token(roles=['user', 'manager'])}"}
    return httpx2.AsyncClient(base_url=address, headers=headers, timeout=30)


async def test_no_migration_is_in_the_way_of_the_version_before() -> None:
    assert await rules_broken_by(APP) == []


async def test_there_is_the_code_from_before_each_migration() -> None:
    assert await archives_to_be_kept(APP) == []


async def test_version_0_lists_and_loads_products_while_the_shop_is_made(
    database: ServiceDatabase, environment: dict[str, str], tmp_path: Path
) -> None:
    old = unpack(APP, 1, tmp_path)
    acknowledged: list[str] = []
    file = tmp_path / "products.csv"

    async def load(count: int = 3) -> None:
        names = [f"Чай {len(acknowledged) + n}" for n in range(count)]
        file.write_text("name,price\n" + "".join(f"{name},100\n" for name in names))
        process = await run(old, environment, "-m", f"{PACKAGE}.cli", "load", str(file))
        out, errors = await process.communicate()
        assert process.returncode == 0, errors.decode()
        assert f"Loaded {count} products" in out.decode()
        acknowledged.extend(names)

    await upgrade(database, APP, to=0)
    await load(2000)
    async with serving(old, PACKAGE, environment) as address, client(address) as reader:

        async def read_list() -> None:
            accepted(await reader.get(PRODUCTS, params={"size": 50}))

        async def read_one() -> None:
            accepted(await reader.get(f"{PRODUCTS}/1"))

        await upgrade_under_load(
            database, APP, to=1, work={"list": read_list, "show": read_one, "load": load}
        )

    await migrate(SecretStr(database.owner_url), app=APP)
    async with serving(ROOT, PACKAGE, environment) as address, client(address) as reader:
        page: dict[str, Any] = {"next_cursor": ""}
        found: list[str] = []
        while (cursor := page.get("next_cursor")) is not None:
            query = {"size": "100", "sort": "name"} | ({"cursor": cursor} if cursor else {})
            page = accepted(await reader.get(PRODUCTS, params=query))
            found += [product["name"] for product in page["items"]]
        total = accepted(await reader.get(PRODUCTS))["total"]
        newest = accepted(await reader.get(PRODUCTS, params={"q": acknowledged[-1]}))
    assert sorted(found) == sorted(acknowledged)
    assert total == len(acknowledged)
    assert acknowledged[-1] in [product["name"] for product in newest["items"]]


@pytest.mark.parametrize("migration", [2, 3, 4, 5, 6])
async def test_a_shop_goes_on_selling_while_its_schema_changes(
    database: ServiceDatabase, environment: dict[str, str], tmp_path: Path, migration: int
) -> None:
    products: list[int] = []
    orders: list[str] = []

    await upgrade(database, APP, to=migration - 1)
    old = unpack(APP, migration, tmp_path)
    async with serving(old, PACKAGE, environment) as address, client(address) as buyer:

        async def create() -> None:
            product = {"name": f"Tea {len(products)}", "price": 100}
            products.append(accepted(await buyer.post(PRODUCTS, json=product), 201)["id"])

        async def buy() -> None:
            items = [{"product_id": products[0], "quantity": 1}]
            accepted(await buyer.post("/api/v1/cart/items", json={"items": items}))
            key = {"Idempotency-Key": uuid4().hex}
            orders.append(accepted(await buyer.post(ORDERS, headers=key), 201)["id"])

        async def read() -> None:
            accepted(await buyer.get(PRODUCTS))
            accepted(await buyer.get(ORDERS))

        await create()
        await upgrade_under_load(
            database, APP, to=migration, work={"create": create, "buy": buy, "read": read}
        )
        token = buyer.headers["Authorization"]

    await migrate(SecretStr(database.owner_url), app=APP)
    async with serving(ROOT, PACKAGE, environment) as address, client(address) as buyer:
        buyer.headers["Authorization"] = token
        for product in products:
            accepted(await buyer.get(f"{PRODUCTS}/{product}"))
        for order in orders:
            accepted(await buyer.get(f"{ORDERS}/{order}"))
        assert accepted(await buyer.get(PRODUCTS))["total"] == len(products)
