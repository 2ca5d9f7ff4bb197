"""Which statements replicas get, and that what they answer is what the primary would have said."""

import re
from pathlib import Path
from typing import NamedTuple

import httpx2
import pytest
from fastapi import FastAPI

from catalog_service.replicas.replica import Replica
from catalog_service.tests.buyers import CART, ITEMS, ORDERS
from catalog_service.tests.conftest import PRODUCTS
from catalog_service.tests.products.adding import add_named
from testing.streaming import Standby, Streaming

_STATEMENT = re.compile(r"LOG:  (?:execute [^:]*|statement): (.*)")

LISTS = [
    "",
    "?page=2&size=2",
    "?sort=price&size=2",
    "?q=чайник",
    "?q=чайник&sort=name",
    "?q=нет-такого",
    "?price_min=100&price_max=100",
    "?price_min=100&sort=name&size=2&page=2",
    "?include_inactive=true",
    "?include_inactive=true&page=9",
]


class Log(NamedTuple):
    """What a server has been asked since some moment."""

    file: Path
    start: int

    @classmethod
    def of(cls, file: Path) -> "Log":
        return cls(file, file.stat().st_size)

    def statements(self) -> list[str]:
        """Those that were written since."""
        return _STATEMENT.findall(self.file.read_bytes()[self.start :].decode())

    def about(self, *tables: str) -> list[str]:
        """Those of them that name one of these tables."""
        return [text for text in self.statements() if any(f'"{table}"' in text for table in tables)]


@pytest.fixture
async def products(app: FastAPI, replica: Replica, standby: Standby) -> list[int]:
    """A few, at the replica too."""
    ids = await add_named("Чайник синий", "Чайник белый", "Кружка", "Tea", "Лампа")
    await standby.caught_up()
    return ids


@pytest.fixture
def primary_log(streaming: Streaming, products: list[int]) -> Log:
    return Log.of(streaming.primary.log)


@pytest.fixture
def replica_log(standby: Standby, products: list[int]) -> Log:
    return Log.of(standby.server.log)


@pytest.mark.parametrize("query", LISTS)
async def test_lists_are_read_from_the_replica_and_are_the_same(
    editor: httpx2.AsyncClient, replica: Replica, primary_log: Log, replica_log: Log, query: str
) -> None:
    shown = await editor.get(f"{PRODUCTS}{query}")

    assert shown.status_code == 200
    assert replica_log.about("product")
    assert not primary_log.about("product")
    await replica.close()
    again = await editor.get(f"{PRODUCTS}{query}")
    assert primary_log.about("product")
    assert (again.content, again.headers["etag"]) == (shown.content, shown.headers["etag"])


async def test_a_walk_goes_on_there(
    reader: httpx2.AsyncClient, products: list[int], primary_log: Log, replica_log: Log
) -> None:
    met: list[int] = []
    cursor: str | None = ""
    while cursor is not None:
        query = {"size": "2"} | ({"cursor": cursor} if cursor else {})
        page = (await reader.get(PRODUCTS, params=query)).json()
        met += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]

    assert sorted(met) == sorted(products)
    assert len(replica_log.about("product")) == 3
    assert not primary_log.about("product")


async def test_a_product_is_read_from_the_replica_and_is_the_same(
    reader: httpx2.AsyncClient,
    replica: Replica,
    products: list[int],
    primary_log: Log,
    replica_log: Log,
) -> None:
    path = f"{PRODUCTS}/{products[0]}"
    shown = await reader.get(path)

    assert (len(replica_log.about("product")), primary_log.about("product")) == (1, [])
    await replica.close()
    again = await reader.get(path)
    assert (again.content, again.headers["etag"]) == (shown.content, shown.headers["etag"])
    unchanged = await reader.get(path, headers={"If-None-Match": shown.headers["etag"]})
    assert unchanged.status_code == 304


@pytest.mark.parametrize("path", [f"{PRODUCTS}/999999", f"{PRODUCTS}?page=99"])
async def test_that_there_is_nothing_the_primary_says(
    reader: httpx2.AsyncClient, primary_log: Log, replica_log: Log, path: str
) -> None:
    response = await reader.get(path)

    assert response.status_code == 404 or response.json()["items"] == []
    assert replica_log.about("product")
    assert primary_log.about("product")


async def test_writes_carts_and_orders_stay_with_the_primary(
    app: FastAPI, editor: httpx2.AsyncClient, products: list[int], replica_log: Log
) -> None:
    item = {"product_id": products[0], "quantity": 1}
    answers = [
        await editor.post(PRODUCTS, json={"name": "New", "price": 5}),
        await editor.patch(f"{PRODUCTS}/{products[1]}", json={"price": 6}),
        await editor.delete(f"{PRODUCTS}/{products[2]}"),
        await editor.post(ITEMS, json={"items": [item]}),
        await editor.get(CART),
        await editor.post(ORDERS, headers={"Idempotency-Key": "replicas"}),
        await editor.get(ORDERS),
        await editor.get(f"{PRODUCTS}/export"),
    ]

    assert [answer.status_code for answer in answers] == [201, 200, 204, 200, 200, 201, 200, 200]
    assert not replica_log.about("product", "cart", "cart_line", "order", "product_stock")


async def test_the_replica_is_asked_once_for_what_the_primary_is_asked_once(
    reader: httpx2.AsyncClient, primary_log: Log, replica_log: Log
) -> None:
    await reader.get(PRODUCTS)

    assert len(replica_log.about("product")) == 1
    asked = primary_log.about("catalog_state")
    assert set(asked) == {'SELECT "revision" "revision" FROM "catalog_state" WHERE "id"=1'}


async def test_what_happens_is_counted(
    app: FastAPI, reader: httpx2.AsyncClient, replica: Replica, products: list[int]
) -> None:
    def value(name: str, **labels: str) -> float:
        shown = {"server": replica.server, **labels}
        number = app.state.metrics.registry.get_sample_value(f"vitrina_{name}", shown)
        assert number is not None
        return float(number)

    before = value("replica_reads_total", outcome="answered")
    await reader.get(PRODUCTS)

    assert value("replica_reads_total", outcome="answered") == before + 1
    assert value("replica_in_use") == 1
    assert value("replica_behind_seconds") == 0
    states = [value("database_connections", state=state) for state in ("busy", "idle")]
    assert states[0] == 0
    assert states[1] >= 1
    await replica.close()
    assert value("replica_in_use") == 0
    assert value("database_connections", state="idle") == 0
