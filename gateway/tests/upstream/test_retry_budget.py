"""What is asked once more because a kept connection ended, and what never is."""

from collections import Counter
from contextlib import AsyncExitStack

import pytest

from gateway.settings import GatewaySettings
from gateway.tests.conftest import running, until_ready
from gateway.tests.raw_exchange import FAST
from gateway.upstream.errors import BreakerOpen, ClosedBeforeResponse
from gateway.upstream.pool import Upstream
from testing.gateway.raw_client import LOGIN
from testing.gateway.raw_service import Peer, RawService, after_request

pytestmark = pytest.mark.timing


class TestAskedAgain:
    async def test_a_get_whose_kept_connection_ends_is_asked_once_more(
        self, settings: GatewaySettings, auth: RawService, catalog: RawService
    ) -> None:
        async with running(settings) as gateway:
            await until_ready(gateway)
            catalog.script = answer_once_then_close
            path = "GET /api/v1/products/1"
            for _ in range(10):
                assert (await gateway.ask_signed_in(path)).status == 200
            assert len(catalog.seen) > 10

    async def test_one_that_ends_again_is_a_502_and_no_third_try(
        self, settings: GatewaySettings, auth: RawService, catalog: RawService
    ) -> None:
        async with running(settings) as gateway:
            await until_ready(gateway)
            path = "GET /api/v1/products/1"
            catalog.script = answer_once_then_close
            assert (await gateway.ask_signed_in(path)).status == 200
            catalog.script = after_request(lambda peer: peer.close())
            assert (await gateway.ask_signed_in(path)).status == 502
            assert len(catalog.seen) == 3

    async def test_a_post_is_never_sent_twice(
        self, settings: GatewaySettings, auth: RawService, catalog: RawService
    ) -> None:
        async with running(settings) as gateway:
            await until_ready(gateway)
            auth.script = answer_once_then_close
            statuses: Counter[int] = Counter()
            for number in range(30):
                statuses[(await gateway.ask(LOGIN, body=b"%d" % number)).status] += 1
            bodies = Counter(seen.body for seen in auth.seen if b"login" in seen.line)
            assert set(bodies.values()) == {1}
            assert statuses[502] > 0

    async def test_few_are_asked_again_at_the_same_time(self, service: RawService) -> None:
        async with Upstream(service.url, FAST) as upstream, AsyncExitStack() as tries:
            connection = await upstream.acquire()
            for _ in range(10):
                tries.enter_context(upstream.retrying(connection))
            with pytest.raises(BreakerOpen), upstream.retrying(connection):
                pass
            connection.fail(ClosedBeforeResponse())
            with pytest.raises(ClosedBeforeResponse), upstream.retrying(connection):
                pass
            upstream.release(connection)


async def answer_once_then_close(peer: Peer) -> None:
    """Answer the first request of a connection, and end it at the second."""
    await peer.request()
    await peer.answer()
    await peer.request()
    peer.close()
