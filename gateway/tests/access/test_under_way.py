"""How many requests of one address and of one person are under way at the same time."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from gateway.access.under_way import UnderWay
from gateway.settings import GatewaySettings
from gateway.tests.conftest import RunningGateway, ready
from testing.gateway.raw_client import LOGIN, PRODUCTS, RawClient, connected, request
from testing.gateway.raw_service import RawService, answer_everything, keep_silent, until
from testing.tokens import access_token, numbered

pytestmark = pytest.mark.timing

PROXY = "203.0.113."
"""Addresses that the trusted proxy in front asks for."""


def test_keys_of_which_nothing_is_under_way_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    bound = UnderWay("address", 2, _most=3)
    monkeypatch.setattr("gateway.access.under_way.KNOWN", 3)
    for key in "abc":
        bound.add(key)
    bound.known["b"].count = 1
    bound.add("d")
    assert bound.known.keys() == {"b", "d"}


@pytest.fixture(scope="module")
async def _bounded(settings: GatewaySettings, _auth: RawService) -> AsyncIterator[RunningGateway]:
    changes = {
        "address_concurrency": 4,
        "user_concurrency": 2,
        "trusted_proxies": ("127.0.0.1/32",),
        "max_connections": 64,
    }
    async with ready(settings, **changes) as gateway:
        yield gateway


@pytest.fixture
def bounded(_bounded: RunningGateway, auth: RawService, catalog: RawService) -> RunningGateway:
    """A gateway that lets four requests of an address be under way, and two of a person."""
    return _bounded


async def begin(
    stack: AsyncExitStack, gateway: RunningGateway, line: str, *fields: str
) -> RawClient:
    client = await stack.enter_async_context(connected(gateway.port))
    await client.send(request(line, *fields))
    return client


def of(person: str) -> str:
    return f"authorization: Bearer {access_token(sub=person)}"


def at(address: int) -> str:
    return f"x-forwarded-for: {PROXY}{address}"


PEOPLE = [numbered(n) for n in range(10)]


async def test_an_address_has_so_many(
    bounded: RunningGateway, catalog: RawService, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "gateway.access.limits")
    catalog.script = keep_silent
    app = bounded.app
    async with AsyncExitStack() as stack:
        for person in PEOPLE[:4]:
            await begin(stack, bounded, PRODUCTS, of(person), at(1))
        await until(lambda: app.observer.under_way == 4)
        refused = await bounded.ask(PRODUCTS, of(PEOPLE[5]), at(1))
        assert (refused.status, refused.values(b"retry-after")) == (429, [b"1"])
        (line,) = [record for record in caplog.records if record.name == "gateway.access.limits"]
        noted = {"policy": "address-concurrency", "client": f"{PROXY}1"}
        assert vars(line).items() >= noted.items()
        other = await begin(stack, bounded, LOGIN, at(2), "content-length: 2")
        assert (await other.ask(b"{}")).status == 200
    await until(lambda: app.observer.under_way == 0)
    catalog.script = answer_everything
    assert (await bounded.ask(PRODUCTS, of(PEOPLE[5]), at(1))).status == 200


async def test_a_person_has_so_many_at_any_address(
    bounded: RunningGateway, catalog: RawService
) -> None:
    catalog.script = keep_silent
    async with AsyncExitStack() as stack:
        for address in (1, 2):
            await begin(stack, bounded, PRODUCTS, of(PEOPLE[0]), at(address))
        await until(lambda: bounded.app.observer.under_way == 2)
        assert (await bounded.ask(PRODUCTS, of(PEOPLE[0]), at(3))).status == 429
        assert (await bounded.ask("GET /api/v1/users/me", of(PEOPLE[1]), at(3))).status == 200


async def test_bodies_that_drip_are_under_way(bounded: RunningGateway) -> None:
    async with AsyncExitStack() as stack:
        for _ in range(4):
            await begin(stack, bounded, LOGIN, at(1), "content-length: 100")
        await until(lambda: bounded.app.observer.under_way == 4)
        assert (await bounded.ask(LOGIN, at(1), body=b"{}")).status == 429
        assert (await bounded.ask(LOGIN, at(2), body=b"{}")).status == 200


async def test_a_refused_one_takes_no_place(bounded: RunningGateway) -> None:
    for _ in range(10):
        assert (await bounded.ask(PRODUCTS, at(1))).status == 401
        assert (await bounded.ask("GET /nowhere", of(PEOPLE[0]), at(1))).status == 404
    assert (await bounded.ask(PRODUCTS, of(PEOPLE[0]), at(1))).status == 200
    bounds = bounded.app.bounds
    assert not under_way(bounds.address)
    assert not under_way(bounds.user)


def under_way(bound: UnderWay) -> int:
    return sum(place.count for place in bound.known.values())


async def test_the_gateways_own_pages_are_not_bounded(bounded: RunningGateway) -> None:
    async with AsyncExitStack() as stack:
        for _ in range(4):
            await begin(stack, bounded, LOGIN, at(1), "content-length: 100")
        await until(lambda: bounded.app.observer.under_way == 4)
        assert (await bounded.ask("GET /health/live", at(1))).status == 200


async def test_one_after_the_other_there_may_be_any_number(bounded: RunningGateway) -> None:
    replies = [await bounded.ask(PRODUCTS, of(PEOPLE[0]), at(1)) for _ in range(20)]
    assert {reply.status for reply in replies} == {200}
