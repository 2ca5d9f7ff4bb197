"""Asking for links, and setting a new password."""

import httpx2
import pytest

from web_service.tests.accounts import DEVICE_TOKEN, set_cookies, text_of
from web_service.tests.email_links.test_links import NEW, TOKEN, does
from web_service.tests.fake_gateway import FakeGateway

ASKING = [
    ("/users/password-reset/", "/api/v1/auth/password/forgot"),
    ("/users/login/link/", "/api/v1/auth/sign-in-link"),
]
EACH = pytest.mark.parametrize(("page", "path"), ASKING)


@EACH
async def test_a_link_is_asked_for_by_email_or_phone(
    browser: httpx2.AsyncClient, gateway: FakeGateway, page: str, path: str
) -> None:
    gateway.on("POST", path, status=202)
    assert (await browser.get(page)).status_code == 200
    response = await browser.post(page, data={"login": " 8 (916) 123-45-67 "})
    assert (response.status_code, response.headers["location"]) == (303, f"{page}sent/")
    assert gateway.asked("POST", path)[0].json == {"login": "8 (916) 123-45-67"}
    sent = await browser.get(f"{page}sent/")
    assert "If there is an account with this name" in text_of(sent)


@EACH
async def test_what_auth_says_against_a_name_stands_beside_it(
    browser: httpx2.AsyncClient, gateway: FakeGateway, page: str, path: str
) -> None:
    gateway.refuse("POST", path, 422, "validation_error", fields={"login": "Too long."})
    response = await browser.post(page, data={"login": "x" * 400})
    assert response.status_code == 422
    assert 'href="#field-login"' in response.text


@EACH
async def test_too_many_emails_say_how_long_to_wait(
    browser: httpx2.AsyncClient, gateway: FakeGateway, page: str, path: str
) -> None:
    said = {"code": 429, "error": "too_many_tries", "message": "Too many."}
    gateway.on("POST", path, said, status=429, headers={"Retry-After": "1"})
    response = await browser.post(page, data={"login": "anna@example.com"})
    assert (response.status_code, response.headers["retry-after"]) == (429, "1")
    assert "Try again in a second." in text_of(response)
    assert 'value="anna@example.com"' in response.text


async def test_a_new_password_that_is_refused_may_be_tried_again(
    browser: httpx2.AsyncClient, gateway: FakeGateway
) -> None:
    path = "/api/v1/auth/password/reset"
    mistakes = {"password": "Too easy.", "password_confirmation": "Must repeat it."}
    gateway.refuse("POST", path, 422, "validation_error", fields=mistakes)
    gateway.on("POST", path, status=204)
    await browser.get(f"/reset?token={TOKEN}")

    page = await browser.post("/reset", data=NEW)
    assert page.status_code == 422
    assert "Too easy." in text_of(page)
    assert "Must repeat it." in text_of(page)
    assert "Sesame" not in page.text

    again = await browser.post("/reset", data=NEW)
    assert again.headers["location"] == "/users/login/?said=reset"
    assert gateway.asked("POST", path)[1].json == {"token": TOKEN, **NEW}
    assert "Your new password is set." in text_of(await browser.get(again.headers["location"]))


async def test_a_link_lets_the_device_sign_in(
    browser: httpx2.AsyncClient, gateway: FakeGateway
) -> None:
    does(gateway, "/sign-in-link")
    await browser.get(f"/sign-in-link?token={TOKEN}")
    response = await browser.post("/sign-in-link")
    assert set_cookies(response)["vitrina-device"].startswith(DEVICE_TOKEN)
    assert "vitrina" not in set_cookies(response), "the password is still asked for"
