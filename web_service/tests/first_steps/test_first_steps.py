"""The checklist after installation: what it says, to whom, and when it is out of the way."""

from datetime import timedelta
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI

from shared import clock
from web_service.first_steps.facts import MAIL_SERVER, PRODUCTS, SETUP
from web_service.models import BrowserSession
from web_service.tests.accounts import ME, heading_of, text_of
from web_service.tests.conftest import SignIn, person
from web_service.tests.fake_gateway import FakeGateway
from web_service.tests.profile.test_security import CHANGE, PASSWORD, TYPED

PATH = "/admin/first-steps/"
STEPS = 8


def new(**changes: object) -> dict[str, Any]:
    """Return what auth says of a new installation."""
    return {
        "first_password_changed": True,
        "administrators": 1,
        "public_url": "http://localhost:8000",
        "mail_server_configured": False,
        "emails_are_caught": False,
        "last_email_sent_at": None,
        "last_backup_at": None,
        **changes,
    }


def finished(**changes: object) -> dict[str, Any]:
    """Return what it says when all is done."""
    done = {
        "administrators": 2,
        "public_url": "https://shop.example.com",
        "mail_server_configured": True,
        "last_email_sent_at": "2026-11-30T10:00:00Z",
        "last_backup_at": (clock.now() - timedelta(hours=3)).isoformat(),
    }
    return new(**{**done, **changes})


def say(gateway: FakeGateway, setup: dict[str, Any], products: int, *servers: str) -> None:
    """Have the services say how far they are."""
    gateway.on("GET", SETUP, setup)
    gateway.on("GET", PRODUCTS, {"items": [], "total": products})
    named = [{"name": name} for name in servers]
    gateway.on("GET", MAIL_SERVER, {"servers": named, "has_sent_emails": False})


@pytest.fixture
def named(app: FastAPI) -> None:
    """A shop that has a name of its own."""
    app.state.settings = app.state.settings.model_copy(update={"shop_name": "Чайная"})


@pytest.mark.parametrize("roles", [("user",), ("user", "manager"), ("user", "blog_manager")])
async def test_it_is_for_administrators(
    sign_in: SignIn, gateway: FakeGateway, roles: tuple[str, ...]
) -> None:
    gateway.on("GET", ME, person())
    browser = await sign_in(*roles)
    assert (await browser.get(PATH)).status_code == 403
    assert "First steps" not in (await browser.get("/")).text
    assert not gateway.asked("GET", SETUP)


async def test_strangers_sign_in_first(browser: httpx2.AsyncClient) -> None:
    assert (await browser.get(PATH)).headers["location"] == f"/users/login/?next={PATH}"


async def test_a_new_shop_reads_what_to_write(sign_in: SignIn, gateway: FakeGateway) -> None:
    say(gateway, new(), 0)
    browser = await sign_in("admin")

    page = await browser.get(PATH)

    text = text_of(page)
    assert heading_of(page) == "First steps"
    assert f"1 of {STEPS} are done" in text
    for line in ("WEB_SHOP_NAME=", "PUBLIC_URL=", "AUTH_SMTP_HOST=", "MAILING_FROM="):
        assert line in text
    assert "make backup" in text
    assert "There is none." in text
    assert "<form" not in page.text.partition("<main")[2].partition("</main")[0], "it only reads"
    assert "7 of the first steps are to be done." in text_of(await browser.get("/"))


@pytest.mark.usefixtures("named")
async def test_it_goes_away_when_all_is_done_and_is_found_again(
    sign_in: SignIn, gateway: FakeGateway
) -> None:
    say(gateway, finished(), 3, "smtp.example.com:587")
    browser = await sign_in("admin")

    home, page = await browser.get("/"), await browser.get(PATH)

    assert "first steps are to be done" not in text_of(home)
    assert f'href="{PATH.rstrip("/")}"' in home.text
    assert "All is done." in text_of(page)
    assert "WEB_SHOP_NAME=" not in page.text


