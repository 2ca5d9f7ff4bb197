"""A service known by a name: whatever the name leads to, now and later."""

import asyncio
import socket
from collections.abc import Callable
from dataclasses import replace

import pytest

from gateway.tests.raw_exchange import FAST, exchange
from gateway.upstream.errors import NameUnresolved
from gateway.upstream.pool import Upstream
from testing.gateway.raw_service import RawService, until

pytestmark = pytest.mark.timing


class TestNames:
    async def test_every_response_for_a_name_is_an_address(
        self, service: RawService, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        hosts = ("127.0.0.1", "127.0.0.2")
        answers: list[object] = [(0, 0, 0, "", (host, service.port)) for host in hosts]
        resolver(monkeypatch, lambda: answers)
        async with Upstream(f"http://shop.internal:{service.port}", FAST) as upstream:
            await exchange(upstream)
            assert [one.address[0] for one in upstream.endpoints.all] == ["127.0.0.1", "127.0.0.2"]

    async def test_a_name_is_asked_for_again_and_again(
        self, service: RawService, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        host = ["127.0.0.1"]
        resolver(monkeypatch, lambda: [(0, 0, 0, "", (host[0], service.port))])
        limits = replace(FAST, resolve_every=0.02)
        async with Upstream(f"http://shop.internal:{service.port}", limits) as upstream:
            await exchange(upstream)
            assert upstream.idle == 1
            host[0] = "127.0.0.3"
            await until(lambda: upstream.endpoints.all[0].address[0] == "127.0.0.3")
            assert (upstream.idle, upstream.taken) == (0, 0)

    async def test_a_resolver_that_is_away_costs_nothing_that_is_known(
        self, service: RawService, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        calls = []

        def answer() -> list[object]:
            calls.append(1)
            if len(calls) > 1:
                raise socket.gaierror
            return [(0, 0, 0, "", ("127.0.0.1", service.port))]

        resolver(monkeypatch, answer)
        limits = replace(FAST, resolve_every=0.02)
        async with Upstream(f"http://shop.internal:{service.port}", limits) as upstream:
            await exchange(upstream)
            await until(lambda: len(calls) > 2)
            assert await exchange(upstream) == b"ok"

    async def test_a_name_without_an_address_is_an_error(self) -> None:
        async with Upstream("http://nowhere.invalid", FAST) as upstream:
            with pytest.raises(NameUnresolved):
                await upstream.acquire()


def resolver(monkeypatch: pytest.MonkeyPatch, answer: Callable[[], list[object]]) -> None:
    """Respond for every name."""

    async def getaddrinfo(*_: object, **__: object) -> list[object]:
        return answer()

    class Loop:
        def __init__(self) -> None:
            self._loop = asyncio.get_running_loop()

        def __getattr__(self, name: str) -> object:
            return getaddrinfo if name == "getaddrinfo" else getattr(self._loop, name)

    loop = Loop()
    monkeypatch.setattr("gateway.upstream.endpoints.asyncio.get_running_loop", lambda: loop)
