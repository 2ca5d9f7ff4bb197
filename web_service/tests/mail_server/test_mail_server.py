"""The page of the mail server, for managers: its state, and a test email to oneself."""

from typing import Any

import httpx2
import pytest

from web_service.mail_server.pages import MAIL_SERVER, PATH
from web_service.tests.accounts import ME, heading_of, text_of
from web_service.tests.conftest import SignIn, person
from web_service.tests.fake_gateway import FakeGateway
from web_service.tests.mailing_data import HOSTILE, MOMENT


def server(**changes: Any) -> dict[str, Any]:
    """Return what the API says of a mail server."""
    return {
        "name": "smtp.example.com:587",
        "is_spare": False,
        "breaker": "closed",
        "failures": 0,
        "opened_at": None,
        "open_until": None,
        "last_error": None,
        **changes,
    }


def worker(**changes: Any) -> dict[str, Any]:
    """Return what the API says of a worker."""
    return {"started_at": MOMENT, "seen_at": MOMENT, "is_alive": True, **changes}


def state(**changes: Any) -> dict[str, Any]:
    """Return what the API says of sending."""
    return {
        "servers": [server()],
        "workers": [worker()],
        "last_response": None,
        "has_sent_emails": False,
        "rates": {
            "server_rate": 20.0,
            "domain_rate": 0.0,
            "domain_connections": 2,
            "owner_quota": 200,
        },
        "queue": {"pending": 4, "claimed": 1, "sending": 0, "oldest_due_at": None},
        "slow_domains": [],
        "held_at": None,
        "has_news_of_accounts": True,
        **changes,
    }


def sent_test(**changes: Any) -> dict[str, Any]:
    """Return what the API says of a test email."""
    return {
        "id": 7,
        "email": "maria@example.com",
        "state": "pending",
        "code": None,
        "response": None,
        "created_at": MOMENT,
        "expires_at": MOMENT,
        **changes,
    }


@pytest.fixture
async def manager(sign_in: SignIn) -> httpx2.AsyncClient:
    return await sign_in("user", "manager")


async def test_strangers_sign_in_first(browser: httpx2.AsyncClient) -> None:
    assert (await browser.get(PATH)).headers["location"] == f"/users/login/?next={PATH}"


@pytest.mark.parametrize("roles", [("user",), ("user", "blog_manager")])
async def test_others_see_nothing_of_it_and_send_nothing(
    sign_in: SignIn, gateway: FakeGateway, roles: tuple[str, ...]
) -> None:
    gateway.on("GET", ME, person())
    browser = await sign_in(*roles)
    for response in (await browser.get(PATH), await browser.post(f"{PATH}test/")):
        assert response.status_code == 403
        assert not any(word in text_of(response) for word in ("Mail server", "smtp", "Worker"))
    assert not [call for call in gateway.calls if call.path.startswith(MAIL_SERVER)]


async def test_it_shows_what_the_api_says(
    manager: httpx2.AsyncClient, gateway: FakeGateway
) -> None:
    last = {
        "server": "smtp.example.com:587",
        "at": MOMENT,
        "outcome": "permanent_failure",
        "code": 550,
        "response": HOSTILE,
    }
    slow = {"domain": "slow.example", "failures": 3, "slow_until": MOMENT}
    shut = server(name="spare:25", is_spare=True, breaker="open", failures=6, open_until=MOMENT)
    shut |= {"opened_at": MOMENT, "last_error": "535 Authentication failed"}
    gateway.on(
        "GET",
        MAIL_SERVER,
        state(servers=[server(), shut], last_response=last, slow_domains=[slow]),
    )
    page = await manager.get(PATH)
    text = text_of(page)
    assert (page.status_code, heading_of(page)) == (200, "Mail server")
    for said in (
        "Takes emails",
        "spare:25 (spare) Left alone for a while until",
        "535 Authentication failed",
        "550",
        "20 emails a second",
        "As fast as can be",
        "slow.example",
        "None of them is due.",
        "Works",
    ):
        assert said in text, said
    assert "<script>alert" not in page.text
    assert "No worker was seen" not in text


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"servers": []}, "There is no mail server"),
        ({"held_at": MOMENT}, "All sending has been stopped since"),
        ({"has_news_of_accounts": False}, "there is no news of accounts"),
        ({"workers": []}, "No worker was seen lately"),
        ({"workers": [worker(is_alive=False)]}, "Not seen lately"),
    ],
)
async def test_what_keeps_emails_back_is_said(
    manager: httpx2.AsyncClient, gateway: FakeGateway, changes: dict[str, Any], said: str
) -> None:
    gateway.on("GET", MAIL_SERVER, state(**changes))
    assert said in text_of(await manager.get(PATH))


