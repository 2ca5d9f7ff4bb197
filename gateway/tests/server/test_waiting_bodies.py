"""Bodies that wait: they cost no service a connection, and their memory is bounded."""

import asyncio
from contextlib import AsyncExitStack

import pytest

from gateway.route import BODY_LIMIT, BULK_LIMIT
from gateway.routes.auth import AUTH
from gateway.server.waiting_bodies import ADDRESS_SHARE, CAPACITY, WaitingBodies
from gateway.tests.conftest import RunningGateway
from shared.errors import ServiceUnavailable
from testing.gateway.raw_client import LOGIN, PRODUCTS, RawClient, connected, request, signed_in
from testing.gateway.raw_service import RawService, keep_silent, until

pytestmark = pytest.mark.timing

BULK = "POST /api/v1/products/bulk"


class TestBudget:
    def test_it_is_given_back(self) -> None:
        bodies = WaitingBodies()
        hold = bodies.hold("a")
        for size in (10, 7, 12):
            hold.grow(size)
        assert bodies.size == 12
        hold.give_back()
        hold.give_back()
        assert bodies.size == 0

    def test_all_together_have_so_much(self) -> None:
        bodies = WaitingBodies(capacity=20, address_share=10)
        first, second, third = (bodies.hold(address) for address in "abc")
        first.grow(10)
        second.grow(9)
        with pytest.raises(ServiceUnavailable):
            third.grow(2)
        third.grow(1)
        assert (bodies.size, bodies.refused) == (20, 1)
        for hold in (first, second, third):
            hold.give_back()
        assert bodies.size == 0

    def test_one_address_gets_a_part_of_it(self) -> None:
        bodies = WaitingBodies(capacity=20, address_share=10)
        first, second, other = (bodies.hold(address) for address in "aab")
        first.grow(9)
        with pytest.raises(ServiceUnavailable):
            second.grow(2)
        other.grow(10)
        first.give_back()
        second.grow(10)

    def test_what_is_refused_takes_nothing(self) -> None:
        bodies = WaitingBodies(capacity=20, address_share=10)
        hold = bodies.hold("a")
        hold.grow(5)
        with pytest.raises(ServiceUnavailable):
            hold.grow(11)
        assert bodies.size == 5

    def test_they_are_as_large_as_was_promised(self) -> None:
        assert CAPACITY == 32 * 2**20
        assert ADDRESS_SHARE < CAPACITY


@pytest.mark.parametrize(
    ("line", "size"), [(LOGIN, BODY_LIMIT), (BULK, BULK_LIMIT), ("POST /api/v1/cart/items", 100)]
)
async def test_no_service_is_asked_before_a_body_is_whole(
    gateway: RunningGateway, auth: RawService, catalog: RawService, line: str, size: int
) -> None:
    upstreams = gateway.app.proxy.upstreams.values()
    async with connected(gateway.port) as client:
        await client.send(signed_in(line, f"content-length: {size}") + b"x" * (size - 1))
        await until(lambda: gateway.app.proxy.bodies.size == size - 1)
        assert not any(upstream.busy for upstream in upstreams)
        assert (await client.ask(b"x")).status == 200
    assert gateway.app.proxy.bodies.size == 0
    (seen,) = [seen for seen in (*auth.seen, *catalog.seen) if seen.body]
    assert len(seen.body) == size


async def test_nor_before_a_chunked_one_is(gateway: RunningGateway, auth: RawService) -> None:
    async with connected(gateway.port) as client:
        await client.send(request(LOGIN, "transfer-encoding: chunked"))
        await client.send(b"%x\r\n%b\r\n" % (BODY_LIMIT, b"x" * BODY_LIMIT))
        await until(lambda: gateway.app.proxy.bodies.size == BODY_LIMIT)
        assert not gateway.app.proxy.upstreams[AUTH].busy
        assert (await client.ask(b"0\r\n\r\n")).status == 200
    assert auth.seen[-1].values(b"content-length") == [b"%d" % BODY_LIMIT]


