"""People who sign in by pages: the auth service knows their browsers and addresses."""

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import httpx2
import pytest

from testing.database import migrated_database
from testing.old_code import ROOT, serving
from testing.people import Person, Shop, bearer

SECRET = "a secret of gateway and web service".replace(" ", "-")
INTERNAL = {"INTERNAL_SECRETS": json.dumps(["x" * 32])}
ACCOUNT = {
    "full_name": "Анна Петрова",
    "email": "anna@example.com",
    "phone": "+79161234567",
    "password": "Open:Sesame1",
    "password_confirmation": "Open:Sesame1",
}
CREDENTIALS = {"login": ACCOUNT["email"], "password": ACCOUNT["password"]}


def asking_for(address: str, browser: str, *, secret: str = SECRET) -> dict[str, str]:
    """Return what the web service says of the person before it."""
    return {"Vitrina-On-Behalf-Of": f"{secret} {address} https", "User-Agent": browser}


@pytest.fixture
async def api(postgres_url: str) -> AsyncIterator[httpx2.AsyncClient]:
    """The gateway before the auth service, each a process of its own."""
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(migrated_database(postgres_url, app="auth"))
        auth = {
            "AUTH_DATABASE_URL": database.runtime_url,
            "AUTH_SECRETS": json.dumps(["x" * 32]),
            "AUTH_PORT": "0",
            "AUTH_METRICS_PORT": "0",
            "AUTH_ARGON2_MEMORY_KIB": "8192",
            **INTERNAL,
        }
        auth_url = await stack.enter_async_context(serving(ROOT, "auth_service", auth))
        gateway = {
            "GATEWAY_PORT": "0",
            "GATEWAY_METRICS_PORT": "0",
            "GATEWAY_AUTH_URL": auth_url,
            "GATEWAY_CATALOG_URL": "http://127.0.0.1:9",
            "ON_BEHALF_SECRETS": json.dumps([SECRET]),
            **INTERNAL,
        }
        url = await stack.enter_async_context(serving(ROOT, "gateway", gateway))
        yield await stack.enter_async_context(httpx2.AsyncClient(base_url=url, timeout=20))


async def test_sessions_show_the_persons_browser_and_address(api: httpx2.AsyncClient) -> None:
    phone = asking_for("203.0.113.7", "Browser of the phone")
    home = asking_for("2001:db8::7", "Browser at home")
    stranger = asking_for("198.51.100.9", "curl", secret="x" * 40)
    joined = await api.post("/api/v1/auth/register", json=ACCOUNT, headers=phone)
    assert joined.status_code == 201, joined.text
    for fields in (phone, home, stranger):
        pair = (await api.post("/api/v1/auth/login", json=CREDENTIALS, headers=fields)).json()
    token = bearer(pair["access_token"])
    sessions = (await api.get("/api/v1/auth/sessions", headers=token)).json()
    assert {(one["user_agent"], one["address"]) for one in sessions} == {
        ("Browser of the phone", "203.0.113.7"),
        ("Browser at home", "2001:db8::7"),
        ("curl", "127.0.0.1"),
    }


async def test_a_refresh_is_of_the_person_too(api: httpx2.AsyncClient) -> None:
    await api.post("/api/v1/auth/register", json=ACCOUNT)
    before = asking_for("203.0.113.7", "Browser before")
    pair = (await api.post("/api/v1/auth/login", json=CREDENTIALS, headers=before)).json()
    after = asking_for("203.0.113.8", "Browser after")
    body = {"refresh_token": pair["refresh_token"]}
    pair = (await api.post("/api/v1/auth/refresh", json=body, headers=after)).json()
    token = bearer(pair["access_token"])
    (session,) = (await api.get("/api/v1/auth/sessions", headers=token)).json()
    assert (session["user_agent"], session["address"]) == ("Browser before", "203.0.113.7")
    assert (session["last_user_agent"], session["last_address"]) == ("Browser after", "203.0.113.8")


async def test_a_plain_client_of_the_whole_system_gains_nothing(shop: Shop) -> None:
    person = Person()
    (await shop.register(person)).raise_for_status()
    body = {"login": person.email, "password": person.registration["password"]}
    for secret in ("x" * 40, "x", SECRET):
        pretended = asking_for("203.0.113.7", "a browser", secret=secret)
        reply = await shop.client.post("/api/v1/auth/login", json=body, headers=pretended)
        assert reply.status_code == 200, reply.text
    sessions = (await shop.get("/api/v1/auth/sessions", reply.json()["access_token"])).json()
    assert len(sessions) == 3
    assert "203.0.113.7" not in {one["address"] for one in sessions}
