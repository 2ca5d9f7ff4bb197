"""A steady load of mixed requests, and what each of them was answered."""

import asyncio
import json
import logging
import math
import random
import secrets
import ssl
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

import httpx2

from testing.people import Person, Shop, bearer

CART_ITEMS = "/api/v1/cart/items"
READERS = 3
BUYERS = 2
HESITATION = 5.0
"""Seconds that a slow one takes to send a request."""
PAUSE = 0.05
"""Seconds between the requests of one of them: a load, not a contest for two cores."""
CALM = 1.0
"""Seconds without a failure, after which everything is said to work again."""
NOTHING = 0
"""Stands for the status where no answer came, or not all of it."""
KINDS = ("read", "cart", "order", "register", "sign in")
GOOD = {200, 201}

logger = logging.getLogger(__name__)


class Reachable(Protocol):
    """A system at an address, behind a certificate of its own or none."""

    trusted: ssl.SSLContext | None

    @property
    def url(self) -> str:
        """Where it is reached."""


class Response(NamedTuple):
    """What one request was answered, and when it began and ended."""

    begun: float
    ended: float
    kind: str
    status: int


@dataclass
class Buyer:
    """Somebody who fills a cart, perhaps to order what is in it, and what they know of that."""

    token: str
    user_id: str
    added: int = 0
    ordered: list[str] = field(default_factory=list)
    unknown: int = 0
    """Pieces, or orders, of which it is not known whether they were taken."""

    def count(self, answer: httpx2.Response | None) -> bool:
        """Know of one piece more, and whether it is in the cart."""
        if answer is None:
            self.unknown += 1
        else:
            self.added += 1
        return answer is not None


