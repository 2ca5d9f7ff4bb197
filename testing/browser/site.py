"""The site of a running system, people of each role, and what these have there."""

import asyncio
import re
import secrets
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any, Literal

import httpx2
from PIL import Image
from playwright.async_api import Browser

from shared import clock
from standalone.services import services
from standalone.settings import ROOT
from testing.background import BackgroundSystem
from testing.browser.chromium import chromium
from testing.browser.forms import fill, press
from testing.browser.tab import DESK, opened
from testing.people import PASSWORD, Person, Shop, bearer

Role = Literal["nobody", "user", "manager", "blog_manager", "admin"]
NAMES = {
    "user": "Анна Каренина",
    "manager": "Мария Менеджер",
    "blog_manager": "Борис Пишущий",
    "admin": "Алексей Главный",
}


@dataclass
class Member:
    """Somebody with a role: a confirmed account, a token, and the cookies of each language."""

    person: Person
    id: str
    token: str
    language: str
    states: dict[str, Mapping[str, Any]]


@dataclass
class Site:
    """What tests know: the address, the people, and the emails that were caught."""

    system: BackgroundSystem
    shop: Shop
    browser: Browser
    members: dict[str, Member] = field(default_factory=dict)
    things: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """The gateway's address."""
        return self.system.url

    async def member(self, role: Role) -> Member:
        """Return the person of a role."""
        if role not in self.members:
            self.members[role] = await self.new_member(role)
        return self.members[role]

    async def new_member(self, role: Role = "user") -> Member:
        """Make an account with a role and a confirmed email, and sign it in."""
        person = Person(full_name=NAMES[role])
        (await self.shop.register(person)).raise_for_status()
        await self._confirm(person)
        if role != "user":
            await self._give_role(person, role)
        answer = (await self.shop.sign_in(person.email)).raise_for_status().json()
        about = (await self.shop.get("/api/v1/users/me", answer["access_token"])).json()
        return Member(person, about["id"], answer["access_token"], about["language"], {})

    async def state(self, role: Role, language: str = "en") -> Mapping[str, Any] | None:
        """Return the cookies of a role's browser, whose account has this language now.

        They come from the page of the sign-in, once for each language.
        """
        if role == "nobody":
            return None
        member = await self.member(role)
        if member.language != language:
            await self.ask(role, "PATCH", "/users/me", {"language": language})
            member.language = language
        if language not in member.states:
            member.states[language] = await self._signed_in(member.person)
        return member.states[language]

    async def emails(self, address: str, *, least: int = 1) -> list[dict[str, Any]]:
        """Return the emails to somebody once there are so many."""
        url = f"{self.system.settings.url('auth')}/mailboxes/{address}/letters"
        async with asyncio.timeout(30):
            while True:
                found: list[dict[str, Any]] = (await self.shop.client.get(url)).json()
                if len(found) >= least:
                    return found
                await asyncio.sleep(0.1)

    async def ask(self, role: Role, method: str, path: str, body: object = None) -> Any:
        """Ask the API as the person of a role; the response has to be good."""
        member = await self.member(role)
        response = await self._asked(member, method, path, body)
        if response.status_code == 401:  # these tests take longer than a token lives
            signed_in = (await self.shop.sign_in(member.person.email)).raise_for_status()
            member.token = signed_in.json()["access_token"]
            response = await self._asked(member, method, path, body)
        assert response.is_success, f"{method} {path}: {response.text}"
        return response.json() if response.content else None

    async def _asked(self, member: Member, method: str, path: str, body: object) -> httpx2.Response:
        headers = {**bearer(member.token), "Idempotency-Key": secrets.token_hex(16)}
        return await self.shop.client.request(method, f"/api/v1{path}", json=body, headers=headers)

    async def give(self, path: str, file: bytes, **query: str) -> None:
        """Send a file as the person who writes articles; the response has to be good."""
        headers = bearer((await self.member("blog_manager")).token)
        headers["Content-Type"] = "application/octet-stream"
        url = f"/api/v1{path}"
        answer = await self.shop.client.post(url, content=file, params=query, headers=headers)
        assert answer.is_success, f"{path}: {answer.text}"

    async def _confirm(self, person: Person) -> None:
        [email, *_] = await self.emails(person.email)
        code = re.search(r"\b[0-9]{6}\b", email["text"])
        assert code is not None
        token = (await self.shop.sign_in(person.email)).raise_for_status().json()["access_token"]
        answer = await self.shop.post("/api/v1/auth/email/verify", token, {"code": code[0]})
        answer.raise_for_status()

    async def _give_role(self, person: Person, role: str) -> None:
        [auth] = [one for one in services(self.system.settings) if one.name == "auth"]
        command = [sys.executable, "-m", "auth_service.cli", "set-role", person.email, role]
        environment = dict(auth.environment)
        await asyncio.to_thread(subprocess.run, command, env=environment, cwd=ROOT, check=True)

    async def _signed_in(self, person: Person) -> Mapping[str, Any]:
        async with opened(self.browser, self.url, DESK) as tab:
            await tab.open("/users/login/")
            await fill(tab.page, {"Email or phone": person.email, "Password": PASSWORD})
            await press(tab.page, "Sign in")
            assert not tab.path.startswith("/users/login"), await tab.page.inner_text("main")
            return dict(await tab.page.context.storage_state())


