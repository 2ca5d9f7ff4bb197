"""Parts of the system die under load: answers stay honest, and what was promised is kept."""

import asyncio
import signal
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Iterable
from dataclasses import dataclass, field

import httpx2
import psutil
import pytest

from testing.background import BackgroundSystem
from testing.people import Person, Shop

pytestmark = pytest.mark.timing

CLIENTS = 6
MOST_CHECKED = 20
CUT = 0  # stands for the status of an answer that broke off: its service was killed inside it
TIMEOUT = 60  # seconds for anything here


@dataclass
class Load:
    """People who keep registering and looking at products, and what they are answered."""

    shop: Shop
    token: str
    seen: asyncio.Condition = field(default_factory=asyncio.Condition)
    registered: list[Person] = field(default_factory=list)
    refused: list[Person] = field(default_factory=list)
    statuses: Counter[tuple[str, int]] = field(default_factory=Counter)
    failures: list[httpx2.Response] = field(default_factory=list)
    tasks: list[asyncio.Task[None]] = field(default_factory=list)

    def start(self) -> None:
        for _ in range(CLIENTS // 2):
            self.tasks.append(asyncio.create_task(self.register_forever()))
            self.tasks.append(asyncio.create_task(self.look_forever()))

    async def stop(self) -> None:
        """Send everybody home; what any of them stumbled over is raised."""
        for task in self.tasks:
            task.cancel()
        results = await asyncio.gather(*self.tasks, return_exceptions=True)
        self.tasks.clear()
        assert [r for r in results if not isinstance(r, asyncio.CancelledError)] == []

    async def register_forever(self) -> None:
        while True:
            person = Person()
            answer = await _cut_or_whole(self.shop.register(person))
            (self.registered if answer.status_code == 201 else self.refused).append(person)
            await self._note("register", answer)

    async def look_forever(self) -> None:
        while True:
            look = self.shop.get("/api/v1/products", self.token)
            await self._note("products", await _cut_or_whole(look))

    async def until(self, what: str, *statuses: int, times: int = 5) -> None:
        """Wait until ``what`` has been answered with one of ``statuses`` a few times from now."""

        def count() -> int:
            return sum(self.statuses[what, status] for status in statuses)

        start = count()
        async with asyncio.timeout(TIMEOUT), self.seen:
            await self.seen.wait_for(lambda: count() >= start + times)

    def seen_of(self, what: str) -> set[int]:
        return {status for kind, status in self.statuses if kind == what}

    async def _note(self, what: str, answer: httpx2.Response) -> None:
        self.statuses[what, answer.status_code] += 1
        if answer.status_code >= 500:
            self.failures.append(answer)
        async with self.seen:
            self.seen.notify_all()


@pytest.fixture
async def load(shop: Shop) -> AsyncIterator[Load]:
    """People at work, until the end of the test."""
    load = Load(shop, await shop.newcomer_token())
    load.start()
    await load.until("register", 201)
    await load.until("products", 200)
    yield load
    await load.stop()


async def test_a_database_that_stops_is_a_503_and_loses_nothing(
    system: BackgroundSystem, load: Load
) -> None:
    await asyncio.to_thread(system.postgres.stop)
    await load.until("register", 503)
    await load.until("products", 503)
    await asyncio.to_thread(system.postgres.start)
    await load.until("register", 201)
    await load.until("products", 200)
    assert load.seen_of("register") == {201, 503}
    assert load.seen_of("products") == {200, 503}
    _require_one_shape(load.failures)
    await _require_that_promises_are_kept(load)


async def test_a_database_that_is_killed_loses_nothing(
    system: BackgroundSystem, load: Load
) -> None:
    postgres = system.postgres
    await asyncio.to_thread(_kill, postgres.process)
    await asyncio.to_thread(postgres.wait)
    await asyncio.to_thread(postgres.stop)
    await load.until("register", 503)
    await asyncio.to_thread(postgres.start)
    await load.until("register", 201)
    await load.until("products", 200)
    _require_one_shape(load.failures)
    await _require_that_promises_are_kept(load)


async def test_a_killed_auth_service_leaves_the_products_open(
    system: BackgroundSystem, load: Load
) -> None:
    await asyncio.to_thread(system.kill, "auth")
    await load.until("register", 502, 503)
    await load.until("products", 200)
    system.start_service("auth")
    await load.until("register", 201)
    assert load.seen_of("register") <= {201, 502, 503, CUT}
    assert load.seen_of("products") == {200}
    _require_one_shape(load.failures)
    await _require_that_promises_are_kept(load)


async def test_a_killed_catalog_service_leaves_the_accounts_open(
    system: BackgroundSystem, load: Load
) -> None:
    await asyncio.to_thread(system.kill, "catalog")
    await load.until("products", 502, 503)
    await load.until("register", 201)
    system.start_service("catalog")
    await load.until("products", 200)
    assert load.seen_of("products") <= {200, 502, 503, CUT}
    assert load.seen_of("register") == {201}
    _require_one_shape(load.failures)


async def test_a_killed_gateway_is_back_immediately(system: BackgroundSystem, shop: Shop) -> None:
    token = await shop.newcomer_token()
    await asyncio.to_thread(system.kill, "gateway")
    with pytest.raises(httpx2.TransportError):
        await shop.get("/api/v1/products", token)
    system.start_service("gateway")
    await asyncio.to_thread(system.wait_until_ready)
    assert (await shop.get("/api/v1/products", token)).status_code == 200


@pytest.mark.parametrize("name", ["auth", "gateway"])
async def test_sigterm_lets_what_is_in_flight_finish(
    system: BackgroundSystem, shop: Shop, name: str
) -> None:
    people = [Person() for _ in range(20)]
    in_flight = [asyncio.create_task(shop.register(person)) for person in people]
    await asyncio.wait(in_flight, return_when=asyncio.FIRST_COMPLETED)
    system.process(name).send_signal(signal.SIGTERM)
    try:
        answers = await asyncio.wait_for(asyncio.gather(*in_flight), TIMEOUT)
        status = await asyncio.wait_for(asyncio.to_thread(system.wait, name), TIMEOUT)
    finally:
        system.start_service(name)
        await asyncio.to_thread(system.wait_until_ready)
    assert [answer.status_code for answer in answers] == [201] * len(people)
    assert status in {0, 128 + signal.SIGTERM}


def _kill(process: int | None) -> None:
    psutil.Process(process).kill()


def _require_one_shape(failures: list[httpx2.Response]) -> None:
    """Every failure is the one error shape, with nothing of what happened inside."""
    for failure in failures:
        body = failure.json()
        assert set(body) == {"code", "message", "error"}
        assert body["code"] == failure.status_code
        assert failure.headers["content-type"] == "application/json"
        for inside in ("postgres", "asyncpg", "Traceback", "127.0.0.1"):
            assert inside not in failure.text


async def _require_that_promises_are_kept(load: Load) -> None:
    """Who got 201 can sign in; who was not can register now, or is registered whole."""
    await load.stop()
    assert load.registered
    assert load.refused
    told = load.registered[-MOST_CHECKED:]
    assert {a.status_code for a in await _all(load.shop.sign_in(p.email) for p in told)} == {200}
    others = load.refused[:MOST_CHECKED]
    again = await _all(load.shop.register(person) for person in others)
    assert {answer.status_code for answer in again} <= {201, 409}
    assert {a.status_code for a in await _all(load.shop.sign_in(p.phone) for p in others)} == {200}


async def _cut_or_whole(request: Awaitable[httpx2.Response]) -> httpx2.Response:
    try:
        return await request
    except httpx2.RemoteProtocolError:
        return httpx2.Response(CUT)


async def _all(requests: Iterable[Awaitable[httpx2.Response]]) -> list[httpx2.Response]:
    return await asyncio.gather(*requests)
