"""Administrators at a browser, by the gateway: roles, what is left of them, and the audit."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from html import unescape
from typing import Any

import httpx2
import pytest

from testing.background import BackgroundSystem
from testing.people import PASSWORD, Person, Shop, bearer, token_of, verified_token

SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}
STAFF_PAGES = (
    *("/admin/audit/", "/admin/audit/export/", "/admin/catalog-audit/"),
    *("/admin/catalog-audit/export/", "/admin/mailing-audit/", "/admin/users/"),
    *("/admin/mail-server/", "/admin/system/"),
)
SYSTEM_API = ("/api/v1/setup", "/api/v1/health", "/api/v1/signing-keys", "/api/v1/mail-server")


@asynccontextmanager
async def signed_in(
    shop: Shop, email: str, password: str = PASSWORD
) -> AsyncIterator[httpx2.AsyncClient]:
    """A browser in which somebody has signed in."""
    url = str(shop.client.base_url)
    async with httpx2.AsyncClient(base_url=url, headers=SAME_ORIGIN, timeout=30) as browser:
        form = {"login": email, "password": password}
        response = await browser.post("/users/login/", data=form)
        assert response.status_code == 303, response.text
        yield browser


async def newcomer(shop: Shop, name: str) -> dict[str, Any]:
    """Register somebody, and return the account."""
    response = await shop.register(Person(full_name=name))
    account: dict[str, Any] = response.raise_for_status().json()
    return account


async def set_roles(shop: Shop, token: str, user_id: str, *roles: str) -> None:
    """Give somebody these roles."""
    path, body = f"/api/v1/users/{user_id}/roles", {"roles": list(roles)}
    (await shop.client.put(path, json=body, headers=bearer(token))).raise_for_status()


async def until_refused(browser: httpx2.AsyncClient, path: str) -> httpx2.Response:
    """Read a page until the gateway knows that the token is revoked: a second, as a rule."""
    async with asyncio.timeout(30):
        while (response := await browser.get(path)).is_success:
            await asyncio.sleep(0.1)
    return response


def text_of(response: httpx2.Response) -> str:
    """Return what a page says."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.text)).split())


async def test_a_role_that_is_given_is_found_in_the_audit(
    shop: Shop, system: BackgroundSystem
) -> None:
    token = await token_of(shop, system, "admin")
    boss, writer = await newcomer(shop, "Борис Главный"), await newcomer(shop, "Вера <b>Писарь")
    await set_roles(shop, token, boss["id"], "admin")
    async with signed_in(shop, boss["email"]) as browser:
        page = await browser.get(f"/users/{writer['id']}/")
        seen = re.findall('name="seen" value="([a-z_]+)"', page.text)
        form = {"seen": seen, "roles": ["blog_manager"]}
        saved = await browser.post(f"/users/{writer['id']}/roles/", data=form)
        stale = await browser.post(f"/users/{writer['id']}/roles/", data=form)
        audit = await browser.get(
            "/admin/audit/", params={"event": "roles_changed", "about": writer["email"]}
        )
        query = {"event": "roles_changed", "who": boss["id"]}
        export = await browser.get("/admin/audit/export/", params=query)

    assert (saved.status_code, stale.status_code) == (303, 409)
    assert "Blog manager" in text_of(stale)
    assert "2 events" in text_of(audit)
    assert "Roles: Customer, Blog manager" in text_of(audit)
    assert "Refused" in text_of(audit)
    assert "<b>Писарь" not in audit.text
    assert export.text.count(",roles_changed,") == 2
    assert "Борис Главный" in export.text


async def test_whose_role_is_taken_away_does_and_sees_nothing_more(
    shop: Shop, system: BackgroundSystem
) -> None:
    token = await token_of(shop, system, "admin")
    former, anna = await newcomer(shop, "Фёдор Бывший"), await newcomer(shop, "Анна Тайная")
    await set_roles(shop, token, former["id"], "admin")
    async with signed_in(shop, former["email"]) as browser:
        page = await browser.get(f"/users/{anna['id']}/")
        assert "Анна Тайная" in page.text

        await set_roles(shop, token, former["id"])  # while that page is open

        form = {"seen": "user", "roles": "admin"}
        responses = [
            await browser.post(f"/users/{anna['id']}/roles/", data=form),
            await browser.post(f"/users/{anna['id']}/delete/"),
            await browser.post(f"/users/{anna['id']}/sessions/end-all/"),
            await until_refused(browser, f"/users/{anna['id']}/"),
            *[await browser.get(path) for path in (*STAFF_PAGES, "/admin/first-steps/")],
        ]
        home = await browser.get("/")

    assert {response.status_code for response in responses} <= {403, 404}
    assert not any("Анна Тайная" in response.text for response in responses)
    assert "/admin/" not in home.text, "no way is left in the menu"
    now = (await shop.get(f"/api/v1/users/{anna['id']}", token)).json()
    assert (now["full_name"], now["roles"]) == ("Анна Тайная", ["user"])


@pytest.mark.parametrize("path", [*STAFF_PAGES, "/admin/first-steps/", *SYSTEM_API])
async def test_a_customer_who_asks_for_a_page_of_staff_learns_nothing(
    shop: Shop, path: str
) -> None:
    customer = await newcomer(shop, "Карл Покупатель")
    async with signed_in(shop, customer["email"]) as browser:
        response = await browser.get(path)
    assert response.status_code in {401, 403}
    assert customer["email"] not in response.text
    assert "WEB_SHOP_NAME" not in response.text


async def test_an_administrator_sees_what_works_and_tries_the_mail_server(
    shop: Shop, system: BackgroundSystem
) -> None:
    token = await token_of(shop, system, "admin")
    boss = (await shop.get("/api/v1/users/me", await verified_token(shop, system))).json()
    await set_roles(shop, token, boss["id"], "admin")
    async with signed_in(shop, boss["email"]) as browser:
        page = text_of(await browser.get("/admin/system/"))
        sent = await browser.post("/admin/mail-server/test/")
        assert sent.status_code == 303
        async with asyncio.timeout(30):
            while "has taken it" not in text_of(await browser.get(sent.headers["location"])):
                await asyncio.sleep(0.1)
        server = text_of(await browser.get("/admin/mail-server/"))

    for said in ("gateway", "auth", "catalog", "mailing", "web"):
        assert f"{said} Works" in page, page
    assert "Signs now" in page
    assert "Not known now" not in page
    assert "Takes emails" in server
    assert "No worker was seen" not in server
