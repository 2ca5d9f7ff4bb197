"""Signing in: whom it lets in, where it leads, and what the browser keeps."""

from html import escape

import httpx2
import pytest
from fastapi import FastAPI

from testing.database import ServiceDatabase
from web_service.models import BrowserSession, TokenRevocation
from web_service.sessions import cookie
from web_service.tests.accounts import (
    DEVICE_TOKEN,
    LOGIN,
    LOGOUT,
    ME,
    heading_of,
    lets_in,
    set_cookies,
    text_of,
)
from web_service.tests.conftest import SignIn, browser_of, person, running_service
from web_service.tests.fake_gateway import FakeGateway

PAGE = "/users/login/"
TYPED = {"login": "anna@example.com", "password": "Open:Sesame1"}

ELSEWHERE = [
    "https://evil.example/",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "http:evil.example",
    "evil.example",
    "/" + "a" * 3000,
    "/%0d%0aSet-Cookie:x=y\r\nSet-Cookie: x=y",
    "/\u3002/evil",
]


async def test_the_page_asks_for_one_name_and_a_password(browser: httpx2.AsyncClient) -> None:
    page = await browser.get(PAGE)
    assert page.status_code == 200
    assert heading_of(page) == "Sign in"
    assert 'autocomplete="username"' in page.text
    assert 'autocomplete="current-password"' in page.text


async def test_a_sign_in_leads_on_and_is_remembered_by_the_browser_alone(
    browser: httpx2.AsyncClient, gateway: FakeGateway
) -> None:
    somebody = lets_in(gateway)
    response = await browser.post(PAGE, data={**TYPED, "next": "/orders?page=2"})

    assert (response.status_code, response.headers["location"]) == (303, "/orders?page=2")
    cookies = set_cookies(response)
    assert "httponly" in cookies["vitrina"]
    assert "samesite=lax" in cookies["vitrina"]
    assert "max-age" not in cookies["vitrina"]
    assert "max-age=15552000" in cookies["vitrina-device"]
    assert "httponly" in cookies["vitrina-device"]
    (session,) = await BrowserSession.all()
    assert str(session.user_id) == somebody["id"]
    assert session.id_hash == cookie.hash_of(browser.cookies["vitrina"])
    assert gateway.asked("POST", LOGIN)[0].json == TYPED
    assert "authorization" not in gateway.asked("POST", LOGIN)[0].headers


async def test_remember_me_outlives_the_browser(
    browser: httpx2.AsyncClient, gateway: FakeGateway
) -> None:
    lets_in(gateway)
    response = await browser.post(PAGE, data={**TYPED, "remember": "on"})

    assert "max-age=7776000" in set_cookies(response)["vitrina"]
    assert (await BrowserSession.get()).is_remembered


async def test_cookies_are_for_https_alone_where_people_come_by_it(
    database: ServiceDatabase, gateway: FakeGateway
) -> None:
    lets_in(gateway)
    async with (
        running_service(database, gateway, public_url="https://shop.example") as app,
        browser_of(app) as browser,
    ):
        response = await browser.post(PAGE, data=TYPED)
    await database.empty()

    cookies = set_cookies(response)
    assert set(cookies) == {"__Host-vitrina", "__Host-vitrina-device"}
    for attributes in cookies.values():
        assert "secure" in attributes
        assert "path=/" in attributes
        assert "domain" not in attributes


@pytest.mark.parametrize("wanted", ELSEWHERE, ids=range(len(ELSEWHERE)))
async def test_next_never_leads_elsewhere(
    browser: httpx2.AsyncClient, gateway: FakeGateway, wanted: str
) -> None:
    lets_in(gateway)
    page = await browser.get(PAGE, params={"next": wanted})
    assert '<input type="hidden" name="next" value="/">' in page.text

    response = await browser.post(PAGE, data={**TYPED, "next": wanted})
    assert (response.status_code, response.headers["location"]) == (303, "/")
    assert "x" not in set_cookies(response)


async def test_the_device_token_is_presented_again(
    browser: httpx2.AsyncClient, gateway: FakeGateway
) -> None:
    lets_in(gateway)
    await browser.post(PAGE, data=TYPED)
    await browser.post("/users/logout/")
    await browser.post(PAGE, data=TYPED)

    assert gateway.asked("POST", LOGIN)[1].json == {**TYPED, "device_token": DEVICE_TOKEN}


async def test_a_device_token_that_cannot_be_one_is_not_sent(
    browser: httpx2.AsyncClient, gateway: FakeGateway
) -> None:
    lets_in(gateway)
    browser.cookies.set("vitrina-device", "x" * 513)
    await browser.post(PAGE, data=TYPED)
    assert gateway.asked("POST", LOGIN)[0].json == TYPED


async def test_an_id_from_before_the_sign_in_is_worth_nothing(
    app: FastAPI, sign_in: SignIn, gateway: FakeGateway
) -> None:
    """Session fixation: somebody has put their own session, or a value, into this browser."""
    victim = await sign_in(full_name="Mallory")
    planted = victim.cookies["vitrina"]
    anna = lets_in(gateway)

    response = await victim.post(PAGE, data=TYPED)

    fresh = set_cookies(response)["vitrina"].partition(";")[0]
    assert fresh != planted.lower()
    (session,) = await BrowserSession.all()
    assert str(session.user_id) == anna["id"]
    assert len(gateway.asked("POST", LOGOUT)) == 1, "the old session ends at auth"
    async with browser_of(app) as attacker:
        attacker.cookies.set("vitrina", planted)
        assert (await attacker.get("/users/logout/")).status_code == 303
        attacker.cookies.set("vitrina", "A" * 43)
        assert (await attacker.get("/users/logout/")).status_code == 303