async def test_a_test_email_is_sent_and_followed_until_it_is_known(
    manager: httpx2.AsyncClient, gateway: FakeGateway
) -> None:
    gateway.on("GET", MAIL_SERVER, state())
    gateway.on("POST", f"{MAIL_SERVER}/test", sent_test(), status=202)
    gateway.on("GET", f"{MAIL_SERVER}/tests/7", sent_test())
    taken = sent_test(state="sent", code=250, response="2.0.0 Ok: queued")
    gateway.on("GET", f"{MAIL_SERVER}/tests/7", taken)
    location = (await manager.post(f"{PATH}test/")).headers["location"]
    waiting = await manager.get(location)
    assert "Test email to maria@example.com: Waits to be sent" in text_of(waiting)
    assert f'hx-get="{PATH}?test=7"' in waiting.text
    sent = await manager.get(location)
    assert "The mail server has taken it (250 2.0.0 Ok: queued)" in text_of(sent)
    assert 'hx-trigger="every 3s"' not in sent.text


@pytest.mark.parametrize("number", ["8", "x", "-1", "7'"])
async def test_one_that_is_not_there_is_not_shown(
    manager: httpx2.AsyncClient, gateway: FakeGateway, number: str
) -> None:
    gateway.on("GET", MAIL_SERVER, state())
    page = await manager.get(PATH, params={"test": number})
    assert page.status_code == 200
    assert "Test email to" not in page.text


async def test_what_the_api_refuses_is_said_on_the_page(
    manager: httpx2.AsyncClient, gateway: FakeGateway
) -> None:
    gateway.on("GET", MAIL_SERVER, state())
    gateway.refuse("POST", f"{MAIL_SERVER}/test", 409, "no_verified_address", "No address.")
    assert (await manager.post(f"{PATH}test/")).headers["location"] == PATH
    assert "No address." in text_of(await manager.get(PATH))


async def test_whose_role_was_taken_away_sees_none_of_it(
    manager: httpx2.AsyncClient, gateway: FakeGateway
) -> None:
    gateway.refuse("GET", MAIL_SERVER, 403, "forbidden", "Forbidden")
    gateway.refuse("POST", f"{MAIL_SERVER}/test", 403, "forbidden", "Forbidden")
    for response in (await manager.get(PATH), await manager.post(f"{PATH}test/")):
        assert response.status_code == 403
        assert "Takes emails" not in response.text


async def test_while_mailing_is_away_the_page_says_so(
    manager: httpx2.AsyncClient, gateway: FakeGateway
) -> None:
    gateway.refuse("GET", MAIL_SERVER, 503, "service_unavailable")
    gateway.refuse("POST", f"{MAIL_SERVER}/test", 502, "bad_gateway")
    page, sent = await manager.get(PATH), await manager.post(f"{PATH}test/")
    assert (page.status_code, page.headers["retry-after"]) == (503, "3")
    assert "This does not work at the moment" in text_of(page)
    assert "It is not known whether it was done" in text_of(sent)


async def test_mailing_may_be_of_the_version_before(
    manager: httpx2.AsyncClient, gateway: FakeGateway
) -> None:
    before = state()
    for name in ("workers", "last_response", "has_sent_emails"):
        del before[name]
    del before["servers"][0]["opened_at"]
    gateway.on("GET", MAIL_SERVER, before)
    text = text_of(await manager.get(PATH))
    assert "Workers Not known now" in text
    assert "No worker was seen" not in text


async def test_it_speaks_russian(sign_in: SignIn, gateway: FakeGateway) -> None:
    gateway.on("GET", MAIL_SERVER, state(held_at=MOMENT))
    page = await (await sign_in("user", "manager", language="ru")).get(PATH)
    assert heading_of(page) == "Почтовый сервер"
    assert "Принимает письма" in text_of(page)
    assert "20 писем в секунду" in text_of(page)
