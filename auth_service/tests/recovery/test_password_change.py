"""Changing the password, and the administrator who must do so first."""

import asyncio

import httpx2

from auth_service.models import User
from auth_service.tests.conftest import (
    REGISTRATION,
    assert_unauthorized,
    bearer,
    refresh,
    register,
    sign_in,
)

PATH = "/api/v1/auth/password/change"
CHANGE = {
    "current_password": REGISTRATION["password"],
    "password": "Another:Word2",
    "password_confirmation": "Another:Word2",
}


async def test_the_new_password_signs_in_and_the_old_one_does_not(
    client: httpx2.AsyncClient,
) -> None:
    await register(client)
    pair = await sign_in(client)

    response = await client.post(PATH, json=CHANGE, headers=bearer(pair))

    assert (response.status_code, response.content) == (204, b"")
    login = {"login": "anna@example.com", "password": CHANGE["password"]}
    assert (await client.post("/api/v1/auth/login", json=login)).status_code == 200
    login["password"] = REGISTRATION["password"]
    assert_unauthorized(await client.post("/api/v1/auth/login", json=login))


async def test_all_other_sessions_end(client: httpx2.AsyncClient) -> None:
    await register(client)
    here, elsewhere = await sign_in(client), await sign_in(client)

    await client.post(PATH, json=CHANGE, headers=bearer(here))

    assert (await refresh(client, here["refresh_token"])).status_code == 200
    assert_unauthorized(await refresh(client, elsewhere["refresh_token"]))


async def test_a_wrong_current_password_changes_nothing(client: httpx2.AsyncClient) -> None:
    await register(client)
    pair = await sign_in(client)
    before = (await User.get()).password_hash

    response = await client.post(
        PATH, json={**CHANGE, "current_password": "Wrong:Word3"}, headers=bearer(pair)
    )

    assert (response.status_code, response.json()["error"]) == (403, "wrong_password")
    assert (await User.get()).password_hash == before


async def test_the_new_password_keeps_the_rules(client: httpx2.AsyncClient) -> None:
    await register(client)
    pair = await sign_in(client)
    weak = {**CHANGE, "password": "weak", "password_confirmation": "other"}

    response = await client.post(PATH, json=weak, headers=bearer(pair))

    assert response.status_code == 422
    assert {p["field"] for p in response.json()["fields"]} == {"password", "password_confirmation"}


async def test_the_new_password_must_be_another_one(client: httpx2.AsyncClient) -> None:
    await register(client)
    pair = await sign_in(client)
    same = dict.fromkeys(CHANGE, REGISTRATION["password"])

    response = await client.post(PATH, json=same, headers=bearer(pair))

    assert response.status_code == 422
    assert response.json()["fields"] == [
        {"field": "password", "message": "Must differ from the current password"}
    ]


async def test_of_two_changes_concurrently_one_wins(client: httpx2.AsyncClient) -> None:
    await register(client)
    pair = await sign_in(client)
    other = {**CHANGE, "password": "Third:Word3", "password_confirmation": "Third:Word3"}

    responses = await asyncio.gather(
        client.post(PATH, json=CHANGE, headers=bearer(pair)),
        client.post(PATH, json=other, headers=bearer(pair)),
    )

    assert sorted(response.status_code for response in responses) == [204, 403]
    assert (await User.get()).token_version == 2


async def test_until_it_is_changed_a_first_password_opens_little(
    client: httpx2.AsyncClient,
) -> None:
    await register(client)
    await User.all().update(password_change_required=True)
    pair = await sign_in(client)

    me = await client.get("/api/v1/users/me", headers=bearer(pair))
    changed = await client.post(PATH, json=CHANGE, headers=bearer(pair))
    renewed = (await refresh(client, pair["refresh_token"])).json()

    assert (me.status_code, changed.status_code) == (200, 204)
    assert not (await User.get()).password_change_required
    out = await client.post("/api/v1/auth/logout", headers=bearer(renewed))
    assert out.status_code == 204