async def fill_with_things(site: Site) -> None:
    """Give the person with the role user one thing of each kind; `site.things` has their ids."""
    products = (await site.ask("user", "GET", "/products"))["items"]
    wanted = [{"product_id": products[0]["id"]}]
    await site.ask("user", "POST", "/cart/items", {"items": wanted})
    order = await site.ask("user", "POST", "/orders", {"expected_total": products[0]["price"]})
    await site.ask("user", "POST", "/cart/items", {"items": [{"product_id": products[1]["id"]}]})
    members = [await site.member("user"), await site.member("manager")]
    mailing = await _mailing(site)
    site.things |= {
        "product": str(products[0]["id"]),
        "order": str(order["id"]),
        "user": members[0].id,
        "manager": members[1].id,
        **await _articles(site),
        **mailing,
    }


async def _articles(site: Site) -> dict[str, str]:
    """Publish an article with a cover behind two others, and write one that is not published."""
    for title, language in (("Tea in winter", "en"), ("Чай и мёд", "ru")):
        before = {"title": title, "body": title, "language": language}
        other = await site.ask("blog_manager", "POST", "/drafts", before)
        await site.ask("blog_manager", "POST", f"/drafts/{other['id']}/publish")
    text = "# Вода\n\nНе горячее **80 °C**.\n\n| Чай | Минуты |\n|---|---|\n| зелёный | 3 |"
    wanted = {"title": "Как заварить чай", "body": text, "language": "ru"}
    written = await site.ask("blog_manager", "POST", "/drafts", wanted)
    path = f"/drafts/{written['id']}"
    await site.give(f"{path}/cover", _picture(), alt="Чашка чая")
    published = await site.ask("blog_manager", "POST", f"{path}/publish")
    unfinished = {"title": "Чай зимой", "body": "**Скоро**", "language": "ru"}
    draft = await site.ask("blog_manager", "POST", "/drafts", unfinished)
    return {
        "article": str(published["slug"]),
        "published": str(written["id"]),
        "unpublished": str(draft["id"]),
    }


def _picture() -> bytes:
    file = BytesIO()
    Image.new("RGB", (1600, 900), "darkolivegreen").save(file, "JPEG")
    return file.getvalue()


async def _mailing(site: Site) -> dict[str, str]:
    friends = await site.ask("user", "POST", "/recipient-lists", {"name": "Друзья"})
    ids = []
    for name in ("Вера", "Олег", "Zoë <b>"):
        address = f"{secrets.token_hex(6)}@example.com"
        person = {"email": address, "full_name": name}
        ids.append((await site.ask("user", "POST", "/recipients", person))["id"])
        await site.ask("user", "PUT", f"/recipient-lists/{friends['id']}/recipients/{ids[-1]}")
    message = {"subject": "Чай для {{full_name|вас}}", "body": "**Новый чай**", "language": "ru"}
    message_id = (await site.ask("user", "POST", "/messages", message))["id"]
    window = {
        "starts_at": (clock.now() + timedelta(hours=1)).isoformat(),
        "ends_at": (clock.now() + timedelta(hours=9)).isoformat(),
    }
    mailing = {"name": "Чай", "message_id": message_id, "list_ids": [friends["id"]], **window}
    now = {"name": "Зимний чай", "starts_at": clock.now().isoformat()}
    sent = await _sent(site, mailing | now)
    [delivery, *_] = (await site.ask("user", "GET", f"/mailings/{sent}/deliveries"))["items"]
    waiting = await site.ask("user", "POST", "/mailings", mailing)
    draft = await site.ask("user", "POST", "/mailings", {**mailing, "draft": True})
    return {
        "list": str(friends["id"]),
        "recipient": str(ids[0]),
        "message": str(message_id),
        "sending": str(waiting["id"]),
        "draft": str(draft["id"]),
        "sent": sent,
        "delivery": str(delivery["id"]),
    }


async def _sent(site: Site, mailing: Mapping[str, Any]) -> str:
    """Submit a mailing that a manager approves; return its id once it has been sent."""
    submitted = await site.ask("user", "POST", "/mailings", mailing)
    path = f"/mailings/{submitted['id']}"
    await site.ask("manager", "POST", f"{path}/approve")
    async with asyncio.timeout(60):
        while True:
            mailing = await site.ask("user", "GET", path)
            if mailing["status"].startswith("finished"):
                return str(mailing["id"])
            await asyncio.sleep(0.2)


@asynccontextmanager
async def new_site() -> AsyncIterator[Site]:
    """Run a system that was just installed, and a browser."""
    with (
        tempfile.TemporaryDirectory() as data,
        BackgroundSystem(Path(data) / "system") as system,
    ):
        async with client_of(system.url) as client, chromium() as browser:
            yield Site(system, Shop(client), browser)


@asynccontextmanager
async def filled_site() -> AsyncIterator[Site]:
    """Run a system of one's own and a browser, where somebody has one thing of each kind."""
    async with new_site() as site:
        await fill_with_things(site)
        yield site


def client_of(url: str) -> httpx2.AsyncClient:
    """Return a client for many requests."""
    limits = httpx2.Limits(max_connections=20, max_keepalive_connections=20)
    return httpx2.AsyncClient(base_url=url, timeout=20, limits=limits)