@dataclass
class Load:
    """People at work, and what they were answered when."""

    shop: Shop
    products: list[int]
    buyers: list[Buyer]
    customer: Buyer
    registered: list[Person] = field(default_factory=list)
    answers: list[Response] = field(default_factory=list)
    under_way: list[float] = field(default_factory=list)
    over: bool = False

    def statuses(self, *, since: float = 0.0) -> Counter[tuple[str, int]]:
        """How often which kind of request was answered how."""
        return Counter((one.kind, one.status) for one in self.answers if one.ended >= since)

    def failures(self, *, since: float = 0.0) -> Counter[tuple[str, int]]:
        return Counter(
            {key: n for key, n in self.statuses(since=since).items() if key[1] not in GOOD}
        )

    def outage(self, what: str, *, since: float) -> float:
        """Seconds from the beginning of the first failure to the end of the last, of one kind."""
        failed = [one for one in self._answered(what, since) if one.status not in GOOD]
        begun = min((one.begun for one in failed), default=0.0)
        return max((one.ended for one in failed), default=0.0) - begun

    def slowest(self, *, since: float) -> float:
        """Seconds that the slowest good answer took."""
        good = (one for one in self.answers if one.status in GOOD and one.ended >= since)
        return max(one.ended - one.begun for one in good)

    def works(self, *, since: float) -> bool:
        """Whether all that began before was answered, and each kind goes well for a while."""
        calm = time.monotonic() - CALM
        return (
            min(self.under_way, default=math.inf) >= since
            and not self.failures(since=calm)
            and all(self._answered(what, since + CALM) for what in KINDS)
        )

    def works_since(self, *, since: float) -> float:
        """When the first good answer came after the last failure; of all kinds, the last."""
        return max(self._kind_works_since(what, since) for what in KINDS)

    def _kind_works_since(self, what: str, since: float) -> float:
        good, works_since = True, since
        for answer in self._answered(what, since):
            good, before = answer.status in GOOD, good
            works_since = answer.ended if good and not before else works_since
        return works_since if good else math.inf

    def _answered(self, what: str, since: float) -> list[Response]:
        return [one for one in self.answers if one.kind == what and one.ended >= since]

    async def read_all_the_time(self, reader: Buyer) -> None:
        while not self.over:
            await self._get("read", f"/api/v1/products/{random.choice(self.products)}", reader)

    async def buy_all_the_time(self, buyer: Buyer) -> None:
        while not self.over:
            await self._add(buyer)

    async def hesitate_all_the_time(self, buyer: Buyer) -> None:
        """Put one piece after the other into their cart, by requests that take long to be sent."""
        while not self.over:
            fields = bearer(buyer.token) | {"Content-Type": "application/json"}
            sent = slowly(json.dumps(self._piece()).encode())
            answer = self.shop.client.post(CART_ITEMS, content=sent, headers=fields)
            buyer.count(await self._note("slow cart", answer))

    async def order_all_the_time(self, customer: Buyer) -> None:
        while not self.over:
            if await self._add(customer):
                await self._order(customer)

    async def join_all_the_time(self) -> None:
        """Register somebody who signs in immediately, and looks whether the token is good."""
        while not self.over:
            person = Person()
            if await self._note("register", self.shop.register(person)):
                self.registered.append(person)
                if tokens := await self._note("sign in", self.shop.sign_in(person.email)):
                    newcomer = Buyer(tokens.json()["access_token"], user_id="")
                    await self._get("sign in", f"/api/v1/products/{self.products[0]}", newcomer)

    async def _add(self, buyer: Buyer) -> bool:
        """Put a piece of something into their cart."""
        return buyer.count(await self._post("cart", CART_ITEMS, self._piece(), buyer))

    def _piece(self) -> object:
        """The body that puts a piece of something into a cart."""
        return {"items": [{"product_id": random.choice(self.products), "quantity": 1}]}

    async def _order(self, customer: Buyer) -> None:
        """Order what is in the cart, under one key until there is an answer."""
        key = {"Idempotency-Key": secrets.token_hex(16)}
        answer = None
        while answer is None:
            answer = await self._post("order", "/api/v1/orders", {}, customer, **key)
            if answer is None and self.over:
                customer.unknown += 1
                return
        customer.ordered.append(answer.json()["id"])

    async def _get(self, what: str, path: str, reader: Buyer) -> None:
        await self._note(what, self.shop.client.get(path, headers=bearer(reader.token)))

    async def _post(
        self, what: str, path: str, body: object, buyer: Buyer, **headers: str
    ) -> httpx2.Response | None:
        headers |= bearer(buyer.token)
        return await self._note(what, self.shop.client.post(path, json=body, headers=headers))

    async def _note(self, what: str, request: Awaitable[httpx2.Response]) -> httpx2.Response | None:
        """Return the answer if it is a good one."""
        begun = time.monotonic()
        self.under_way.append(begun)
        try:
            answer = await request
            status = answer.status_code
            if status not in GOOD:
                logger.warning("%s: %d %s", what, status, answer.text[:200])
        except httpx2.TransportError as error:
            logger.warning("%s: %r", what, error)
            answer, status = None, NOTHING
        self.under_way.remove(begun)
        self.answers.append(Response(begun, time.monotonic(), what, status))
        await asyncio.sleep(PAUSE)
        return answer if status in GOOD else None


async def slowly(body: bytes) -> AsyncIterator[bytes]:
    """The same in small pieces, over some seconds."""
    for byte in body:
        yield bytes([byte])
        await asyncio.sleep(HESITATION / len(body))


@asynccontextmanager
async def loaded(
    system: Reachable, *, within: float = 5.0, hesitant: int = 0
) -> AsyncIterator[Load]:
    """People at work in a shop, some of them hesitant, until the end of the block."""
    async with httpx2.AsyncClient(
        base_url=system.url, verify=system.trusted or True, timeout=within
    ) as client:
        shop = Shop(client)
        buyers = [await _buyer(shop) for _ in range(BUYERS)]
        page = await shop.get("/api/v1/products", buyers[0].token, size=100)
        products = [item["id"] for item in page.raise_for_status().json()["items"]]
        load = Load(shop, products, buyers, customer=await _buyer(shop))
        forever = [
            *(load.read_all_the_time(buyers[0]) for _ in range(READERS)),
            *(load.buy_all_the_time(buyer) for buyer in buyers),
            *(load.hesitate_all_the_time(buyers[0]) for _ in range(hesitant)),
            load.order_all_the_time(load.customer),
            load.join_all_the_time(),
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
