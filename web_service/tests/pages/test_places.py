"""Each page marks the link of the menus that it stands below, and no other."""

import re
from uuid import UUID

import httpx2
import pytest

from web_service.main import FEATURES
from web_service.pages.places import place_of
from web_service.pages.routes import PageRoute
from web_service.rendering.environment import PACKAGE
from web_service.tests.conftest import SignIn

READER = UUID("5d0c8f36-6b6f-4b3e-9d58-0d1f8ab1a6c1")
OTHER = "0d2a2b36-2a63-4f5e-9d44-6c6ad9a1b1a7"
PLACES = {
    "/products": ("/products/", "/products/7/"),
    "/articles": ("/articles/", "/articles/tea/"),
    "/drafts": ("/drafts/", "/draft/create/", "/draft/7/", "/draft/7/update/", "/draft/7/delete/"),
    "/cart": ("/cart/", "/cart/empty/", "/cart/7/remove/", "/checkout/"),
    "/orders": (
        "/orders/",
        f"/order/{OTHER}/",
        f"/order/{OTHER}/cancel/",
        f"/order/{OTHER}/print/",
    ),
    "/products/manage": (
        "/products/manage/",
        "/products/import/",
        "/product/create/",
        "/product/7/update/",
    ),
    "/orders/all": ("/orders/all/", "/orders/sums/"),
    "/sendings": (
        "/sendings",
        "/sending/create/",
        "/sending/7/",
        "/sending/7/update/",
        "/sending/7/delete/",
        "/sending/7/deliveries",
        "/sending/7/statistics/",
        "/delivery/7/",
    ),
    "/messages": (
        "/messages/",
        "/message/create/",
        "/message/7/",
        "/message/7/update/",
        "/message/7/delete/",
        "/message/7/statistics",
    ),
    "/recipients": (
        "/recipients/",
        "/recipients/import/",
        "/recipient/create/",
        "/recipient/7/",
        "/recipient/7/update/",
        "/recipient/7/delete/",
    ),
    "/recipient-lists": (
        "/recipient-lists/",
        "/recipient-list/create/",
        "/recipient-list/7/",
        "/recipient-list/7/update/",
    ),
    "/suppressions": ("/suppressions/", "/suppression/7/delete/"),
    "/statistics": ("/statistics/",),
    "/admin/approvals": ("/admin/approvals", "/sending/7/reject/"),
    "/admin/sendings": ("/admin/sendings/", "/sending/7/disable"),
    "/admin/users": ("/admin/users/", f"/users/{OTHER}/", f"/users/{OTHER}/block/"),
    "/admin/audit": (
        "/admin/audit/",
        "/admin/audit/export/",
        "/admin/catalog-audit/",
        "/admin/mailing-audit/",
    ),
    "/admin/first-steps": ("/admin/first-steps/",),
    "/admin/mail-server": ("/admin/mail-server/", "/admin/mail-server/test/"),
    "/admin/system": ("/admin/system/",),
    f"/users/{READER}/": (
        f"/users/{READER}",
        f"/users/{str(READER).upper()}/",
        f"/users/{READER}/delete/",
    ),
    f"/users/{READER}/sessions/": (f"/users/{READER}/sessions",),
    f"/users/update/{READER}/": (
        f"/users/update/{READER}/",
        f"/users/update/{READER}/email/",
        "/users/password-change/",
    ),
    "": ("/", "/terms/", "/users/logout/", "/users/confirm-email/", "/language/", "//", "/nowhere"),
}


@pytest.mark.parametrize("place", PLACES)
def test_a_page_stands_below_a_link(place: str) -> None:
    assert {path: place_of(path, READER) for path in PLACES[place]} == dict.fromkeys(
        PLACES[place], place
    )


@pytest.mark.parametrize("name", ["login", "register"])
def test_who_is_not_signed_in_has_two_links(name: str) -> None:
    assert place_of(f"/users/{name}", None) == f"/users/{name}/"


def test_every_page_of_the_cabinet_stands_below_one() -> None:
    routes: list[PageRoute] = [route for feature in FEATURES for route in feature.ROUTES]
    paths = {re.sub("{[^}]*}", "7", route.path) for route in routes}
    nowhere = {path for path in paths if not place_of(path, READER)}
    assert {path.split("/")[1] for path in nowhere} <= {
        "", "admin", "confirm", "help", "language", "reset", "sign-in-link", "sitemap.xml", "terms",
        "users",
    }  # fmt: skip


def test_every_place_is_a_link_of_the_menus() -> None:
    menus = (PACKAGE / "templates/components/navigation.html").read_text()
    for place in filter(None, PLACES):
        assert f"'{place.replace(str(READER), '%s')}'" in menus, place


@pytest.mark.parametrize(
    ("path", "text"), [("/recipient/create/", "Recipients"), ("/message/create/", "Messages")]
)
async def test_the_menu_marks_it(sign_in: SignIn, path: str, text: str) -> None:
    browser = await sign_in()
    page = (await browser.get(path)).text
    assert re.findall('aria-current="page">([^<]*)<', page) == [text]
    assert '<details class="menu here" name="menu">\n<summary>Mailings' in page


async def test_nothing_else_is_marked(browser: httpx2.AsyncClient) -> None:
    page = (await browser.get("/users/login/")).text
    assert re.findall('aria-current="page">([^<]*)<', page) == ["Sign in"]
    assert (await browser.get("/terms/")).text.count('aria-current="page"') == 0
