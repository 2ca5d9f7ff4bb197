"""The language of the pages: of the account, then of the cookie, then of the browser."""

import httpx2
import pytest

from web_service.models import BrowserSession
from web_service.tests.accounts import ME, set_cookies
from web_service.tests.conftest import SignIn, person
from web_service.tests.fake_gateway import FakeGateway


async def test_a_choice_is_kept_in_a_cookie(browser: httpx2.AsyncClient) -> None:
    response = await browser.post("/language/", data={"language": "ru", "next": "/users/login/"})
    assert (response.status_code, response.headers["location"]) == (303, "/users/login/")
    assert "max-age=31536000" in set_cookies(response)["vitrina-language"]
    page = await browser.get("/users/login/", headers={"Accept-Language": "en"})
    assert '<html lang="ru"' in page.text


async def test_a_choice_is_kept_in_the_account(sign_in: SignIn, gateway: FakeGateway) -> None:
    gateway.on("PATCH", ME, person(language="ru"))
    browser = await sign_in(language="en")
    await browser.post("/language/", data={"language": "ru", "next": "/"})
    assert gateway.asked("PATCH", ME)[0].json == {"language": "ru"}
    assert (await BrowserSession.get()).language == "ru"
    assert '<html lang="ru"' in (await browser.get("/")).text


async def test_auth_away_is_said_on_the_next_page(sign_in: SignIn, gateway: FakeGateway) -> None:
    gateway.refuse("PATCH", ME, 503, "service_unavailable")
    browser = await sign_in(language="en")
    assert (await browser.post("/language/", data={"language": "ru"})).status_code == 303
    assert "could not be changed" in (await browser.get("/")).text


@pytest.mark.parametrize("language", ["de", "", "../../etc/passwd", "ru\r\nX: y"])
async def test_a_language_that_is_none_changes_nothing(
    browser: httpx2.AsyncClient, language: str
) -> None:
    response = await browser.post("/language/", data={"language": language, "next": "//evil"})
    assert (response.status_code, response.headers["location"]) == (303, "/")
    assert not set_cookies(response)
