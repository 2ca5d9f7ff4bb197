"""A steady load of mixed requests, and then the search for every acknowledged write."""

import asyncio
import random
import ssl
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx2

from tests.containers.composed import Composed
from tests.people import Person, Shop

READERS = 3
BUYERS = 2
NEWCOMERS = 1
PAUSE = 0.05
"""Seconds between the requests of one of them: a load, not a contest for two cores."""
NOTHING = 0
"""Stands for the status where no answer came, or not all of it."""


@dataclass
class Buyer:
    """Somebody who fills a cart, and what he knows of it."""

    token: str
    user_id: str
    acknowledged: int = 0
    unknown: int = 0


@dataclass
class Load:
    """People at work, and what they were answered when."""

    shop: Shop
    products: list[int]
    buyers: list[Buyer]
    registered: list[Person] = field(default_factory=list)
    answers: list[tuple[float, str, int]] = field(default_factory=list)
    over: bool = False

    def statuses(self, *, since: float = 0.0) -> Counter[tuple[str, int]]:
        """How often which kind of request was answered how."""
        return Counter((what, status) for at, what, status in self.answers if at >= since)

    def failures(self, *, since: float = 0.0) -> Counter[tuple[str, int]]:
        return Counter(
            {key: n for key, n in self.statuses(since=since).items() if key[1] not in {200, 201}}
        )

    def outage(self, what: str, *, since: float) -> float:
        """Seconds from the first failure to the last one, of one kind of request."""
        failed = [
            at
            for at, kind, status in self.answers
            if kind == what and at >= since and (status == NOTHING or status >= 500)
        ]
        return max(failed) - min(failed) if failed else 0.0

    async def read_all_the_time(self, reader: Buyer) -> None:
        while not self.over:
            path = f"/api/v1/products/{random.choice(self.products)}"
            await self._note("read", self.shop.client.get(path, headers=_as(reader)))

    async def buy_all_the_time(self, buyer: Buyer) -> None:
        while not self.over:
            item = {"product_id": random.choice(self.products), "quantity": 1}
            post = self.shop.client.post(
                "/api/v1/cart/items", json={"items": [item]}, headers=_as(buyer)
            )
            status = await self._note("cart", post)
            buyer.acknowledged += status == 200
            buyer.unknown += status == NOTHING or status >= 500

    async def register_all_the_time(self) -> None:
        while not self.over:
            person = Person()
            if await self._note("register", self.shop.register(person)) == 201:
                self.registered.append(person)

    async def _note(self, what: str, request: Awaitable[httpx2.Response]) -> int:
        try:
            status = (await request).status_code
        except httpx2.TransportError:
            status = NOTHING
        self.answers.append((time.monotonic(), what, status))
        await asyncio.sleep(PAUSE)
        return status


def require_nothing_lost(system: Composed, load: Load) -> int:
    """Find every acknowledged write in the databases; how many there were.

    One without an answer may be there or not; one that nobody sent must not be there.
    """
    emails = set(_ask(system, "auth", "SELECT email FROM users").split())
    missing = [person.email for person in load.registered if person.email not in emails]
    assert missing == []
    query = "SELECT cart_id, sum(quantity) FROM cart_line GROUP BY cart_id"
    carts = dict(line.split("|") for line in _ask(system, "catalog", query).split())
    for buyer in load.buyers:
        found = int(carts.get(buyer.user_id, "0"))
        assert buyer.acknowledged <= found <= buyer.acknowledged + buyer.unknown
    return len(load.registered) + sum(buyer.acknowledged for buyer in load.buyers)


def _ask(system: Composed, database: str, query: str) -> str:
    asked = system.ask(database, query)
    assert asked.returncode == 0, asked.stderr
    return asked.stdout


@asynccontextmanager
async def loaded(
    url: str, *, verify: ssl.SSLContext | bool = True, patience: float = 5.0
) -> AsyncIterator[Load]:
    """People at work in a shop, until the end of the block."""
    async with httpx2.AsyncClient(base_url=url, verify=verify, timeout=patience) as client:
        shop = Shop(client)
        buyers = [await _buyer(shop) for _ in range(BUYERS)]
        page = await client.get("/api/v1/products?size=100", headers=_as(buyers[0]))
        products = [item["id"] for item in page.raise_for_status().json()["items"]]
        load = Load(shop, products, buyers)
        forever = [
            *(load.read_all_the_time(buyers[0]) for _ in range(READERS)),
            *(load.buy_all_the_time(buyer) for buyer in buyers),
            *(load.register_all_the_time() for _ in range(NEWCOMERS)),
        ]
        at_work = asyncio.gather(*forever)
        try:
            yield load
        finally:
            load.over = True  # each hears the answer to the last request
            await at_work


async def _buyer(shop: Shop) -> Buyer:
    person = Person()
    user = (await shop.register(person)).raise_for_status().json()
    tokens = (await shop.sign_in(person.email)).raise_for_status().json()
    return Buyer(token=tokens["access_token"], user_id=user["id"])


def _as(buyer: Buyer) -> dict[str, str]:
    return {"Authorization": f"Bearer {buyer.token}"}
