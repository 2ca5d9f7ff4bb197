"""When an address is left alone, and how it comes back."""

import asyncio

import pytest

from gateway.settings import GatewaySettings
from gateway.tests.conftest import RunningGateway, running, until_ready
from gateway.tests.raw_exchange import FAST, GET, exchange
from gateway.upstream.circuit_breaker import Breaker, State
from gateway.upstream.errors import BreakerOpen, ResponseTimeout
from gateway.upstream.pool import Upstream
from testing.gateway.raw_client import LOGIN, PRODUCTS
from testing.gateway.raw_service import (
    RawService,
    after_request,
    answer_everything,
    keep_silent,
    until,
)

pytestmark = pytest.mark.timing


def opened(limit: int = 3) -> Breaker:
    breaker = Breaker(limit, 1.0)
    for _ in range(limit):
        breaker.fail(10.0)
    return breaker


def test_failures_in_a_row_open_it() -> None:
    breaker = Breaker(3, 1.0)
    assert [breaker.fail(10.0) for _ in range(3)] == [False, False, True]
    assert (breaker.state, breaker.closed) == (State.OPEN, False)


def test_a_response_in_between_starts_the_row_anew() -> None:
    breaker = Breaker(3, 1.0)
    for _ in range(10):
        breaker.fail(10.0)
        breaker.fail(10.0)
        breaker.succeed()
    assert breaker.closed


def test_a_sure_failure_is_enough() -> None:
    breaker = Breaker(3, 1.0)
    assert breaker.fail(10.0, surely=True)


def test_it_is_probed_once_in_a_pause() -> None:
    breaker = opened()
    assert [breaker.is_probe_due(now) for now in (10.5, 11.0, 11.5, 12.0)] == [
        False,
        True,
        False,
        True,
    ]


def test_one_that_responds_gets_one_request_and_its_response_closes() -> None:
    breaker = opened()
    breaker.probe_succeeded()
    assert (breaker.state, breaker.closed) == (State.HALF_OPEN, False)
    breaker.succeed()
    assert breaker.closed


def test_a_failure_behind_an_opened_door_shuts_it_again() -> None:
    breaker = opened()
    breaker.probe_succeeded()
    assert breaker.fail(20.0)
    assert not breaker.is_probe_due(20.5)


def test_without_a_limit_it_never_opens() -> None:
    breaker = Breaker(0, 1.0)
    assert not any(breaker.fail(10.0, surely=True) for _ in range(100))
    assert breaker.closed


class TestService:
    async def test_it_opens_lets_one_through_and_closes(self, service: RawService) -> None:
        async with Upstream(service.url, FAST) as upstream:
            service.script = keep_silent
            for _ in range(3):
                with pytest.raises(ResponseTimeout):
                    await exchange(upstream)
            with pytest.raises(BreakerOpen):
                await exchange(upstream)
            breaker = upstream.endpoints.all[0].breaker
            await until(lambda: breaker.state is State.HALF_OPEN)
            service.script = answer_everything
            trial = await upstream.acquire()
            with pytest.raises(BreakerOpen):  # only one at a time
                await upstream.acquire()
            trial.start(GET, head_only=False, complete=True)
            await trial.wait_for_head()
            await trial.read()
            upstream.release(trial)
            assert breaker.closed
            assert await asyncio.gather(*(exchange(upstream) for _ in range(4))) == [b"ok"] * 4

    async def test_a_trial_that_nobody_waits_for_leaves_the_next_one_its_turn(
        self, service: RawService
    ) -> None:
        async with Upstream(service.url, FAST) as upstream:
            breaker = upstream.endpoints.all[0].breaker
            service.script = keep_silent
            await asyncio.gather(*(exchange(upstream) for _ in range(3)), return_exceptions=True)
            await until(lambda: breaker.state is State.HALF_OPEN)
            trial = asyncio.ensure_future(exchange(upstream))
            await until(lambda: upstream.busy == 1)
            trial.cancel()
            await asyncio.gather(trial, return_exceptions=True)
            service.script = answer_everything
            assert await exchange(upstream) == b"ok"
            assert breaker.closed

    async def test_the_client_gets_a_503_immediately_and_the_other_service_is_as_before(
        self, settings: GatewaySettings, auth: RawService, catalog: RawService
    ) -> None:
        changed = settings.model_copy(update={"breaker_failures": 2})
        async with running(changed) as gateway:
            await until_ready(gateway)
            catalog.script = after_request(lambda peer: peer.close())
            statuses = [(await gateway.ask_signed_in(PRODUCTS)).status for _ in range(3)]
            assert statuses == [502, 502, 503]
            assert (await gateway.ask(LOGIN, body=b"{}")).status == 200
            assert (len(catalog.seen), await retry_after(gateway)) == (2, [b"1"])


async def retry_after(gateway: RunningGateway) -> list[bytes]:
    return (await gateway.ask_signed_in(PRODUCTS)).values(b"retry-after")
