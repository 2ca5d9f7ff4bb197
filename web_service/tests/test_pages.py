"""What every page does alike."""

import httpx2

from web_service.security.headers import CONTENT_SECURITY_POLICY
from web_service.tests.conftest import SignIn


async def test_the_home_page_is_open(browser: httpx2.AsyncClient) -> None:
    response = await browser.get("/")
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert response.headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    assert response.headers["referrer-policy"] == "same-origin"
    assert '<html lang="en"' in response.text


async def test_the_browser_chooses_the_language(browser: httpx2.AsyncClient) -> None:
    response = await browser.get("/", headers={"Accept-Language": "ru"})
    assert '<html lang="ru"' in response.text


async def test_signed_in_pages_are_in_no_cache(sign_in: SignIn) -> None:
    browser = await sign_in()
    response = await browser.get("/")
    assert response.headers["cache-control"] == "no-store"


async def test_what_is_nowhere_is_a_page(browser: httpx2.AsyncClient) -> None:
    response = await browser.get("/no-such-page")
    assert response.status_code == 404
    assert "There is nothing here" in response.text
    assert (await browser.post("/")).status_code == 405
