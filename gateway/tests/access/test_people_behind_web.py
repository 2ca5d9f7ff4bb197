"""People for whom the web service asks: limits of their own, and no page that waits for itself."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from gateway.settings import GatewaySettings
from gateway.tests.conftest import RunningGateway, ready
from testing.clock import MovableClock
from testing.gateway.behalf import SECRET, on_behalf_of
from testing.gateway.raw_client import LOGIN, PRODUCTS, connected, request
from testing.gateway.raw_service import RawService, keep_silent, until
from testing.tokens import access_token, numbered


@pytest.fixture
async def narrow(
    settings: GatewaySettings, auth: RawService, catalog: RawService
) -> AsyncIterator[RunningGateway]:
    changes = {
        "on_behalf_secrets": [SECRET],
        "address_limit": 3,
        "sign_in_limit": 2,
        "user_limit": 3,
        "address_concurrency": 1,
        "user_concurrency": 1,
        "max_connections": 64,
    }
    async with ready(settings, **changes) as gateway:
        yield gateway


async def test_each_person_has_a_budget(narrow: RunningGateway, clock: MovableClock) -> None:
    for person in range(20):
        field = on_behalf_of(f"203.0.113.{person}")
        token = f"authorization: Bearer {access_token(sub=numbered(person))}"
        general = [await narrow.ask(PRODUCTS, field, token) for _ in range(4)]
        assert [reply.status for reply in general] == [200, 200, 200, 429]
        sign_ins = [await narrow.ask(LOGIN, field, body=b"{}") for _ in range(3)]
        assert [reply.status for reply in sign_ins] == [200, 200, 429]


async def test_that_of_the_web_service_is_not_touched(
    narrow: RunningGateway, clock: MovableClock
) -> None:
    for _ in range(4):
        await narrow.ask(LOGIN, on_behalf_of("203.0.113.7"), body=b"{}")
    assert (await narrow.ask(LOGIN, body=b"{}")).status == 200


async def test_the_person_is_counted_at_any_address(
    narrow: RunningGateway, clock: MovableClock
) -> None:
    token = f"authorization: Bearer {access_token(sub=numbered(1))}"
    replies = [await narrow.ask(PRODUCTS, token, on_behalf_of(f"203.0.113.{n}")) for n in range(4)]
    assert [reply.status for reply in replies] == [200, 200, 200, 429]


async def test_it_is_in_no_bound_of_what_is_under_way(
    narrow: RunningGateway, catalog: RawService, clock: MovableClock
) -> None:
    """The page that waits for it is: a bound would let it wait for itself."""
    catalog.script = keep_silent
    token = f"authorization: Bearer {access_token(sub=numbered(1))}"
    async with AsyncExitStack() as stack:
        for _ in range(3):
            client = await stack.enter_async_context(connected(narrow.port))
            await client.send(request(PRODUCTS, token, on_behalf_of("203.0.113.7")))
        await until(lambda: catalog.open == 3)
        bounds = narrow.app.bounds
        counted = [*bounds.address.known.values(), *bounds.user.known.values()]
        assert [place.count for place in counted if place.count] == []
    await until(lambda: narrow.app.observer.under_way == 0)


async def test_a_plain_client_stays_bound(
    narrow: RunningGateway, catalog: RawService, clock: MovableClock
) -> None:
    catalog.script = keep_silent
    token = f"authorization: Bearer {access_token(sub=numbered(1))}"
    async with connected(narrow.port) as client:
        await client.send(request(PRODUCTS, token))
        await until(lambda: catalog.open == 1)
        pretended = on_behalf_of("203.0.113.7", secret="x" * 40)
        assert (await narrow.ask(PRODUCTS, token, pretended)).status == 429