async def test_the_old_session_is_not_used_to_ask_for_the_new_one(
    sign_in: SignIn, gateway: FakeGateway
) -> None:
    browser = await sign_in()
    gateway.refuse("POST", LOGIN, 401, None)
    await browser.post(PAGE, data=TYPED)
    (asked,) = gateway.asked("POST", LOGIN)
    assert "authorization" not in asked.headers, "a wrong password is one guess, not two"


async def test_what_is_not_right_is_not_named(
    browser: httpx2.AsyncClient, gateway: FakeGateway
) -> None:
    gateway.refuse("POST", LOGIN, 401, None, "Unauthorized")
    page = await browser.post(PAGE, data={**TYPED, "remember": "on", "next": "/cart"})

    assert page.status_code == 422
    assert "The email or phone, or the password, is not right." in text_of(page)
    assert 'value="anna@example.com"' in page.text
    assert 'name="next" value="/cart"' in page.text
    assert "Open:Sesame1" not in page.text
    assert "vitrina" not in set_cookies(page)


async def test_an_empty_form_is_not_sent_on(
    browser: httpx2.AsyncClient, gateway: FakeGateway
) -> None:
    page = await browser.post(PAGE, data={"login": " ", "password": ""})
    assert page.status_code == 422
    assert text_of(page).count("Must not be empty") == 4, "in the summary and beside each field"
    assert not gateway.calls


async def test_too_many_tries_say_how_long_to_wait_and_offer_a_link(
    browser: httpx2.AsyncClient, gateway: FakeGateway
) -> None:
    said = {"code": 429, "error": "too_many_tries", "message": "Too many tries"}
    gateway.on("POST", LOGIN, said, status=429, headers={"Retry-After": "342"})
    page = await browser.post(PAGE, data=TYPED)

    assert (page.status_code, page.headers["retry-after"]) == (429, "342")
    assert "Try again in 6 minutes." in text_of(page)
    assert 'action="/users/login/link/"' in page.text
    assert 'name="login" value="anna@example.com"' in page.text
    assert "Open:Sesame1" not in page.text


async def test_a_limit_of_the_gateway_offers_no_link(
    browser: httpx2.AsyncClient, gateway: FakeGateway
) -> None:
    said = {"code": 429, "error": "too_many_requests", "message": "Too many requests"}
    gateway.on("POST", LOGIN, said, status=429, headers={"Retry-After": "1"})
    page = await browser.post(PAGE, data=TYPED, headers={"Accept-Language": "ru"})
    assert page.status_code == 429
    assert "Попробуйте снова через 1 секунду" in text_of(page)
    assert "/users/login/link/" not in page.text


async def test_a_session_that_cannot_begin_is_revoked(
    browser: httpx2.AsyncClient, gateway: FakeGateway
) -> None:
    lets_in(gateway)
    gateway.answers.pop(("GET", ME))
    gateway.refuse("GET", ME, 503, "service_unavailable")
    gateway.refuse("POST", "/api/v1/auth/revoke", 503, "service_unavailable")
    page = await browser.post(PAGE, data=TYPED)
    assert page.status_code == 503
    assert "vitrina" not in set_cookies(page)
    assert not await BrowserSession.all()
    assert await TokenRevocation.all().count() == 1, "nobody has its tokens, so auth ends it"


async def test_auth_away_is_a_page(browser: httpx2.AsyncClient, gateway: FakeGateway) -> None:
    gateway.refuse("POST", LOGIN, 503, "service_unavailable")
    page = await browser.post(PAGE, data=TYPED)
    assert page.status_code == 503
    assert "vitrina" not in set_cookies(page)


@pytest.mark.parametrize(
    "name", ["<script>alert(1)</script>", "{{ 7 * 7 }}{% raw %}", '"><img src=x>']
)
async def test_markup_in_a_name_stays_text(
    sign_in: SignIn, gateway: FakeGateway, name: str
) -> None:
    gateway.on("GET", ME, person(full_name=name))
    browser = await sign_in(full_name=name)
    page = await browser.get("/users/logout/")
    assert page.status_code == 200
    assert (
        escape(name, quote=True).replace("&#x27;", "&#39;").replace("&quot;", "&#34;") in page.text
    )
    assert "<script>alert" not in page.text
    assert "<img src=x>" not in page.text
    assert "49" not in text_of(page)


async def test_what_was_typed_is_shown_as_text(
    browser: httpx2.AsyncClient, gateway: FakeGateway
) -> None:
    gateway.refuse("POST", LOGIN, 401, None)
    typed = '"><script>alert(1)</script>{{ 7 * 7 }}'
    page = await browser.post(PAGE, data={"login": typed, "password": "x"})
    assert "<script>alert" not in page.text
    assert "{{ 7 * 7 }}" in page.text
