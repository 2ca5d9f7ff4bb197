"""Signing out: here, at auth, and in what the browser keeps; also while auth is away."""

import httpx2
from fastapi import FastAPI

from web_service.models import BrowserSession
from web_service.tests.accounts import LOGOUT, ME, heading_of, set_cookies, text_of
from web_service.tests.conftest import SignIn, browser_of, person
from web_service.tests.fake_gateway import FakeGateway

PAGE = "/users/logout/"


async def test_a_link_alone_signs_nobody_out(sign_in: SignIn, gateway: FakeGateway) -> None:
    gateway.on("GET", ME, person())
    browser = await sign_in()
    for _ in range(3):
        page = await browser.get(PAGE)
        assert (page.status_code, heading_of(page)) == (200, "Sign out")
        assert page.text.count('action="/users/logout/"') == 2, "of the menu and of the page"
        await browser.head(PAGE)
    assert not gateway.asked("POST", LOGOUT)
    assert await BrowserSession.all().count() == 1


async def test_the_session_ends_at_auth_and_in_the_browser(
    app: FastAPI, sign_in: SignIn, gateway: FakeGateway
) -> None:
    gateway.on("POST", LOGOUT, status=204)
    browser = await sign_in()
    stolen = browser.cookies["vitrina"]
    browser.cookies.set("vitrina-device", "d" * 43)
    browser.cookies.set("vitrina-language", "en")

    response = await browser.post(PAGE)

    assert (response.status_code, response.headers["location"]) == (303, "/")
    assert response.headers["clear-site-data"] == '"cache", "storage"'
    assert set(set_cookies(response)) == {"vitrina"}, "the device and the language stay"
    assert "max-age=0" in set_cookies(response)["vitrina"]
    assert gateway.asked("POST", LOGOUT)[0].headers["authorization"].startswith("Bearer ")
    assert not await BrowserSession.all()
    async with browser_of(app) as thief:
        thief.cookies.set("vitrina", stolen)
        assert (await thief.get(PAGE)).headers["location"].startswith("/users/login/")


async def test_back_shows_nothing_of_the_person_before(
    sign_in: SignIn, gateway: FakeGateway
) -> None:
    """The shared computer: what a browser does not store cannot come back."""
    gateway.on("POST", LOGOUT, status=204)
    gateway.on("GET", ME, person())
    browser = await sign_in()
    before = await browser.get(PAGE)
    assert "Анна Петрова" in text_of(before)
    assert before.headers["cache-control"] == "no-store"
    assert (await browser.post(PAGE)).headers["cache-control"] in {"no-store", "no-cache"}
    assert "Анна Петрова" not in (await browser.get("/")).text


async def test_auth_away_ends_the_session_here_and_is_said(
    sign_in: SignIn, gateway: FakeGateway
) -> None:
    gateway.refuse("POST", LOGOUT, 503, "service_unavailable")
    browser = await sign_in()

    page = await browser.post(PAGE)

    assert page.status_code == 200
    assert "could not be reached" in text_of(page)
    assert "Анна Петрова" not in page.text
    assert page.headers["clear-site-data"] == '"cache", "storage"'
    assert "max-age=0" in set_cookies(page)["vitrina"]
    assert not await BrowserSession.all()


async def test_a_session_that_is_over_at_auth_is_signed_out_all_the_same(
    sign_in: SignIn, gateway: FakeGateway
) -> None:
    gateway.refuse("POST", LOGOUT, 401, None, "Unauthorized")
    gateway.refuse("POST", "/api/v1/auth/refresh", 401, None, "Unauthorized")
    browser = await sign_in()
    response = await browser.post(PAGE)
    assert response.status_code == 303
    assert not await BrowserSession.all()


async def test_a_foreign_form_signs_nobody_out(sign_in: SignIn, gateway: FakeGateway) -> None:
    browser = await sign_in()
    response = await browser.post(PAGE, headers={"Sec-Fetch-Site": "cross-site"})
    assert response.status_code == 403
    assert await BrowserSession.all().count() == 1
    assert not gateway.calls


async def test_who_is_not_signed_in_is_led_home(browser: httpx2.AsyncClient) -> None:
    assert (await browser.post(PAGE)).headers["location"] == "/"