async def test_a_body_that_came_whole_counts_for_nothing(
    gateway: RunningGateway, auth: RawService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gateway.app.proxy.bodies, "_capacity", 0)
    assert (await gateway.ask(LOGIN, body=b"{}")).status == 200


class TestFull:
    """Clients that send slowly."""

    @pytest.fixture(autouse=True)
    def little_room(self, gateway: RunningGateway, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(gateway.app.proxy.bodies, "_capacity", 200_000)
        monkeypatch.setattr(gateway.app.proxy.bodies, "_address_share", 150_000)

    async def test_who_comes_then_gets_a_503_with_retry_after(
        self, gateway: RunningGateway
    ) -> None:
        async with AsyncExitStack() as stack:
            await drip(stack, gateway, 100_000)
            late = await stack.enter_async_context(connected(gateway.port))
            await late.send(request(LOGIN, "content-length: 100000") + b"x" * 60_000)
            reply = await late.reply()
        assert (reply.status, reply.values(b"connection")) == (503, [b"close"])
        assert reply.values(b"retry-after")

    async def test_everybody_else_is_served(self, gateway: RunningGateway) -> None:
        async with AsyncExitStack() as stack:
            await drip(stack, gateway, 140_000 - BODY_LIMIT)
            await drip(stack, gateway, BODY_LIMIT - 1)
            assert (await gateway.ask_signed_in(PRODUCTS)).status == 200
            assert (await gateway.ask(LOGIN, body=b"{}" * 1000)).status == 200

    async def test_who_leaves_gives_the_room_back(self, gateway: RunningGateway) -> None:
        async with AsyncExitStack() as stack:
            await drip(stack, gateway, 100_000)
        await until(lambda: gateway.app.proxy.bodies.size == 0)

    async def test_those_that_wait_for_a_connection_count_too(
        self, gateway: RunningGateway, auth: RawService
    ) -> None:
        auth.script = keep_silent
        body = b"x" * 60_000
        async with AsyncExitStack() as stack:
            clients = [await stack.enter_async_context(connected(gateway.port)) for _ in range(11)]
            for client in clients[:8]:
                await client.send(request(REFRESH, body=body))
            await until(lambda: gateway.app.proxy.upstreams[AUTH].busy == 8)
            for client in clients[8:10]:
                await client.send(request(REFRESH, body=body))
            await until(lambda: gateway.app.proxy.bodies.size == 120_000)
            assert (await clients[10].ask(request(REFRESH, body=body))).status == 503
        await until(lambda: gateway.app.proxy.bodies.size == 0)


REFRESH = "POST /api/v1/auth/refresh"


async def drip(stack: AsyncExitStack, gateway: RunningGateway, size: int) -> RawClient:
    """Send so much of a body that does not end."""
    before = gateway.app.proxy.bodies.size
    client = await stack.enter_async_context(connected(gateway.port))
    await client.send(request(LOGIN, f"content-length: {BODY_LIMIT}") + b"x" * size)
    await until(lambda: gateway.app.proxy.bodies.size == before + size)
    return client


async def test_many_who_send_slowly_are_felt_by_nobody(
    gateway: RunningGateway, auth: RawService, catalog: RawService
) -> None:
    """More of them than there are connections and places in the queue."""
    async with AsyncExitStack() as stack:
        for _ in range(60):
            client = await stack.enter_async_context(connected(gateway.port))
            head = signed_in("POST /api/v1/cart/items", "content-length: 60000")
            await client.send(head + b"x" * 10_000)
        await until(lambda: gateway.app.proxy.bodies.size == 600_000)
        replies = await asyncio.gather(*(gateway.ask_signed_in(PRODUCTS) for _ in range(8)))
        signed = await asyncio.gather(*(gateway.ask(LOGIN, body=b"{}") for _ in range(2)))
        assert {reply.status for reply in (*replies, *signed)} == {200}
        assert not catalog.seen or all(not seen.body for seen in catalog.seen)
