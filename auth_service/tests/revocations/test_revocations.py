"""The snapshot of revocations: complete, guarded, and no larger than it must be."""

from datetime import timedelta

import httpx2
import pytest

from auth_service.models import Session, User
from auth_service.tests.conftest import (
    REGISTRATION,
    bearer,
    register,
    sign_in,
)
from auth_service.tests.internal import guarded
from testing.clock import MovableClock

PATH = "/internal/revocations"


async def test_it_names_the_valid_keys_and_nothing_else_at_first(
    client: httpx2.AsyncClient,
) -> None:
    await register(client)
    await sign_in(client)

    snapshot = (await client.get(PATH, headers=guarded())).json()

    keys = (await client.get("/.well-known/jwks.json")).json()["keys"]
    assert snapshot == {"kids": sorted(key["kid"] for key in keys), "sids": [], "versions": {}}


@pytest.mark.parametrize("listed", ["{}", '"x", {},', "W/{}", "*"])
async def test_what_has_not_changed_is_a_304(client: httpx2.AsyncClient, listed: str) -> None:
    first = await client.get(PATH, headers=guarded())
    headers = {**guarded(), "If-None-Match": listed.format(first.headers["etag"])}

    second = await client.get(PATH, headers=headers)
    await register(client)
    await client.post("/api/v1/auth/logout", headers=bearer(await sign_in(client)))
    third = await client.get(PATH, headers=headers)

    assert (second.status_code, second.content) == (304, b"")
    assert third.status_code == (304 if listed == "*" else 200)
    assert third.headers["etag"] != first.headers["etag"]


async def test_an_ended_session_is_there_until_its_last_token_has_expired(
    client: httpx2.AsyncClient, clock: MovableClock
) -> None:
    await register(client)
    await client.post("/api/v1/auth/logout", headers=bearer(await sign_in(client)))
    session = await Session.get()

    assert (await client.get(PATH, headers=guarded())).json()["sids"] == [str(session.id)]
    clock.advance(timedelta(minutes=16))
    assert (await client.get(PATH, headers=guarded())).json()["sids"] == [str(session.id)]
    clock.advance(timedelta(minutes=2))
    assert (await client.get(PATH, headers=guarded())).json()["sids"] == []


async def test_a_changed_password_raises_the_version_that_is_honoured(
    client: httpx2.AsyncClient,
) -> None:
    account = await register(client)
    pair = await sign_in(client)
    change = {
        "current_password": REGISTRATION["password"],
        "password": "Another:Word2",
        "password_confirmation": "Another:Word2",
    }

    await client.post("/api/v1/auth/password/change", json=change, headers=bearer(pair))

    snapshot = (await client.get(PATH, headers=guarded())).json()
    assert snapshot["versions"] == {account["id"]: (await User.get()).token_version}
    assert snapshot["versions"][account["id"]] == 2


async def test_it_is_in_no_document(client: httpx2.AsyncClient) -> None:
    assert "internal" not in (await client.get("/openapi.json")).text
