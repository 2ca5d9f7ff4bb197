"""People of every role, signed in."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID
from zlib import crc32

import httpx2

from auth_service.models import User
from auth_service.tests.conftest import bearer, register, sign_in

USERS = "/api/v1/users"


@dataclass(frozen=True, slots=True)
class Person:
    """Someone with an account, and the tokens of one of their sessions."""

    id: UUID
    email: str
    phone: str
    pair: dict[str, Any]

    @property
    def headers(self) -> dict[str, str]:
        """The header field that says who is asking."""
        return bearer(self.pair)


async def join(client: httpx2.AsyncClient, name: str, *roles: str, **changes: str) -> Person:
    """Register `name`, an ASCII word, with these roles beside `user`, and sign in."""
    email, phone = f"{name}@example.com", f"+7{crc32(name.encode()):010}"
    account = await register(client, **{"email": email, "phone": phone, **changes})
    if roles:
        await User.filter(id=account["id"]).update(roles=["user", *roles])
    pair = await sign_in(client, account["email"])
    return Person(UUID(account["id"]), account["email"], account["phone"], pair)


async def act(
    client: httpx2.AsyncClient, who: Person, method: str, path: str, body: Any = None
) -> httpx2.Response:
    """Have `who` do something to the accounts, at a path below `/users`."""
    return await client.request(method, f"{USERS}{path}", json=body, headers=who.headers)
