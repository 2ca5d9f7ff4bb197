"""Registering: the rules before one types, all mistakes together, and signed in afterwards."""

import json
from pathlib import Path

import httpx2
import pytest

from web_service.models import BrowserSession
from web_service.registration import password_rules
from web_service.tests.accounts import DEVICE_TOKEN, LOGIN, lets_in, set_cookies, text_of
from web_service.tests.conftest import person
from web_service.tests.fake_gateway import FakeGateway

ROOT = Path(__file__).parents[3]
PAGE = "/users/register/"
REGISTER = "/api/v1/auth/register"
TYPED = {
    "full_name": "Анна Петрова",
    "email": "anna@example.com",
    "phone": "8 (916) 123-45-67",
    "password": " Open:Sesame1 ",
    "password_confirmation": " Open:Sesame1 ",
}


@pytest.mark.parametrize(
    ("language", "rules"),
    [
        ("en", ["8 to 128 characters", "A capital Latin letter", "One of $ % & ! :", "+7 and ten"]),
        ("ru", ["От 8 до 128 символов", "Заглавная латинская буква", "Один из $ % & ! :", "+7 и"]),
    ],
)
async def test_each_rule_stands_before_its_field(
    browser: httpx2.AsyncClient, language: str, rules: list[str]
) -> None:
    page = await browser.get(PAGE, headers={"Accept-Language": language})
    assert page.status_code == 200
    for rule in rules:
        assert rule in text_of(page)
    assert page.text.count('autocomplete="new-password"') == 2


def test_the_rules_are_those_of_auth() -> None:
    document = json.loads((ROOT / "docs/openapi/auth.json").read_text())
    of_auth = document["components"]["schemas"]["Registration"]["properties"]["password"]
    assert of_auth["minLength"] == password_rules.MIN_LENGTH
    assert of_auth["maxLength"] == password_rules.MAX_LENGTH
    assert f"[{password_rules.SPECIAL_CHARACTERS}]" in of_auth["pattern"]


async def test_who_has_registered_is_signed_in_and_learns_of_the_email(
    browser: httpx2.AsyncClient, gateway: FakeGateway
) -> None:
    gateway.on("POST", REGISTER, person(), status=201)
    lets_in(gateway, is_email_verified=False)

    response = await browser.post(PAGE, data=TYPED)

    assert (response.status_code, response.headers["location"]) == (303, "/users/registered/")
    assert gateway.asked("POST", REGISTER)[0].json == TYPED, "a password is sent as it is typed"
    assert gateway.asked("POST", REGISTER)[0].headers["accept-language"] == "en"
    assert gateway.asked("POST", LOGIN)[0].json["login"] == "anna@example.com"
    assert set_cookies(response)["vitrina-device"].startswith(DEVICE_TOKEN)
    assert await BrowserSession.all().count() == 1
    assert "Welcome, Анна Петрова!" in text_of(await browser.get("/users/registered/"))


async def test_all_mistakes_are_said_together(
    browser: httpx2.AsyncClient, gateway: FakeGateway
) -> None:
    mistakes = {
        "full_name": "Must not be blank",
        "phone": "Must be +7 and ten digits",
        "password": "Must have an upper-case letter",
        "password_confirmation": "Must repeat the password",
        "time_zone": "Must be a time zone",
    }
    gateway.refuse("POST", REGISTER, 422, "validation_error", fields=mistakes)
    page = await browser.post(PAGE, data=TYPED)

    assert page.status_code == 422
    for name, message in mistakes.items():
        assert message in text_of(page)
        if name != "time_zone":
            assert f'href="#field-{name}"' in page.text
    assert 'value="Анна Петрова"' in page.text
    assert "Sesame" not in page.text, "passwords are never sent back"


@pytest.mark.parametrize(("error", "field"), [("email_taken", "email"), ("phone_taken", "phone")])
async def test_what_is_taken_is_said_beside_its_field(
    browser: httpx2.AsyncClient, gateway: FakeGateway, error: str, field: str
) -> None:
    gateway.refuse("POST", REGISTER, 409, error, "Another account has this.")
    page = await browser.post(PAGE, data=TYPED)
    assert page.status_code == 409
    assert f'href="#field-{field}"' in page.text


async def test_a_proof_that_the_shop_asks_for_is_said(
    browser: httpx2.AsyncClient, gateway: FakeGateway
) -> None:
    gateway.refuse("POST", REGISTER, 403, "proof_required", "Prove first.")
    page = await browser.post(PAGE, data=TYPED)
    assert page.status_code == 403
    assert "Prove first." in text_of(page)
    assert 'value="anna@example.com"' in page.text


async def test_too_many_registrations_say_how_long_to_wait(
    browser: httpx2.AsyncClient, gateway: FakeGateway
) -> None:
    said = {"code": 429, "error": "too_many_tries", "message": "Too many tries"}
    gateway.on("POST", REGISTER, said, status=429, headers={"Retry-After": "60"})
    page = await browser.post(PAGE, data=TYPED)
    assert (page.status_code, page.headers["retry-after"]) == (429, "60")
    assert "Try again in 60 seconds" in text_of(page)


async def test_an_account_without_a_session_leads_to_the_sign_in(
    browser: httpx2.AsyncClient, gateway: FakeGateway
) -> None:
    gateway.on("POST", REGISTER, person(), status=201)
    gateway.refuse("POST", LOGIN, 503, "too_busy")
    response = await browser.post(PAGE, data=TYPED)
    assert response.headers["location"] == "/users/login/?said=registered"
    page = await browser.get(response.headers["location"])
    assert "Your account is there." in text_of(page)


async def test_fields_that_nobody_asked_for_are_not_passed_on(
    browser: httpx2.AsyncClient, gateway: FakeGateway
) -> None:
    gateway.on("POST", REGISTER, person(), status=201)
    lets_in(gateway)
    await browser.post(PAGE, data={**TYPED, "roles": "admin", "is_email_verified": "true"})
    assert gateway.asked("POST", REGISTER)[0].json == TYPED


async def test_a_name_full_of_markup_stays_text(
    browser: httpx2.AsyncClient, gateway: FakeGateway
) -> None:
    gateway.refuse("POST", REGISTER, 422, "validation_error", fields={"full_name": "<b>No</b>"})
    name = '"><script>alert(1)</script>{{ 7*7 }}{% include "x" %}'
    page = await browser.post(PAGE, data={**TYPED, "full_name": name})
    assert "<script>alert" not in page.text
    assert "<b>No</b>" not in page.text
    assert "{{ 7*7 }}" in page.text
