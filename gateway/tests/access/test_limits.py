"""How much one address and one person may ask for."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from ipaddress import ip_network

import pytest

from gateway.access.authenticate import Authenticator
from gateway.access.limits import WINDOW
from gateway.route_table import ROUTES
from gateway.settings import GatewaySettings
from gateway.tests.conftest import RunningGateway, running, until_ready
from gateway.tests.marked_catalog import MANAGER, OTHER_READER, READER, MarkedCatalog, read
from testing.clock import MovableClock
from testing.gateway.raw_client import LOGIN, PRODUCTS, Reply
from testing.gateway.raw_service import Peer, RawService
from testing.tokens import access_token, numbered

ADDRESS, USER, SIGN_IN = 6, 4, 3


@pytest.fixture(scope="module")
async def _limited(settings: GatewaySettings, _auth: RawService) -> AsyncIterator[RunningGateway]:
    update = {"trusted_proxies": (ip_network("127.0.0.9/32"),), "cache_size": 1024 * 1024}
    async with running(settings.model_copy(update=update)) as gateway:
        await until_ready(gateway)
        yield gateway


@pytest.fixture
def limited(_limited: RunningGateway, auth: RawService, catalog: RawService) -> RunningGateway:
    """A gateway with small limits, of which nothing is used."""
    _limited.app.limits.change(address=ADDRESS, user=USER, sign_in=SIGN_IN)
    return _limited


async def statuses(count: int, gateway: RunningGateway, line: str, *fields: str) -> list[int]:
    """Ask so many times, one after the other."""
    return [(await gateway.ask(line, *fields)).status for _ in range(count)]


def bearer(token: str) -> str:
    """Return the field that carries a token."""
    return f"authorization: Bearer {token}"


def ratelimit_fields(reply: Reply) -> tuple[list[bytes], list[bytes]]:
    """Return what a response says of limits."""
    return reply.values(b"ratelimit-policy"), reply.values(b"ratelimit")


class TestByAddress:
    async def test_a_stranger_is_refused_when_the_minute_is_used_up(
        self, limited: RunningGateway
    ) -> None:
        assert await statuses(ADDRESS, limited, PRODUCTS) == [401] * ADDRESS
        reply = await limited.ask(PRODUCTS, "origin: https://shop.example")
        assert reply.status == 429
        assert reply.json() == {
            "code": 429,
            "message": "Too many requests; try again later.",
            "error": "too_many_requests",
        }
        assert reply.values(b"retry-after") == [b"10"]
        assert reply.values(b"access-control-allow-origin") == [b"https://shop.example"]
        assert b"Retry-After" in reply.values(b"access-control-expose-headers")[0]
        assert ratelimit_fields(reply) == ([b'"address";q=6;w=60'], [b'"address";r=0;t=10'])

    async def test_a_refusal_is_counted(self, limited: RunningGateway) -> None:
        registry = limited.app.observer.metrics.registry
        labels = {"policy": "address"}
        before = registry.get_sample_value("vitrina_limited_total", labels) or 0
        await statuses(ADDRESS + 2, limited, PRODUCTS)
        assert registry.get_sample_value("vitrina_limited_total", labels) == before + 2

    async def test_tokens_are_not_looked_at_any_more(
        self, limited: RunningGateway, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await statuses(ADDRESS, limited, PRODUCTS)
        monkeypatch.delattr(Authenticator, "recall")
        assert await statuses(1, limited, PRODUCTS, bearer(READER)) == [429]

    async def test_a_request_after_retry_after_is_served(
        self, limited: RunningGateway, clock: MovableClock
    ) -> None:
        await statuses(ADDRESS, limited, PRODUCTS)
        reply = await limited.ask(PRODUCTS)
        clock.advance(timedelta(seconds=int(reply.values(b"retry-after")[0])))
        assert await statuses(2, limited, PRODUCTS) == [401, 429]
        clock.advance(timedelta(seconds=WINDOW))
        assert await statuses(ADDRESS + 1, limited, PRODUCTS) == [401] * ADDRESS + [429]

    @pytest.mark.parametrize("line", ["GET /nowhere", "PUT /api/v1/products", "GET /api/v1/cart"])
    async def test_whatever_is_asked_for_counts(self, limited: RunningGateway, line: str) -> None:
        await statuses(ADDRESS, limited, line)
        assert await statuses(1, limited, PRODUCTS) == [429]

    @pytest.mark.parametrize("path", ["/health/live", "/health/ready", "/docs", "/openapi.json"])
    async def test_the_gateway_s_own_pages_stay_open(
        self, limited: RunningGateway, path: str
    ) -> None:
        await statuses(ADDRESS + 1, limited, PRODUCTS)
        reply = await limited.ask(f"GET {path}")
        assert (reply.status, ratelimit_fields(reply)) == (200, ([], []))

    async def test_a_preflight_is_not_limited(self, limited: RunningGateway) -> None:
        await statuses(ADDRESS + 1, limited, PRODUCTS)
        fields = "origin: https://shop.example", "access-control-request-method: GET"
        assert await statuses(1, limited, "OPTIONS /api/v1/products", *fields) == [204]

    async def test_concurrent_requests_are_counted_exactly(self, limited: RunningGateway) -> None:
        replies = await asyncio.gather(*(limited.ask(PRODUCTS) for _ in range(50)))
        assert sorted(reply.status for reply in replies) == [401] * ADDRESS + [429] * 44


class TestProxies:
    FORWARDED = "x-forwarded-for: 203.0.113.7"

    async def test_what_a_stranger_says_of_an_address_changes_nothing(
        self, limited: RunningGateway
    ) -> None:
        await statuses(ADDRESS, limited, PRODUCTS)
        assert await statuses(1, limited, PRODUCTS, self.FORWARDED) == [429]

    async def test_behind_a_trusted_proxy_each_address_has_its_own(
        self, limited: RunningGateway
    ) -> None:
        async def by_proxy(forwarded: str) -> int:
            return await status_from("127.0.0.9", limited.port, forwarded)

        for _ in range(ADDRESS):
            assert await by_proxy("203.0.113.7") == 401
        assert await by_proxy("203.0.113.7") == 429
        assert await by_proxy("203.0.113.8") == 401
        for host in range(1, ADDRESS + 1):
            assert await by_proxy(f"2001:db8::{host}") == 401
        assert await by_proxy("2001:db8::ffff") == 429
        assert await by_proxy("2001:db8:0:1::1") == 401


async def status_from(source: str, port: int, forwarded: str) -> int:
    """Ask from another address of this machine, for somebody else."""
    address = ("127.0.0.1", port)
    reader, writer = await asyncio.open_connection(*address, local_addr=(source, 0))
    fields = f"host: x\r\nx-forwarded-for: {forwarded}\r\nconnection: close"
    writer.write(f"{PRODUCTS} HTTP/1.1\r\n{fields}\r\n\r\n".encode())
    status = int((await reader.read()).split()[1])
    writer.close()
    await writer.wait_closed()
    return status


class TestByPerson:
    async def test_each_person_has_one_budget_whatever_the_token(
        self, limited: RunningGateway
    ) -> None:
        limited.app.limits.change(address=10, user=USER, sign_in=SIGN_IN)
        tokens = [access_token(sub=numbered(1)) for _ in range(USER + 1)]  # of as many sessions
        for token in tokens[1:]:
            assert await statuses(1, limited, PRODUCTS, bearer(token)) == [200]
        reply = await limited.ask(PRODUCTS, bearer(tokens[0]))
        assert (reply.status, reply.values(b"retry-after")) == (429, [b"15"])
        assert ratelimit_fields(reply) == (
            [b'"address";q=10;w=60, "user";q=4;w=60'],
            [b'"address";r=5;t=6, "user";r=0;t=15'],
        )
        assert await statuses(1, limited, PRODUCTS, bearer(OTHER_READER)) == [200]

    async def test_pages_out_of_the_cache_count(
        self, limited: RunningGateway, catalog: RawService
    ) -> None:
        catalog.script = MarkedCatalog()
        replies = [await read(limited, token=MANAGER) for _ in range(USER + 1)]
        assert [reply.status for reply in replies] == [200] * USER + [429]
        assert replies[1].values(b"age") == [b"0"]
        assert ratelimit_fields(replies[1]) == (
            [b'"address";q=6;w=60, "user";q=4;w=60'],
            [b'"address";r=4;t=10, "user";r=2;t=15'],
        )


class TestSigningIn:
    async def test_it_has_a_budget_of_its_own(self, limited: RunningGateway) -> None:
        assert await statuses(SIGN_IN + 1, limited, LOGIN) == [200] * SIGN_IN + [429]
        assert ratelimit_fields(await limited.ask(LOGIN)) == (
            [b'"sign-in";q=3;w=60'],
            [b'"sign-in";r=0;t=20'],
        )
        assert await statuses(ADDRESS, limited, PRODUCTS) == [401] * ADDRESS

    async def test_it_goes_on_when_everything_else_is_used_up(
        self, limited: RunningGateway
    ) -> None:
        await statuses(ADDRESS + 1, limited, PRODUCTS)
        assert await statuses(1, limited, LOGIN) == [200]

    def test_it_is_these_routes(self) -> None:
        marked = {f"{route.method} {route.path}" for route in ROUTES if route.signs_in}
        assert marked == {
            "POST /api/v1/auth/register",
            "POST /api/v1/auth/login",
            "POST /api/v1/auth/token",
            "POST /api/v1/auth/refresh",
            "POST /api/v1/auth/email/confirm",
            "POST /api/v1/auth/password/forgot",
            "POST /api/v1/auth/password/reset",
            "POST /api/v1/auth/sign-in-link",
            "POST /api/v1/auth/sign-in-link/confirm",
        }


@pytest.mark.parametrize("own", [b'"tries";r=0;t=30', None])
async def test_a_429_of_a_service_has_its_own_limit_and_none_of_ours(
    limited: RunningGateway, auth: RawService, catalog: RawService, own: bytes | None
) -> None:
    fields = "retry-after: 30\r\n" + (f"RateLimit: {own.decode()}\r\n" if own else "")

    async def refuse(peer: Peer) -> None:
        while True:
            await peer.request()
            await peer.answer(b"{}", status="429 Too Many Requests", fields=fields)

    auth.script = catalog.script = refuse
    asking = (limited.ask(LOGIN), limited.ask(LOGIN, body=b"x"), read(limited))
    for reply in [await asked for asked in asking]:
        assert reply.status == 429
        assert reply.values(b"retry-after") == [b"30"]
        assert ratelimit_fields(reply) == ([], [own] if own else [])


async def test_without_limits_there_are_no_ratelimit_fields(gateway: RunningGateway) -> None:
    replies = [await gateway.ask_signed_in(PRODUCTS), await gateway.ask(LOGIN)]
    assert [ratelimit_fields(reply) for reply in replies] == [([], [])] * 2