@pytest.mark.usefixtures("named")
@pytest.mark.parametrize(
    ("changes", "title"),
    [
        ({"first_password_changed": False}, "Change the first password"),
        ({"public_url": "http://shop.example.com"}, "Public address and TLS"),
        ({"mail_server_configured": False}, "Name the mail server"),
        ({"emails_are_caught": True}, "Name the mail server"),
        ({"last_email_sent_at": None}, "Send a test email"),
        ({"administrators": 1}, "Appoint a second administrator"),
        ({"last_backup_at": None}, "Make backups"),
        ({"last_backup_at": "2026-01-01T00:00:00Z"}, "Make backups"),
    ],
)
async def test_each_step_is_done_by_itself(
    sign_in: SignIn, gateway: FakeGateway, changes: dict[str, object], title: str
) -> None:
    say(gateway, finished(**changes), 3, "smtp.example.com:587")
    browser = await sign_in("admin")
    text = text_of(await browser.get(PATH))
    assert f"{STEPS - 1} of {STEPS} are done" in text
    assert f"{title} To do" in text


@pytest.mark.usefixtures("named")
@pytest.mark.parametrize(
    ("path", "unknown"), [(SETUP, 6), (PRODUCTS, 1), (MAIL_SERVER, 1)], ids=["auth", "cat", "mail"]
)
@pytest.mark.parametrize("status", [404, 503])
async def test_what_a_service_that_is_away_would_say_is_not_known(
    sign_in: SignIn, gateway: FakeGateway, path: str, unknown: int, status: int
) -> None:
    say(gateway, finished(), 3, "smtp.example.com:587")
    gateway.answers.pop(("GET", path))
    gateway.refuse("GET", path, status, "no")
    browser = await sign_in("admin")
    page, home = await browser.get(PATH), await browser.get("/")
    assert page.status_code == home.status_code == 200
    assert text_of(page).count("Not known now") == unknown
    assert "to be done" not in text_of(home)


@pytest.mark.usefixtures("named")
async def test_a_test_email_of_either_mail_server_will_do(
    sign_in: SignIn, gateway: FakeGateway
) -> None:
    say(gateway, finished(last_email_sent_at=None), 3, "smtp.example.com:587")
    gateway.answers.pop(("GET", MAIL_SERVER))
    gateway.on("GET", MAIL_SERVER, {"servers": [{"name": "one:25"}], "has_sent_emails": True})
    assert "All is done." in text_of(await (await sign_in("admin")).get(PATH))


async def test_the_test_email_leads_to_the_mail_server(
    sign_in: SignIn, gateway: FakeGateway
) -> None:
    say(gateway, new(), 0)
    page = await (await sign_in("admin")).get(PATH)
    assert 'href="/admin/mail-server/">Mail server</a>' in page.text


async def test_whose_role_was_taken_away_sees_none_of_it(
    sign_in: SignIn, gateway: FakeGateway
) -> None:
    say(gateway, new(), 0)
    gateway.answers.pop(("GET", SETUP))
    gateway.refuse("GET", SETUP, 403, "forbidden", "Forbidden")
    browser = await sign_in("admin")
    page, home = await browser.get(PATH), await browser.get("/")
    assert (page.status_code, home.status_code) == (403, 200)
    assert "WEB_SHOP_NAME" not in page.text
    assert "to be done" not in text_of(home)


async def test_a_new_administrator_sees_the_password_alone_and_then_the_first_steps(
    sign_in: SignIn, gateway: FakeGateway
) -> None:
    gateway.on("GET", ME, person(roles=["user", "admin"]))
    gateway.on("POST", CHANGE, status=204)
    gateway.refuse("POST", "/api/v1/auth/refresh", 503, "service_unavailable")
    browser = await sign_in("user", "admin")
    await BrowserSession.all().update(must_change_password=True)
    for path in ("/", PATH, "/admin/users/"):
        assert (await browser.get(path)).headers["location"] == PASSWORD
    assert not gateway.asked("GET", SETUP)

    assert (await browser.post(PASSWORD, data=TYPED)).headers["location"] == PATH
