"""People who use the shop, and what they do there through the gateway."""

import asyncio
import re
import secrets
import subprocess
import sys
from dataclasses import dataclass, field
from typing import Any

import httpx2

from standalone.services import services
from standalone.settings import ROOT
from testing.background import BackgroundSystem

PASSWORD = "Samovar$1-kopeck"


def _new_email() -> str:
    return f"anna.{secrets.token_hex(8)}@example.com"


def _new_phone() -> str:
    return f"+79{secrets.randbelow(10**9):09}"


@dataclass(frozen=True)
class Person:
    """Somebody whom nobody else resembles."""

    email: str = field(default_factory=_new_email)
    phone: str = field(default_factory=_new_phone)
    full_name: str = "Анна Каренина"

    @property
    def phone_as_written(self) -> str:
        """The phone as people write it: `8 (9xx) xxx-xx-xx`."""
        digits = self.phone[2:]
        return f"8 ({digits[:3]}) {digits[3:6]}-{digits[6:8]}-{digits[8:]}"

    @property
    def registration(self) -> dict[str, str]:
        return {
            "full_name": self.full_name,
            "email": self.email,
            "phone": self.phone,
            "password": PASSWORD,
            "password_confirmation": PASSWORD,
        }


@dataclass(frozen=True)
class Shop:
    """What can be done at the gateway."""

    client: httpx2.AsyncClient

    async def register(self, person: Person) -> httpx2.Response:
        return await self.client.post("/api/v1/auth/register", json=person.registration)

    async def sign_in(self, login: str, password: str = PASSWORD) -> httpx2.Response:
        credentials = {"login": login, "password": password}
        return await self.client.post("/api/v1/auth/login", json=credentials)

    async def refresh(self, refresh_token: str) -> httpx2.Response:
        return await self.client.post("/api/v1/auth/refresh", json={"refresh_token": refresh_token})

    async def get(self, path: str, token: str | None = None, **query: Any) -> httpx2.Response:
        return await self.client.get(path, params=query, headers=bearer(token))

    async def post(self, path: str, token: str, body: object = None) -> httpx2.Response:
        return await self.client.post(path, json=body, headers=bearer(token))

    async def newcomer_token(self) -> str:
        """The access token of somebody who has just registered and signed in."""
        person = Person()
        (await self.register(person)).raise_for_status()
        answer = (await self.sign_in(person.email)).raise_for_status()
        token: str = answer.json()["access_token"]
        return token


def bearer(token: str | None) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"} if token else {}


async def manager_token(shop: Shop, system: BackgroundSystem) -> str:
    """The access token of somebody whom an operator has just made a manager."""
    return await token_of(shop, system, "manager")


async def token_of(shop: Shop, system: BackgroundSystem, role: str) -> str:
    """The access token of somebody new to whom an operator has just given this role."""
    return (await new_person_with_role(shop, system, role))[1]


async def new_person_with_role(
    shop: Shop, system: BackgroundSystem, role: str
) -> tuple[Person, str]:
    """Somebody new to whom an operator has just given this role, and an access token with it."""
    person = Person()
    (await shop.register(person)).raise_for_status()
    [auth] = [program for program in services(system.settings) if program.name == "auth"]
    command = [sys.executable, "-m", "auth_service.cli", "set-role", person.email, role]
    environment = dict(auth.environment)
    await asyncio.to_thread(subprocess.run, command, env=environment, cwd=ROOT, check=True)
    token: str = (await shop.sign_in(person.email)).raise_for_status().json()["access_token"]
    return person, token


async def verified_token(shop: Shop, system: BackgroundSystem) -> str:
    """The access token of somebody new who has verified their email, and may write mailings."""
    person = Person()
    (await shop.register(person)).raise_for_status()
    first = (await shop.sign_in(person.email)).raise_for_status().json()["access_token"]
    code = await _code_sent_to(person.email, system)
    (await shop.post("/api/v1/auth/email/verify", first, {"code": code})).raise_for_status()
    token: str = (await shop.sign_in(person.email)).raise_for_status().json()["access_token"]
    return token


async def _code_sent_to(address: str, system: BackgroundSystem) -> str:
    url = f"{system.settings.url('auth')}/mailboxes/{address}/letters"
    async with httpx2.AsyncClient() as client, asyncio.timeout(60):
        while True:
            for email in (await client.get(url)).raise_for_status().json():
                if found := re.search(r"\b[0-9]{6}\b", email["text"]):
                    return found[0]
            await asyncio.sleep(0.1)
