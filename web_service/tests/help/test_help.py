"""The map: each role sees its parts, and each link leads to a page that the role may open."""

import re

import httpx2
import pytest

from web_service.main import FEATURES
from web_service.pages.access import Access
from web_service.pages.routes import PageRoute
from web_service.tests.accounts import heading_of, text_of
from web_service.tests.conftest import SignIn

PATH = "/help/"
PARTS = {
    (): {"Everybody"},
    ("user",): {"Everybody", "In the shop", "Mailings"},
    ("user", "blog_manager"): {"Everybody", "In the shop", "Mailings", "Blog"},
    ("user", "manager"): {"Everybody", "In the shop", "Mailings", "Management"},
    ("user", "admin"): {
        *("Everybody", "In the shop", "Mailings", "Blog", "Management"),
        "Administration",
    },
}
ROLES = pytest.mark.parametrize("roles", PARTS, ids=lambda roles: roles[-1] if roles else "nobody")


def access_of(link: str) -> Access:
    """Return who may open an address; one that is written out goes before a pattern."""
    routes = [route for feature in FEATURES for route in feature.ROUTES if route.method == "GET"]
    found = [route for route in routes if re.fullmatch(_pattern(route.path), link)]
    first: PageRoute = min(found, key=lambda route: str(route.path).count("{"))
    return first.access


def _pattern(path: str) -> str:
    return re.sub(r"\{\w+(:\w+)?\}", "[^/]+", path).rstrip("/") + "/?"


@pytest.fixture
async def reader(
    roles: tuple[str, ...], browser: httpx2.AsyncClient, sign_in: SignIn
) -> httpx2.AsyncClient:
    return await sign_in(*roles) if roles else browser


@ROLES
async def test_each_role_sees_its_parts(roles: tuple[str, ...], reader: httpx2.AsyncClient) -> None:
    page = await reader.get(PATH)
    assert heading_of(page) == "What you can do here"
    assert set(re.findall(r"<h2>(.+?)</h2>", page.text)) == PARTS[roles]


@ROLES
async def test_each_link_is_open_to_the_role(
    roles: tuple[str, ...], reader: httpx2.AsyncClient
) -> None:
    links = re.findall(r'<dt><a href="(.+?)"', (await reader.get(PATH)).text)
    assert links
    for link in links:
        access = access_of(link.partition("?")[0])
        assert access.is_open_to(roles), link
        assert roles or not access.signed_in, link


async def test_it_is_linked_below_each_page(browser: httpx2.AsyncClient) -> None:
    assert 'href="/help/">Help and map</a>' in (await browser.get("/terms/")).text


async def test_it_speaks_russian(browser: httpx2.AsyncClient) -> None:
    page = await browser.get(PATH, headers={"Accept-Language": "ru"})
    assert heading_of(page) == "Что здесь можно делать"
    assert "Условия" in text_of(page)
