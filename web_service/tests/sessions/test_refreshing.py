"""Tokens are exchanged once for all pages that want new ones, and no fault loses them."""

import asyncio
from datetime import timedelta

import httpx2
import pytest
from aiohttp import web
from fastapi import FastAPI

from shared.clock import now
from testing.clock import movable_clock
from testing.database import ServiceDatabase
from web_service.models import BrowserSession, TokenRevocation
from web_service.sessions import cookie, refreshing, revoking
from web_service.tests.conftest import browser_of
from web_service.tests.fake_gateway import FakeGateway
from web_service.tests.sessions.conftest import WHO, Expire
from web_service.tests.sessions.rotating_auth import REFRESH, REVOKE, RotatingAuth


async def test_twenty_pages_of_one_moment_make_one_call(
    tab: httpx2.AsyncClient, auth: RotatingAuth
) -> None:
    responses = await asyncio.gather(*(tab.get(WHO) for _ in range(20)))
    assert [response.status_code for response in responses] == [200] * 20
    assert (auth.rotations, auth.thefts) == (1, 0)


async def test_two_tabs_that_reload_as_the_token_expires_stay_signed_in(
    tab: httpx2.AsyncClient, auth: RotatingAuth, expire: Expire
) -> None:
    for rounds in range(1, 51):
        responses = await asyncio.gather(tab.get(WHO), tab.get(WHO))
        assert [response.status_code for response in responses] == [200, 200]
        assert (auth.rotations, auth.thefts) == (rounds, 0)
        await expire()


async def test_two_replicas_make_one_call(
    tab: httpx2.AsyncClient,
    value: str,
    auth: RotatingAuth,
    gateway: FakeGateway,
    database: ServiceDatabase,
    app: FastAPI,
) -> None:
    """Each with a lease of its own: what differs between processes is the table of tasks."""
    other = refreshing.Refresher(app.state.gateway, app.state.box)
    [session] = await BrowserSession.all()
    page = asyncio.create_task(tab.get(WHO))
    calls = [other.refreshed(await BrowserSession.get(id=session.id), {}) for _ in range(3)]
    await asyncio.gather(*calls)
    assert (await page).status_code == 200
    assert (auth.rotations, auth.thefts) == (1, 0)
    assert len(gateway.asked("POST", REFRESH)) == 1


async def test_a_cancelled_navigation_loses_no_token(
    tab: httpx2.AsyncClient, auth: RotatingAuth
) -> None:
    committed, go_on = asyncio.Event(), asyncio.Event()

    async def wait() -> None:
        committed.set()
        await go_on.wait()

    auth.before_response = wait
    navigation = asyncio.create_task(tab.get(WHO))
    await committed.wait()
    navigation.cancel()
    await asyncio.gather(navigation, return_exceptions=True)
    go_on.set()
    auth.before_response = None
    assert (await tab.get(WHO)).status_code == 200
    assert (auth.rotations, auth.thefts) == (1, 0)


async def test_a_call_that_auth_never_saw_keeps_the_token(
    tab: httpx2.AsyncClient, auth: RotatingAuth, gateway: FakeGateway
) -> None:
    answers = gateway.answers.pop(("POST", REFRESH))
    away = {"code": 502, "error": "bad_gateway", "message": "Away."}
    gateway.on("POST", REFRESH, away, status=502, headers={"Vitrina-Not-Sent": "?1"})
    response = await tab.get(WHO)
    assert (response.status_code, response.headers["retry-after"]) == (503, "3")
    assert len(gateway.asked("POST", REFRESH)) == 1
    [session] = await BrowserSession.all()
    assert (session.refreshing_until, session.refresh_began_at) == (None, None)
    gateway.answers["POST", REFRESH] = answers
    assert (await tab.get(WHO)).status_code == 200
    assert (auth.rotations, auth.thefts) == (1, 0)


@pytest.fixture
def lost_responses(monkeypatch: pytest.MonkeyPatch, auth: RotatingAuth) -> list[int]:
    """Auth commits, and its response is lost as often as the list's number says."""
    left = [3]
    monkeypatch.setattr(refreshing, "PAUSE_SECONDS", 0.01)

    async def lose() -> None:
        if left[0]:
            left[0] -= 1
            raise web.HTTPBadGateway

    auth.before_response = lose
    return left


async def test_a_call_of_unknown_outcome_is_repeated_with_the_same_token(
    tab: httpx2.AsyncClient, auth: RotatingAuth, gateway: FakeGateway, lost_responses: list[int]
) -> None:
    assert (await tab.get(WHO)).status_code == 200
    presented = [call.json["refresh_token"] for call in gateway.asked("POST", REFRESH)]
    assert presented == ["token-0"] * 4
    assert (auth.rotations, auth.thefts) == (1, 0)


