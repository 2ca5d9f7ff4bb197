"""Test emails of the mail server, which managers send to themselves."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import httpx2
import pytest
from fastapi import FastAPI

from mailing_service.mail_server.testing import MOST_IN_AN_HOUR
from mailing_service.messages.email import email_of_run
from mailing_service.messages.testing import MOST_WAITING
from mailing_service.models.deliveries import DeliveryState
from mailing_service.models.sending import MessageTest
from mailing_service.tests.conftest import UNAUTHORIZED, Person
from mailing_service.tests.mail_server.test_mail_server import PATH
from mailing_service.tests.messages.test_messages import MESSAGES, write
from mailing_service.tests.writing import known, nothing_new, settings_of
from shared import clock

pytestmark = pytest.mark.usefixtures("empty_tables")


@pytest.fixture(autouse=True)
async def server(app: FastAPI) -> AsyncIterator[None]:
    """There is a mail server."""
    before = app.state.settings
    app.state.settings = settings_of(app, smtp_host="one", smtp_port=25)
    yield
    app.state.settings = before


async def ask(person: Person, language: str = "en") -> httpx2.Response:
    return await person.client.post(f"{PATH}/test", headers={"Accept-Language": language})


async def test_it_is_for_managers(
    stranger: httpx2.AsyncClient, anna: Person, somebody: Callable[..., Person]
) -> None:
    response = await stranger.post(f"{PATH}/test")
    assert (response.status_code, response.content) == (401, UNAUTHORIZED)
    for person in (anna, somebody("blog_manager")):
        await known(person)
        for response in (await ask(person), await person.client.get(f"{PATH}/tests/1")):
            assert (response.status_code, response.json()["error"]) == (403, "forbidden")
    assert not await MessageTest.exists()


@pytest.mark.parametrize(("language", "subject"), [("en", "Test email"), ("ru", "Пробное письмо")])
async def test_it_waits_for_a_worker_and_goes_to_ones_own_address(
    manager: Person, app: FastAPI, language: str, subject: str
) -> None:
    await known(manager, email="maria@shop.example")
    response = await ask(manager, language)
    asked = response.json()
    assert (response.status_code, asked["email"]) == (202, "maria@shop.example")
    assert asked["state"] == "pending"
    test = await MessageTest.get(owner_id=manager.id)
    email = email_of_run(test.message, settings=app.state.settings)
    assert email.subject.startswith(subject)
    assert (test.message["language"], test.values) == (language, {})
    assert set(test.message) == {"message_id", "subject", "preheader", "body", "language"}

    await MessageTest.all().update(state=DeliveryState.FAILED, code=550, response="5.1.1 nobody")
    shown = (await manager.client.get(response.headers["location"])).json()
    assert (shown["state"], shown["code"], shown["response"]) == ("failed", 550, "5.1.1 nobody")


async def test_without_a_mail_server_there_is_none(manager: Person, app: FastAPI) -> None:
    await known(manager)
    app.state.settings = settings_of(app, smtp_host=None)
    response = await ask(manager)
    assert (response.status_code, response.json()["error"]) == (409, "no_mail_server")


async def test_without_a_verified_address_there_is_none(manager: Person) -> None:
    await nothing_new()
    response = await ask(manager)
    assert (response.status_code, response.json()["error"]) == (409, "no_verified_address")
    await known(manager, is_blocked=True)
    assert (await ask(manager)).json()["error"] == "owner_blocked"


async def test_only_so_many_wait_however_many_are_asked_for_at_the_same_time(
    admin: Person,
) -> None:
    await known(admin)
    responses = await asyncio.gather(*(ask(admin) for _ in range(MOST_WAITING + 3)))
    statuses = sorted(response.status_code for response in responses)
    assert statuses == [202] * MOST_WAITING + [409] * 3


async def test_there_are_only_so_many_an_hour(admin: Person) -> None:
    await known(admin)
    message = await write(admin)
    await admin.client.post(f"{MESSAGES}/{message['id']}/test", json={})  # which does not count
    for _ in range(MOST_IN_AN_HOUR):
        await MessageTest.all().update(state=DeliveryState.SENT)
        assert (await ask(admin)).status_code == 202
    await MessageTest.all().update(state=DeliveryState.SENT)
    refused = await ask(admin)
    assert (refused.status_code, refused.json()["error"]) == (429, "too_many_server_tests")
    assert int(refused.headers["retry-after"]) > 0
    assert await MessageTest.all().count() == MOST_IN_AN_HOUR + 1
    await MessageTest.all().update(created_at=clock.now() - timedelta(minutes=61))
    assert (await ask(admin)).status_code == 202


async def test_those_of_others_and_those_of_messages_are_not_found(
    manager: Person, admin: Person
) -> None:
    await known(manager)
    location = (await ask(manager)).headers["location"]
    assert (await admin.client.get(location)).json()["error"] == "message_test_not_found"
    message = await write(manager)
    of_message = await manager.client.post(f"{MESSAGES}/{message['id']}/test", json={})
    elsewhere = f"{PATH}/tests/{of_message.json()['id']}"
    assert (await manager.client.get(elsewhere)).status_code == 404
    number = location.rpartition("/")[2]
    assert (await manager.client.get(f"{MESSAGES}/1/tests/{number}")).status_code == 404
