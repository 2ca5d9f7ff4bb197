"""The home page: the way in, and what is new where there is anything."""

from typing import Any

import httpx2
import pytest

from web_service.models import BrowserSession
from web_service.tests.accounts import ME, heading_of, text_of
from web_service.tests.conftest import SignIn
from web_service.tests.fake_gateway import FakeGateway

HOME = "/api/v1/home"


async def test_it_shows_the_way_in(browser: httpx2.AsyncClient) -> None:
    page = await browser.get("/")
    assert (page.status_code, heading_of(page)) == (200, "Vitrina")
    for path in ("/users/register/", "/users/login/", "/terms/"):
        assert f'href="{path}"' in page.text


async def test_it_shows_counts_and_articles(
    browser: httpx2.AsyncClient, gateway: FakeGateway
) -> None:
    article = {
        "title": "<b>Tea</b>",
        "slug": "tea/../x?y",
        "excerpt": "{{ 7*7 }}",
        "language": "ru",
    }
    said = {"mailings": 1204, "active_mailings": 3, "recipients": 1_000_000, "articles": [article]}
    gateway.on("GET", HOME, said)
    page = await browser.get("/")
    assert "1,204" in text_of(page)
    assert "1,000,000" in text_of(page)
    assert "<b>Tea" not in page.text
    assert 'href="/articles/tea/../x%3Fy/"' in page.text
    assert "{{ 7*7 }}" in text_of(page)
    assert '<article class="tile" lang="ru">' in page.text
    assert "<img" not in page.text.partition("<main")[2]


async def test_counts_are_in_the_language_of_the_reader(
    browser: httpx2.AsyncClient, gateway: FakeGateway
) -> None:
    gateway.on(
        "GET", HOME, {"mailings": 1204, "active_mailings": 0, "recipients": 1, "articles": []}
    )
    page = await browser.get("/", headers={"accept-language": "ru"})
    for text in ("В цифрах", "Рассылки 1 204", "Рассылок идёт 0", "Получатели 1"):
        assert text in text_of(page)
    assert "Почитать" not in text_of(page)
    assert gateway.asked("GET", HOME)[-1].headers["accept-language"] == "ru"
    assert "authorization" not in gateway.asked("GET", HOME)[-1].headers


def _picture(width: int) -> dict[str, Any]:
    return {
        "url": f"/api/v1/pictures/{'a' * 32}-1600x900-{width}.webp",
        "width": width,
        "height": 9,
    }


@pytest.mark.parametrize(
    ("widths", "shown"), [((480, 960, 1600), 480), ((320,), 320), ((1600, 960), 960)]
)
async def test_a_cover_is_shown_in_the_width_of_a_tile(
    browser: httpx2.AsyncClient, gateway: FakeGateway, widths: tuple[int, ...], shown: int
) -> None:
    cover = {"alt": 'A "cup"', "sources": [_picture(width) for width in widths]}
    gateway.on("GET", HOME, {"articles": [{"slug": "tea", "title": "Tea", "cover": cover}]})
    page = await browser.get("/")
    assert f'src="{_picture(shown)["url"]}" alt="A &#34;cup&#34;"' in page.text


@pytest.mark.parametrize(
    "cover",
    [
        None,
        "x",
        {"alt": 1, "sources": 1},
        {"alt": "x", "sources": []},
        {"alt": "x", "sources": [1, {"url": "https://elsewhere.example/a.webp", "width": 480}]},
        {"alt": "x", "sources": [{"url": "javascript:alert(1)", "width": 480}]},
        {"alt": "x", "sources": [{"url": _picture(480)["url"], "width": "480"}]},
        {"alt": "x", "sources": [{"url": "/api/v1/pictures/..", "width": 480}]},
    ],
)
async def test_what_is_no_picture_of_ours_is_not_shown(
    browser: httpx2.AsyncClient, gateway: FakeGateway, cover: object
) -> None:
    gateway.on("GET", HOME, {"articles": [{"slug": "tea", "title": "Tea", "cover": cover}]})
    page = await browser.get("/")
    assert "/articles/tea/" in page.text
    assert "<img" not in page.text.partition("<main")[2]


@pytest.mark.parametrize(
    "said", [None, [], "x", {"mailings": "many", "articles": [1, {"slug": 1}, {"title": "x"}]}]
)
async def test_what_it_does_not_understand_it_does_not_show(
    browser: httpx2.AsyncClient, gateway: FakeGateway, said: object
) -> None:
    gateway.on("GET", HOME, said)
    page = await browser.get("/")
    assert page.status_code == 200
    assert "In numbers" not in text_of(page)
    assert "To read" not in text_of(page)


@pytest.mark.parametrize("status", [404, 500, 503])
async def test_without_the_service_behind_the_rest_is_shown(
    sign_in: SignIn, gateway: FakeGateway, status: int
) -> None:
    gateway.refuse("GET", HOME, status, None)
    gateway.refuse("GET", ME, 503, None)
    browser = await sign_in()
    page = await browser.get("/")
    assert page.status_code == 200
    assert "Welcome back, Анна Петрова." in text_of(page)


async def test_who_is_blocked_is_out_with_the_next_click(
    sign_in: SignIn, gateway: FakeGateway
) -> None:
    gateway.on("GET", HOME, {})
    gateway.refuse("GET", ME, 401, None)
    gateway.refuse("POST", "/api/v1/auth/refresh", 401, None)
    browser = await sign_in()
    response = await browser.get("/")
    assert response.headers["location"] == "/users/login/"
    assert not await BrowserSession.all()
    assert (await browser.get("/")).status_code == 200
