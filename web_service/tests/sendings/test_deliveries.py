"""Emails of a mailing, and what the mail server said of them."""

from typing import Any

import pytest

from web_service.tests.accounts import text_of
from web_service.tests.conftest import SignIn
from web_service.tests.fake_gateway import FakeGateway
from web_service.tests.sendings.mailings import API, ELSE, mailing, page_of

ONE = f"{API}/17"
LIST = f"{ONE}/deliveries"
DELIVERY: dict[str, Any] = {
    "id": 9,
    "mailing_id": 17,
    "run_id": 2,
    "recipient_id": 8,
    "email": "vera@example.com",
    "state": "failed",
    "state_reason": None,
    "attempts_used": 1,
    "next_try_at": None,
    "code": 550,
    "response": "5.1.1 <script>no such user</script>",
    "bounced": "hard",
    "changed_at": "2026-12-01T06:00:03Z",
}
ATTEMPT = {
    "at": "2026-12-01T06:00:03Z",
    "outcome": "permanent_failure",
    "code": 550,
    "response": "5.1.1 no such user",
    "duration_ms": 42,
    "server": "smtp.example.com:587",
}


async def test_the_list_says_who_got_it_and_what_the_server_said(
    sign_in: SignIn, gateway: FakeGateway
) -> None:
    browser = await sign_in()
    gateway.on("GET", ONE, mailing(ELSE))
    gateway.on("GET", LIST, page_of(DELIVERY))
    page = await browser.get("/sending/17/deliveries/?state=failed&q=vera&cursor=%00")
    assert page.status_code == 200
    assert "550 5.1.1 &lt;script&gt;no such user" in page.text
    assert "Came back" in page.text
    [call] = gateway.asked("GET", LIST)
    assert call.query == {"state": "failed", "q": "vera", "page": "1"}


@pytest.mark.parametrize("query", ["", "?state=sent", "?state=nonsense"])
async def test_an_empty_list_is_a_page(sign_in: SignIn, gateway: FakeGateway, query: str) -> None:
    browser = await sign_in()
    gateway.on("GET", ONE, mailing(ELSE))
    gateway.on("GET", LIST, page_of())
    page = await browser.get(f"/sending/17/deliveries/{query}")
    expected = "No email fits" if query == "?state=sent" else "Nothing was sent yet"
    assert (page.status_code, expected in page.text) == (200, True)


async def test_each_attempt_is_shown_with_the_servers_words(
    sign_in: SignIn, gateway: FakeGateway
) -> None:
    browser = await sign_in()
    details = {
        **DELIVERY,
        "attempts": [ATTEMPT],
        "bounces": [{"kind": "hard", "at": ATTEMPT["at"]}],
    }
    gateway.on("GET", "/api/v1/deliveries/9", details)
    page = text_of(await browser.get("/delivery/9/"))
    assert "550 5.1.1 no such user" in page
    assert "smtp.example.com:587" in page
    assert "42 ms" in page
    assert "There is no such address" in page


async def test_they_are_given_as_a_file(sign_in: SignIn, gateway: FakeGateway) -> None:
    browser = await sign_in()
    gateway.on("GET", f"{LIST}/export", [1, 2])
    response = await browser.get("/sending/17/deliveries/export/?state=failed")
    assert response.status_code == 200
    assert 'filename="deliveries-17.csv"' in response.headers["content-disposition"]
    [call] = gateway.asked("GET", f"{LIST}/export")
    assert call.query == {"format": "csv", "state": "failed"}
