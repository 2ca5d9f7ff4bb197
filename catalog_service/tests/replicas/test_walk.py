"""Many who write and read at random while replicas stand still and go on: nobody sees the past."""

import asyncio
import random
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack

import httpx2
import pytest
from fastapi import FastAPI

from catalog_service.replicas.reading import Replicas
from catalog_service.tests.conftest import PRODUCTS
from catalog_service.tests.products.adding import add_named
from catalog_service.tests.replicas.conftest import client_of, serving
from testing.database import ServiceDatabase
from testing.outage import Cable
from testing.streaming import Standby, Streaming

pytestmark = pytest.mark.timing

STEPS = 60
PEOPLE = 6


@pytest.fixture(scope="module")
def standbys(streaming: Streaming) -> Iterator[list[Standby]]:
    """Two that follow the primary."""
    with streaming.standby("first") as first, streaming.standby("second") as second:
        yield [Standby(server, streaming.primary) for server in (first, second)]


@pytest.fixture(scope="module")
async def app(
    database: ServiceDatabase, cable: Cable, standbys: list[Standby]
) -> AsyncIterator[FastAPI]:
    for standby in standbys:
        await standby.caught_up()
    urls = [standby.at(database.runtime_url) for standby in standbys]
    async with serving(cable.url, *urls) as app:
        yield app


class Prices:
    """One price for each product, which only rises; what was acknowledged or shown is the floor."""

    def __init__(self, ids: list[int]) -> None:
        self.floor = dict.fromkeys(ids, 0)

    def check(self, shown: dict[int, int], floor: dict[int, int]) -> None:
        """Compare with what was true before the request; remember it for the next."""
        for product_id, price in shown.items():
            assert price >= floor[product_id], "an answer from the past"
            self.floor[product_id] = max(self.floor[product_id], price)


async def live(client: httpx2.AsyncClient, prices: Prices, seed: int) -> None:
    """Write and read; each product has one writer, so its price only rises."""
    chance = random.Random(seed)
    own = list(prices.floor)[seed]
    known: dict[str, httpx2.Response] = {}
    price = 0
    for _ in range(STEPS):
        floor = dict(prices.floor)
        product_id = chance.choice([own, *prices.floor])
        path = chance.choice([PRODUCTS, f"{PRODUCTS}?q=tea&size=50", f"{PRODUCTS}/{product_id}"])
        if chance.random() < 0.25:
            price += 1
            answer = await client.patch(f"{PRODUCTS}/{own}", json={"price": price})
            assert answer.status_code == 200
            prices.check({own: price}, {own: 0})
            continue
        headers = {"If-None-Match": known[path].headers["etag"]} if path in known else {}
        answer = await client.get(path, headers=headers)
        assert answer.status_code in {200, 304}, answer.text
        if answer.status_code == 304:
            answer = known[path]
        known[path] = answer
        body = answer.json()
        prices.check({item["id"]: item["price"] for item in body.get("items", [body])}, floor)


async def pause_and_go_on(standby: Standby, seed: int, *, until: asyncio.Event) -> None:
    """Stand still now and then."""
    chance = random.Random(seed)
    while not until.is_set():
        await standby.pause()
        await asyncio.sleep(chance.random() / 5)
        await standby.resume()
        await asyncio.sleep(chance.random() / 5)


@pytest.mark.usefixtures("empty_tables")
@pytest.mark.parametrize("seed", range(2))
async def test_nobody_sees_what_is_older_than_what_they_or_another_were_shown(
    app: FastAPI, standbys: list[Standby], seed: int
) -> None:
    replicas: Replicas = app.state.replicas
    over = asyncio.Event()
    prices = Prices(await add_named(*("Tea",) * PEOPLE, price=0))
    before = {name: total(replicas, name) for name in ("answered", "behind", "failed")}
    async with AsyncExitStack() as stack:
        clients = [
            await stack.enter_async_context(client_of(app, "manager")) for _ in range(PEOPLE)
        ]
        pauses = [
            asyncio.create_task(pause_and_go_on(standby, seed + number, until=over))
            for number, standby in enumerate(standbys)
        ]
        await replicas.probe()
        people = [
            asyncio.create_task(live(client, prices, number))
            for number, client in enumerate(clients)
        ]
        try:
            await asyncio.gather(*people)
        finally:
            over.set()
            await asyncio.gather(*pauses)

    assert total(replicas, "answered") > before["answered"]
    assert total(replicas, "behind") > before["behind"]


def total(replicas: Replicas, outcome: str) -> int:
    return sum(replica.reads[outcome] for replica in replicas.replicas)
