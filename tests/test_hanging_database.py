"""PostgreSQL hangs: it takes connections and answers nothing. Everybody gets a 503 in time."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

import httpx2
import pytest

from auth_service.settings import AuthSettings
from testing.background import BackgroundSystem
from testing.outage import SuspendableServer, seconds_until_503
from testing.people import Person, Shop, bearer

pytestmark = pytest.mark.timing

TIMEOUT = 1.0
SLACK = 4.0  # of a busy machine; without a timeout nothing came for 20 s
"""For PostgreSQL's own limit to come first, a password's hash, and a machine with other work."""
CROWD = 40  # four times the connections of a service

Request = Callable[[Shop, Person, dict[str, str]], Awaitable[httpx2.Response]]
REQUESTS: dict[str, Request] = {
    "sign in": lambda shop, anna, _: shop.sign_in(anna.email),
    "register": lambda shop, _, __: shop.register(Person()),
    "refresh": lambda shop, _, pair: shop.refresh(pair["refresh_token"]),
    "who am I": lambda shop, _, pair: shop.get("/api/v1/users/me", pair["access_token"]),
    "cart": lambda shop, _, pair: shop.get("/api/v1/cart", pair["access_token"]),
    "order": lambda shop, _, pair: shop.client.post(
        "/api/v1/orders", headers={**bearer(pair["access_token"]), "Idempotency-Key": "one"}
    ),
}


@pytest.fixture(scope="module")
def suspended_system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BackgroundSystem]:
    settings = {"AUTH_STATEMENT_TIMEOUT": str(TIMEOUT), "CATALOG_STATEMENT_TIMEOUT": str(TIMEOUT)}
    with BackgroundSystem(tmp_path_factory.mktemp("hanging"), environment=settings) as system:
        yield system


@pytest.fixture
def postgres(suspended_system: BackgroundSystem) -> SuspendableServer:
    server = suspended_system.postgres
    assert server.process is not None
    return SuspendableServer(server.url, server.process)


@pytest.fixture
async def shop(suspended_system: BackgroundSystem) -> AsyncIterator[Shop]:
    limits = httpx2.Limits(max_connections=2 * CROWD)
    base_url = suspended_system.url
    async with httpx2.AsyncClient(base_url=base_url, timeout=20, limits=limits) as client:
        yield Shop(client)


@pytest.fixture
def anna() -> Person:
    return Person()


@pytest.fixture
async def pair(shop: Shop, anna: Person) -> dict[str, str]:
    """Anna's tokens, once every service has answered her."""
    (await shop.register(anna)).raise_for_status()
    pair: dict[str, str] = (await shop.sign_in(anna.email)).raise_for_status().json()
    (await shop.get("/api/v1/cart", pair["access_token"])).raise_for_status()
    return pair


@pytest.mark.parametrize("name", REQUESTS)
async def test_each_response_is_a_503_within_the_timeout(
    shop: Shop, anna: Person, pair: dict[str, str], postgres: SuspendableServer, name: str
) -> None:
    with postgres.suspended():
        assert await seconds_until_503(REQUESTS[name](shop, anna, pair)) < TIMEOUT + SLACK


async def test_a_crowd_larger_than_the_pool_waits_no_longer_than_one(
    shop: Shop, anna: Person, pair: dict[str, str], postgres: SuspendableServer
) -> None:
    with postgres.suspended():
        waited = await asyncio.gather(
            *(seconds_until_503(REQUESTS["who am I"](shop, anna, pair)) for _ in range(CROWD))
        )
    assert max(waited) < TIMEOUT + SLACK
    for name in ("who am I", "cart", "refresh"):
        assert (await REQUESTS[name](shop, anna, pair)).status_code == 200


def test_a_statement_of_auth_has_a_timeout_by_default() -> None:
    assert AuthSettings.model_fields["statement_timeout"].default.total_seconds() == 5
