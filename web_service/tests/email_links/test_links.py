"""Links of emails: the token stays in no address, log or page, and scanners change nothing."""

import logging
from datetime import timedelta

import httpx2
import pytest

from testing.clock import movable_clock
from web_service.tests.accounts import DEVICE_TOKEN, heading_of, set_cookies, text_of
from web_service.tests.fake_gateway import FakeGateway

TOKEN = "kZx0b2pQm1vR8sT3uW5yA7cE9gI1kM3oQ5sU7wY9aBc"
NEW = {"password": "Open:Sesame2", "password_confirmation": "Open:Sesame2"}
LINKS = {
    "/confirm": "/api/v1/auth/email/confirm",
    "/reset": "/api/v1/auth/password/reset",
    "/sign-in-link": "/api/v1/auth/sign-in-link/confirm",
}
EACH = pytest.mark.parametrize("path", LINKS)


def does(gateway: FakeGateway, path: str) -> None:
    """Have the gateway do what the link is for."""
    if path == "/sign-in-link":
        said = {"device_token": DEVICE_TOKEN, "expires_in": 600}
        gateway.on("POST", LINKS[path], said)
    else:
        gateway.on("POST", LINKS[path], status=204)


@EACH
@pytest.mark.parametrize("slash", ["", "/"])
async def test_the_token_leaves_the_address(
    browser: httpx2.AsyncClient, path: str, slash: str
) -> None:
    response = await browser.get(f"{path}{slash}?token={TOKEN}")

    assert (response.status_code, response.headers["location"]) == (303, path)
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["referrer-policy"] == "same-origin"
    ((name, cookie),) = set_cookies(response).items()
    assert name.startswith("vitrina-link-")
    assert TOKEN.lower() not in cookie
    for attribute in ("max-age=600", "httponly", f"path={path}", "samesite=lax"):
        assert attribute in cookie

    page = await browser.get(path)
    assert (page.status_code, page.headers["cache-control"]) == (200, "no-store")
    assert TOKEN not in page.text


@EACH
async def test_the_button_does_it_once(
    browser: httpx2.AsyncClient, gateway: FakeGateway, path: str
) -> None:
    does(gateway, path)
    await browser.get(f"{path}?token={TOKEN}")
    response = await browser.post(path, data=NEW)

    assert response.status_code == 303
    assert response.headers["location"].startswith("/users/login/?said=")
    (asked,) = gateway.asked("POST", LINKS[path])
    assert asked.json["token"] == TOKEN
    assert "max-age=0" in set_cookies(response)[f"vitrina-link-{path.strip('/')}"]
    assert (await browser.get(response.headers["location"])).status_code == 200
    assert (await browser.post(path, data=NEW)).status_code == 400
    assert len(gateway.calls) == 1


@EACH
async def test_scanners_change_nothing(
    browser: httpx2.AsyncClient, gateway: FakeGateway, path: str
) -> None:
    for number in range(100):
        ask = browser.head if number % 2 else browser.get
        address = f"{path}?token={TOKEN}" if number % 4 < 2 else path
        assert (await ask(address)).status_code in {200, 303}
    assert not gateway.calls


@EACH
async def test_the_token_is_in_no_log(
    browser: httpx2.AsyncClient,
    gateway: FakeGateway,
    path: str,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    gateway.refuse("POST", LINKS[path], 500, None)
    await browser.get(f"{path}?token={TOKEN}")
    await browser.get(path)
    await browser.post(path, data=NEW)
    written = "".join(capfd.readouterr())
    records = [record.getMessage() for record in caplog.records if record.name != "httpx2"]
    assert TOKEN not in written
    assert TOKEN not in "".join(records)


@EACH
@pytest.mark.parametrize(
    "query",
    [
        "",
        "?token=",
        "?token=a%20b",
        "?token=a&token=b",
        "?token=" + "a" * 101,
        "?token=%3Cscript%3E",
    ],
)
async def test_a_link_that_did_not_come_whole_says_what_to_do(
    browser: httpx2.AsyncClient, gateway: FakeGateway, path: str, query: str
) -> None:
    first = await browser.get(f"{path}{query}")
    page = await browser.get(path) if first.status_code == 303 else first
    assert page.status_code == 400
    assert heading_of(page) == "This link does not work"
    assert "data-takes-token" in page.text
    assert not gateway.calls


@EACH
@pytest.mark.parametrize("value", ["", "nonsense", "AAAA", "é", "A" * 200])
async def test_a_cookie_that_was_not_sealed_here_is_none(
    browser: httpx2.AsyncClient, gateway: FakeGateway, path: str, value: str
) -> None:
    name = f"vitrina-link-{path.strip('/')}"
    fields = {b"Cookie": f"{name}={value}".encode()}
    assert (await browser.post(path, data=NEW, headers=fields)).status_code == 400
    assert not gateway.calls


async def test_a_token_for_one_thing_is_good_for_no_other(
    browser: httpx2.AsyncClient, gateway: FakeGateway
) -> None:
    response = await browser.get(f"/confirm?token={TOKEN}")
    value = response.headers["set-cookie"].partition("=")[2].partition(";")[0]
    browser.cookies.set("vitrina-link-reset", value)
    assert (await browser.post("/reset", data=NEW)).status_code == 400
    assert not gateway.calls


@EACH
async def test_after_ten_minutes_the_link_is_opened_again(
    browser: httpx2.AsyncClient, gateway: FakeGateway, path: str
) -> None:
    await browser.get(f"{path}?token={TOKEN}")
    with movable_clock() as clock:
        clock.advance(timedelta(minutes=10, seconds=1))
        assert (await browser.get(path)).status_code == 400
        assert (await browser.post(path, data=NEW)).status_code == 400
    assert not gateway.calls


@EACH
async def test_a_token_that_auth_refuses_is_forgotten(
    browser: httpx2.AsyncClient, gateway: FakeGateway, path: str
) -> None:
    gateway.refuse("POST", LINKS[path], 400, "invalid_or_expired_token", "It has expired.")
    await browser.get(f"{path}?token={TOKEN}")
    page = await browser.post(path, data=NEW)
    assert page.status_code == 400
    assert "It has expired." in text_of(page)
    assert "max-age=0" in set_cookies(page)[f"vitrina-link-{path.strip('/')}"]


@EACH
async def test_too_many_tries_keep_the_token(
    browser: httpx2.AsyncClient, gateway: FakeGateway, path: str
) -> None:
    said = {"code": 429, "error": "too_many_tries", "message": "Too many tries."}
    gateway.on("POST", LINKS[path], said, status=429, headers={"Retry-After": "30"})
    await browser.get(f"{path}?token={TOKEN}")
    page = await browser.post(path, data=NEW)
    assert (page.status_code, page.headers["retry-after"]) == (429, "30")
    assert "Try again in 30 seconds." in text_of(page)
    assert not set_cookies(page)


@EACH
async def test_a_foreign_form_does_nothing(
    browser: httpx2.AsyncClient, gateway: FakeGateway, path: str
) -> None:
    await browser.get(f"{path}?token={TOKEN}")
    for fields in ({"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}):
        assert (await browser.post(path, data=NEW, headers=fields)).status_code == 403
    assert not gateway.calls
