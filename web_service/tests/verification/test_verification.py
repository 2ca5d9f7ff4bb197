"""Confirming an email by the code of the email, and having another one sent."""

from fastapi import FastAPI

from testing.tokens import access_token
from web_service.models import BrowserSession
from web_service.tests.accounts import ME, set_cookies, text_of
from web_service.tests.conftest import SignIn, browser_of, person
from web_service.tests.email_links.test_links import TOKEN
from web_service.tests.fake_gateway import FakeGateway

PAGE = "/users/confirm-email/"
VERIFY = "/api/v1/auth/email/verify"
RESEND = "/api/v1/auth/email/resend"


def refreshes(gateway: FakeGateway, session: BrowserSession) -> None:
    """Have auth exchange the session's tokens, and say who it is."""
    who = str(session.user_id)
    access = access_token(sub=who, roles=["user"], email_verified=True)
    pair = {"access_token": access, "refresh_token": "the-next", "expires_in": 900}
    gateway.on("POST", "/api/v1/auth/refresh", pair)
    gateway.on("GET", ME, person(id=who, roles=["user"]))


async def test_a_code_confirms(app: FastAPI, sign_in: SignIn, gateway: FakeGateway) -> None:
    browser = await sign_in(is_email_verified=False)
    session = await BrowserSession.get()
    before = browser.cookies["vitrina"]
    gateway.on("POST", VERIFY, status=204)
    refreshes(gateway, session)
    assert 'autocomplete="one-time-code"' in (await browser.get(PAGE)).text

    response = await browser.post(PAGE, data={"code": " 042 137 "})

    assert response.headers["location"] == f"/users/{session.user_id}/"
    assert gateway.asked("POST", VERIFY)[0].json == {"code": "042137"}
    after = await BrowserSession.get()
    assert after.is_verified
    assert after.id_hash != session.id_hash, "another cookie with other rights"
    assert "vitrina" in set_cookies(response)
    assert browser.cookies["vitrina"] != before
    assert after.notices == [["success", "Your email is confirmed."]]


async def test_a_code_that_is_not_right_is_said_beside_it(
    sign_in: SignIn, gateway: FakeGateway
) -> None:
    browser = await sign_in()
    gateway.refuse("POST", VERIFY, 400, "invalid_or_expired_code", "Not right.")
    page = await browser.post(PAGE, data={"code": "111111"})
    assert page.status_code == 400
    assert "Not right." in text_of(page)
    assert 'href="#field-code"' in page.text
    assert 'value="111111"' in page.text


async def test_another_email_is_sent(sign_in: SignIn, gateway: FakeGateway) -> None:
    browser = await sign_in()
    gateway.on("POST", RESEND, status=202)
    response = await browser.post(f"{PAGE}resend/")
    assert (response.status_code, response.headers["location"]) == (303, PAGE)
    assert "We have sent another email." in text_of(await browser.get(PAGE))
    assert "We have sent another email." not in text_of(await browser.get(PAGE))


async def test_another_email_so_soon_says_when(sign_in: SignIn, gateway: FakeGateway) -> None:
    browser = await sign_in()
    said = {"code": 429, "error": "too_many_letters", "message": "Wait."}
    gateway.on("POST", RESEND, said, status=429, headers={"Retry-After": "59"})
    page = await browser.post(f"{PAGE}resend/")
    assert page.status_code == 429
    assert "Try again in 59 seconds." in text_of(page)


async def test_a_link_confirms_for_who_is_signed_in(sign_in: SignIn, gateway: FakeGateway) -> None:
    browser = await sign_in(is_email_verified=False)
    session = await BrowserSession.get()
    gateway.on("POST", "/api/v1/auth/email/confirm", status=204)
    refreshes(gateway, session)
    await browser.get(f"/confirm?token={TOKEN}")
    response = await browser.post("/confirm")
    assert response.headers["location"] == f"/users/{session.user_id}/"
    assert (await BrowserSession.get()).is_verified


async def test_auth_away_after_the_confirmation_loses_nothing(
    sign_in: SignIn, gateway: FakeGateway
) -> None:
    browser = await sign_in()
    gateway.on("POST", VERIFY, status=204)
    gateway.refuse("POST", "/api/v1/auth/refresh", 503, "service_unavailable")
    response = await browser.post(PAGE, data={"code": "042137"})
    assert response.status_code == 303
    assert await BrowserSession.all().count() == 1


async def test_a_stranger_signs_in_first(app: FastAPI) -> None:
    async with browser_of(app) as stranger:
        response = await stranger.get(PAGE)
    assert response.headers["location"] == "/users/login/?next=/users/confirm-email/"
