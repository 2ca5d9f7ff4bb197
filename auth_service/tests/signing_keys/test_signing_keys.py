"""The ages of the signing keys, for administrators alone, and never their private parts."""

from datetime import timedelta
from typing import Any

import httpx2
import pytest

from auth_service.models import SigningKey
from auth_service.tests.conftest import assert_unauthorized
from auth_service.tests.people import Person, join
from shared.clock import now
from testing.clock import MovableClock

PATH = "/api/v1/signing-keys"
SHOWN = {"kid", "state", "created_at", "activated_at", "retired_at", "age"}


async def read(client: httpx2.AsyncClient, boss: Person) -> dict[str, Any]:
    response = await client.get(PATH, headers=boss.headers)
    assert response.status_code == 200, response.text
    shown: dict[str, Any] = response.json()
    return shown


async def test_a_stranger_learns_nothing(client: httpx2.AsyncClient) -> None:
    assert_unauthorized(await client.get(PATH))


@pytest.mark.parametrize("role", ["user", "manager", "blog_manager"])
async def test_other_roles_learn_nothing(client: httpx2.AsyncClient, role: str) -> None:
    who = await join(client, "who", role)
    response = await client.get(PATH, headers=who.headers)
    assert (response.status_code, response.json()["error"]) == (403, "forbidden")


async def test_each_key_is_shown_with_its_state_and_age(
    client: httpx2.AsyncClient, clock: MovableClock
) -> None:
    clock.advance(timedelta(days=3))
    boss = await join(client, "boss", "admin")
    rows = {row.kid: row for row in await SigningKey.all()}
    shown = await read(client, boss)
    assert shown["rotation_interval"] == 30 * 24 * 3600
    assert {key["kid"] for key in shown["keys"]} == set(rows)
    assert {"current", "next"} <= {key["state"] for key in shown["keys"]}
    for key in shown["keys"]:
        made = rows[key["kid"]].created_at
        assert abs(key["age"] - (now() - made).total_seconds()) < 5
        assert (key["activated_at"] is None) == (key["state"] == "next")


async def test_nothing_private_is_shown_and_nothing_is_kept(client: httpx2.AsyncClient) -> None:
    boss = await join(client, "boss", "admin")
    response = await client.get(PATH, headers=boss.headers)
    assert all(set(key) == SHOWN for key in response.json()["keys"])
    for row in await SigningKey.all():
        assert bytes(row.sealed_private_key).hex() not in response.text
        assert row.public_jwk["n"] not in response.text
    assert response.headers["cache-control"] == "no-store"


async def test_no_method_changes_them(client: httpx2.AsyncClient) -> None:
    boss = await join(client, "boss", "admin")
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        response = await client.request(method, PATH, headers=boss.headers)
        assert response.status_code == 405
