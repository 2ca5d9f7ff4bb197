"""A process that is killed between the two commits, auth's and its own, signs nobody out."""

import asyncio
from datetime import timedelta

import httpx2
import pytest

from shared import clock
from shared.secret_box import SecretBox
from testing.database import ServiceDatabase
from web_service.models import BrowserSession
from web_service.sessions import cookie, service
from web_service.sessions.tokens import Tokens
from web_service.tests.conftest import SECRETS, person, running_service
from web_service.tests.fake_gateway import FakeGateway
from web_service.tests.processes import services_on
from web_service.tests.sessions.rotating_auth import RotatingAuth

PAGE = "/orders/"
NO_ORDERS = {"items": [], "total": 0, "page": 1, "size": 20, "pages": 0}


async def _signed_in(auth: RotatingAuth) -> str:
    tokens = Tokens(auth.issue(), auth.name(0), clock.now())
    return await service.begin(tokens, person(), box=SecretBox(SECRETS), remember=True)


async def _expire() -> None:
    await BrowserSession.all().update(access_expires_at=clock.now() - timedelta(seconds=1))


async def _orders(url: str, value: str) -> int:
    async with httpx2.AsyncClient(cookies={cookie.cookie_name(secure=False): value}) as browser:
        return (await browser.get(f"{url}{PAGE}", timeout=30)).status_code


async def killed_between_the_commits(
    times: int, database: ServiceDatabase, gateway: FakeGateway
) -> None:
    """Kill the process that asks, each time that auth has committed; then click again."""
    auth = RotatingAuth().at(gateway)
    gateway.on(
        "GET", "/api/v1/orders", {"items": [], "total": 0, "page": 1, "size": 20, "pages": 0}
    )
    async with running_service(database, gateway), services_on(database, gateway) as start:
        value = await _signed_in(auth)
        process, url = await start()
        for round_number in range(1, times + 1):
            await _expire()
            victim = process

            async def kill() -> None:
                auth.before_response = None
                victim.kill()  # noqa: B023 - called within the round
                await victim.wait()  # noqa: B023

            auth.before_response = kill
            with pytest.raises(httpx2.TransportError):
                await _orders(url, value)
            process, url = await start()
            assert await _orders(url, value) == 200
            assert (auth.rotations, auth.thefts) == (round_number, 0)
    await database.empty()


async def test_three_kills(database: ServiceDatabase, gateway: FakeGateway) -> None:
    await killed_between_the_commits(3, database, gateway)


@pytest.mark.soak
async def test_twenty_kills(database: ServiceDatabase, gateway: FakeGateway) -> None:
    await killed_between_the_commits(20, database, gateway)


async def test_auth_away_costs_nobody_their_session(
    database: ServiceDatabase, gateway: FakeGateway
) -> None:
    """Fifty people click while auth is away; the pages of others answer meanwhile."""
    auth = RotatingAuth().at(gateway)
    refresh = gateway.answers.pop(("POST", "/api/v1/auth/refresh"))
    away = {"code": 503, "error": "service_unavailable", "message": "Away."}
    not_sent = {"Vitrina-Not-Sent": "?1"}
    gateway.on("POST", "/api/v1/auth/refresh", away, status=503, headers=not_sent)
    gateway.on(
        "GET", "/api/v1/orders", {"items": [], "total": 0, "page": 1, "size": 20, "pages": 0}
    )
    async with running_service(database, gateway), services_on(database, gateway) as start:
        expired = [await _signed_in(auth) for _ in range(50)]
        _, url = await start()
        async with httpx2.AsyncClient() as stranger:
            clicks = [asyncio.create_task(_orders(url, value)) for value in expired]
            for _ in range(20):
                assert (await stranger.get(f"{url}/users/login/", timeout=3)).status_code == 200
        assert set(await asyncio.gather(*clicks)) == {503}
        assert await BrowserSession.filter(refresh_began_at=None).count() == 50
        gateway.answers["POST", "/api/v1/auth/refresh"] = refresh
        assert await _orders(url, expired[0]) == 200
        assert (auth.rotations, auth.thefts) == (1, 0)
    await database.empty()
