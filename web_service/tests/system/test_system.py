"""The page of the system: what works, how old keys and backup are; what hangs does not hold it."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from shared import clock
from web_service.first_steps.facts import MAIL_SERVER, SETUP
from web_service.system import facts
from web_service.system.facts import HEALTH, SIGNING_KEYS
from web_service.tests.accounts import ME, heading_of, text_of
from web_service.tests.conftest import SignIn, person
from web_service.tests.fake_gateway import FakeGateway
from web_service.tests.first_steps.test_first_steps import finished
from web_service.tests.mail_server.test_mail_server import state
from web_service.tests.mailing_data import MOMENT

PATH = "/admin/system/"
PATHS = (HEALTH, SIGNING_KEYS, SETUP, MAIL_SERVER)
DAY = 24 * 3600


def health(**states: str) -> dict[str, Any]:
    """Return what the gateway says of the services."""
    names = {"gateway": "ready", "auth": "ready", "catalog": "ready", "mailing": "ready", **states}
    return {
        "services": [
            {"name": name, "state": said, "duration_ms": 4} for name, said in names.items()
        ]
    }


def key(kid: str, said: str, age: int) -> dict[str, Any]:
    """Return what auth says of a signing key."""
    moments = {"created_at": MOMENT, "activated_at": None, "retired_at": None}
    return {"kid": kid, "state": said, "age": age, **moments}


def say(gateway: FakeGateway, **setup: object) -> None:
    """Have everything work."""
    gateway.on("GET", HEALTH, health())
    keys = [key("first", "current", 3 * DAY + 5), key("second", "next", 60)]
    gateway.on("GET", SIGNING_KEYS, {"keys": keys, "rotation_interval": 30 * DAY})
    gateway.on("GET", SETUP, finished(**setup))
    gateway.on("GET", MAIL_SERVER, state())


@pytest.fixture
async def admin(sign_in: SignIn) -> httpx2.AsyncClient:
    return await sign_in("user", "admin")


async def test_strangers_sign_in_first(browser: httpx2.AsyncClient) -> None:
    assert (await browser.get(PATH)).headers["location"] == f"/users/login/?next={PATH}"


@pytest.mark.parametrize("roles", [("user",), ("user", "manager"), ("user", "blog_manager")])
async def test_it_is_for_administrators(
    sign_in: SignIn, gateway: FakeGateway, roles: tuple[str, ...]
) -> None:
    gateway.on("GET", ME, person())
    page = await (await sign_in(*roles)).get(PATH)
    assert page.status_code == 403
    assert not any(word in text_of(page) for word in ("Signing", "backup", "catalog"))
    assert not [call for call in gateway.calls if call.path in PATHS]


async def test_it_shows_what_is_said(admin: httpx2.AsyncClient, gateway: FakeGateway) -> None:
    say(gateway)
    page = await admin.get(PATH)
    text = text_of(page)
    assert (page.status_code, heading_of(page)) == (200, "System")
    for said in (
        "catalog Works",
        "first Signs now 3 days",
        "second Signs next less than a day",
        "One signs for 30 days",
        "vitrina auth keys rotate",
        "make backup",
        "Fresh",
        "less than a day ago",
    ):
        assert said in text, said
    assert "<form" not in page.text.partition("<main")[2].partition("</main")[0], "it only reads"
    assert "Not known now" not in text


async def test_a_service_that_hangs_or_is_not_ready_is_said(
    admin: httpx2.AsyncClient, gateway: FakeGateway
) -> None:
    say(gateway)
    gateway.answers.pop(("GET", HEALTH))
    gateway.on("GET", HEALTH, health(catalog="no_response", mailing="not_ready", new="other"))
    text = text_of(await admin.get(PATH))
    assert "catalog No answer" in text
    assert "mailing Cannot work now" in text
    assert "new other –" in text


@pytest.mark.parametrize(
    ("age", "said"),
    [
        (None, "There is none."),
        (timedelta(days=9), "Too old"),
        (timedelta(minutes=-1), "Fresh"),
    ],
)
async def test_the_age_of_the_backup_is_judged(
    admin: httpx2.AsyncClient, gateway: FakeGateway, age: timedelta | None, said: str
) -> None:
    say(gateway, last_backup_at=None if age is None else (clock.now() - age).isoformat())
    assert said in text_of(await admin.get(PATH))


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("status", [404, 503])
async def test_what_nobody_says_is_not_known(
    admin: httpx2.AsyncClient, gateway: FakeGateway, path: str, status: int
) -> None:
    say(gateway)
    gateway.answers.pop(("GET", path))
    gateway.refuse("GET", path, status, "no")
    page = await admin.get(PATH)
    assert page.status_code == 200
    assert text_of(page).count("Not known now") == 1


@pytest.mark.parametrize("hanging", [(SIGNING_KEYS, SETUP), (MAIL_SERVER,), PATHS])
async def test_what_hangs_does_not_hold_the_page(
    admin: httpx2.AsyncClient,
    gateway: FakeGateway,
    monkeypatch: pytest.MonkeyPatch,
    hanging: tuple[str, ...],
) -> None:
    for name in ("SECONDS", "HEALTH_SECONDS"):
        monkeypatch.setattr(facts, name, 0.2)
    say(gateway)
    for path in hanging:
        gateway.answers.pop(("GET", path))
        gateway.hang("GET", path)
    async with asyncio.timeout(2):
        page = await admin.get(PATH)
    assert page.status_code == 200
    assert text_of(page).count("Not known now") == len(hanging)


async def test_the_page_waits_for_no_more_than_its_own_time() -> None:
    assert facts.SECONDS <= 2
    assert facts.SECONDS < facts.HEALTH_SECONDS < 3


@pytest.mark.parametrize("path", PATHS)
async def test_whose_role_was_taken_away_sees_none_of_it(
    admin: httpx2.AsyncClient, gateway: FakeGateway, path: str
) -> None:
    say(gateway)
    gateway.answers.pop(("GET", path))
    gateway.refuse("GET", path, 403, "forbidden", "Forbidden")
    page = await admin.get(PATH)
    assert page.status_code == 403
    assert "Signs now" not in page.text


async def test_it_speaks_russian(sign_in: SignIn, gateway: FakeGateway) -> None:
    say(gateway)
    text = text_of(await (await sign_in("user", "admin", language="ru")).get(PATH))
    for said in ("Система", "catalog Работает", "3 дня", "30 дней", "Подписывает сейчас"):
        assert said in text, said