async def test_a_token_whose_fate_stays_unknown_is_only_revoked(
    tab: httpx2.AsyncClient,
    auth: RotatingAuth,
    gateway: FakeGateway,
    app: FastAPI,
    lost_responses: list[int],
) -> None:
    lost_responses[0] = 10**6
    revoke = gateway.answers.pop(("POST", REVOKE))
    gateway.on("POST", REVOKE, status=502)
    with movable_clock() as clock:
        navigation = asyncio.create_task(tab.get(WHO))
        while len(gateway.asked("POST", REFRESH)) < 2:
            await asyncio.sleep(0.01)
        clock.advance(refreshing.REPEATED_FOR)
        response = await navigation
        assert (response.status_code, response.headers["location"][:14]) == (303, "/users/login/?")
        calls = len(gateway.asked("POST", REFRESH))
        assert await BrowserSession.all().count() == 0
        await revoking.revoke_due(app.state.gateway, app.state.box)
        assert await TokenRevocation.all().count() == 1
        gateway.answers["POST", REVOKE] = revoke
        clock.advance(revoking.AGAIN_AFTER)
        await revoking.revoke_due(app.state.gateway, app.state.box)
    assert auth.revoked == ["token-0"]
    assert await TokenRevocation.all().count() == 0
    assert len(gateway.asked("POST", REFRESH)) == calls
    assert auth.thefts == 0


async def test_what_a_process_left_that_died_is_taken_over_by_another(
    tab: httpx2.AsyncClient, auth: RotatingAuth, app: FastAPI
) -> None:
    auth.generation = 1  # auth has committed; the one who asked is gone
    auth.used_at["token-0"] = asyncio.get_running_loop().time()
    with movable_clock() as clock:
        began = {"refresh_began_at": now(), "refreshing_until": now()}
        await BrowserSession.all().update(**began)
        clock.advance(timedelta(seconds=1))
        other = refreshing.Refresher(app.state.gateway, app.state.box)
        await other.take_over()
        await asyncio.gather(*other._tasks.values())
    [session] = await BrowserSession.all()
    assert session.refresh_began_at is None
    assert (await tab.get(WHO)).status_code == 200
    assert auth.thefts == 0


async def test_a_session_that_auth_has_ended_is_over(
    tab: httpx2.AsyncClient, auth: RotatingAuth
) -> None:
    auth.is_over = True
    response = await tab.get(WHO)
    assert response.status_code == 303
    assert response.headers["location"] == "/users/login/?next=/test/who"
    assert 'vitrina=""' in response.headers["set-cookie"]
    assert await BrowserSession.all().count() == 0


async def test_an_access_token_that_is_refused_is_exchanged_once(
    tab: httpx2.AsyncClient, auth: RotatingAuth
) -> None:
    assert (await tab.get(WHO)).status_code == 200
    auth.access.clear()  # as if the person's roles had changed
    assert (await tab.get(WHO)).status_code == 200
    assert auth.rotations == 2


async def test_a_change_of_rights_gives_a_new_cookie_and_the_old_one_a_moment(
    tab: httpx2.AsyncClient, value: str, auth: RotatingAuth, app: FastAPI
) -> None:
    auth.roles = ["manager", "user"]
    response = await tab.get(WHO)
    assert response.status_code == 200
    given = response.cookies["vitrina"]
    assert given != value
    async with browser_of(app) as other_tab:
        other_tab.cookies.set(cookie.cookie_name(secure=False), value)
        assert (await other_tab.get(WHO)).status_code == 200
        with movable_clock() as clock:
            clock.advance(timedelta(seconds=31))
            assert (await other_tab.get(WHO)).status_code == 303
            assert (await tab.get(WHO)).status_code == 200


async def test_a_page_without_content_of_its_own_sees_a_block_too(
    tab: httpx2.AsyncClient, auth: RotatingAuth
) -> None:
    assert (await tab.get("/")).status_code == 200
    auth.access.clear()
    auth.is_over = True
    response = await tab.get("/")
    assert (response.status_code, response.headers["location"]) == (303, "/users/login/")
    assert (await tab.get("/")).status_code == 200  # as a stranger
    assert await BrowserSession.all().count() == 0


async def test_a_role_that_was_given_just_now_opens_its_pages(
    tab: httpx2.AsyncClient, auth: RotatingAuth, gateway: FakeGateway
) -> None:
    nothing = {"items": [], "total": 0, "page": 1, "size": 20, "pages": 0}
    gateway.on("GET", "/api/v1/mailings", nothing)
    assert (await tab.get("/admin/sendings/")).status_code == 403
    auth.roles = ["manager", "user"]
    auth.access.clear()
    assert (await tab.get("/admin/sendings/")).status_code == 200


async def test_it_opens_them_also_while_the_old_token_is_still_taken(
    tab: httpx2.AsyncClient, auth: RotatingAuth, gateway: FakeGateway
) -> None:
    nothing = {"items": [], "total": 0, "page": 1, "size": 20, "pages": 0}
    gateway.on("GET", "/api/v1/mailings", nothing)
    auth.roles = ["manager", "user"]  # the gateway hears of it within two seconds
    assert (await tab.get("/admin/sendings/")).status_code == 200
