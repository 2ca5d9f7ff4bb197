"""What auth has changed a moment ago is no reason to refuse: a feed that is held back."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx2
import pytest
from fastapi import FastAPI

from mailing_service.models.accounts import Account
from mailing_service.models.mailings import Mailing
from mailing_service.models.sending import MessageTest
from mailing_service.tests.accounts.scripted_auth import ScriptedAuth
from mailing_service.tests.conftest import running_service
from mailing_service.tests.sending.waiting import until
from mailing_service.tests.writing import (
    MAILINGS,
    add_message,
    add_recipients,
    let_tick,
    run_of,
    status_of,
)
from testing.database import ServiceDatabase
from testing.tokens import access_token

pytestmark = pytest.mark.usefixtures("empty_tables")


@pytest.fixture
async def app(
    database: ServiceDatabase, empty_tables: None, auth: ScriptedAuth
) -> AsyncIterator[FastAPI]:
    """The service with one connection for all requests, and an auth whose feed it reads."""
    async with (
        auth.serving() as url,
        running_service(
            database.runtime_url, database_pool_size=1, accounts_url=url, accounts_interval="0.1"
        ) as app,
    ):
        yield app
        auth.answers.set()


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx2.AsyncClient]:
    transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://mailing") as client:
        yield client


def bearer(person: UUID, *roles: str) -> dict[str, str]:
    token = access_token(sub=str(person), roles=["user", *roles], email_verified=True)
    return {"Authorization": f"Bearer {token}"}


async def known(auth: ScriptedAuth, **account: Any) -> UUID:
    """Have the service know somebody; the feed brings nothing more until the test lets it."""
    person = auth.has(**account)
    await until(lambda: Account.exists(id=person))
    auth.answers.clear()
    return person


async def mailing_of(person: UUID, **changes: Any) -> dict[str, Any]:
    return {
        "name": "News",
        "message_id": (await add_message(person)).id,
        "recipient_ids": await add_recipients(person, 2),
        **changes,
    }


async def test_who_has_just_verified_their_email_is_sent_a_test(
    client: httpx2.AsyncClient, auth: ScriptedAuth
) -> None:
    anna = await known(auth, email=None)
    message = await add_message(anna)
    auth.has(anna, email="anna@shop.example")

    path = f"/api/v1/messages/{message.id}"
    asked = asyncio.create_task(client.post(f"{path}/test", json={}, headers=bearer(anna)))
    await asyncio.wait({asked}, timeout=0.3)
    meanwhile = await client.get(path, headers=bearer(anna))
    auth.answers.set()
    response = await asked

    assert meanwhile.status_code == 200  # it waits without the only connection
    assert response.status_code == 202, response.text
    assert (await MessageTest.get()).email == "anna@shop.example"


async def test_without_news_nothing_is_refused_that_may_be_allowed(
    client: httpx2.AsyncClient, auth: ScriptedAuth
) -> None:
    anna = await known(auth, email=None)
    message = await add_message(anna)

    path = f"/api/v1/messages/{message.id}/test"
    response = await client.post(path, json={}, headers=bearer(anna))

    assert (response.status_code, response.json()["error"]) == (503, "accounts_outdated")
    assert response.headers["retry-after"] == "1"


async def test_without_news_a_person_known_in_full_is_not_kept_waiting(
    client: httpx2.AsyncClient, auth: ScriptedAuth
) -> None:
    anna = await known(auth)
    message = await add_message(anna)

    path = f"/api/v1/messages/{message.id}/test"
    response = await client.post(path, json={}, headers=bearer(anna))

    assert response.status_code == 202, response.text
    assert not auth.answers.is_set()


async def test_who_has_just_been_unblocked_may_submit(
    client: httpx2.AsyncClient, auth: ScriptedAuth
) -> None:
    anna = await known(auth, is_active=False)
    mailing = await mailing_of(anna)
    auth.has(anna, is_active=True)

    asked = asyncio.create_task(client.post(MAILINGS, json=mailing, headers=bearer(anna)))
    await asyncio.wait({asked}, timeout=0.3)
    auth.answers.set()
    response = await asked

    assert response.status_code == 201, response.text
    assert await Mailing.all().count() == 1


async def test_who_has_just_become_an_administrator_needs_no_approval(
    app: FastAPI, client: httpx2.AsyncClient, auth: ScriptedAuth
) -> None:
    anna = await known(auth)
    auth.has(anna, roles=("user", "admin"))
    submitted = await client.post(
        MAILINGS, json=await mailing_of(anna), headers=bearer(anna, "admin")
    )
    mailing_id = submitted.json()["id"]

    await let_tick(app)
    assert await status_of(mailing_id) == "scheduled"
    auth.answers.set()
    await until(lambda: ticked_until_running(app, mailing_id))


async def test_an_address_for_replies_that_is_on_its_way_is_waited_for(
    app: FastAPI, client: httpx2.AsyncClient, auth: ScriptedAuth
) -> None:
    anna = await known(auth, email=None, roles=("user", "admin"))
    auth.has(anna, email="anna@shop.example")
    submitted = await client.post(
        MAILINGS, json=await mailing_of(anna), headers=bearer(anna, "admin")
    )
    mailing_id = submitted.json()["id"]

    await let_tick(app)
    assert await status_of(mailing_id) == "scheduled"
    auth.answers.set()
    await until(lambda: ticked_until_running(app, mailing_id))

    assert (await run_of(mailing_id)).message["reply_to"] == "anna@shop.example"


async def ticked_until_running(app: FastAPI, mailing_id: int) -> bool:
    await let_tick(app)
    return await status_of(mailing_id) == "running"
