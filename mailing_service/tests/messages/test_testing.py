"""Test emails of a message to its owner."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx2
import pytest

from mailing_service.messages.service import erase_owner
from mailing_service.messages.testing import MOST_WAITING
from mailing_service.models.deliveries import DeliveryState
from mailing_service.models.sending import MessageTest
from mailing_service.tests.conftest import UNAUTHORIZED, Person
from mailing_service.tests.messages.test_messages import MESSAGES, write
from mailing_service.tests.messages.test_preview import recipient
from mailing_service.tests.writing import known, nothing_new
from shared import clock

pytestmark = pytest.mark.usefixtures("empty_tables")


async def ask(person: Person, message: dict[str, Any], **request: Any) -> httpx2.Response:
    return await person.client.post(f"{MESSAGES}/{message['id']}/test", json=request)


async def waiting(person: Person) -> MessageTest:
    return await MessageTest.get(owner_id=person.id)


@pytest.mark.parametrize(("method", "path"), [("POST", "1/test"), ("GET", "1/tests/1")])
async def test_a_stranger_is_unauthorized(
    stranger: httpx2.AsyncClient, method: str, path: str
) -> None:
    response = await stranger.request(method, f"{MESSAGES}/{path}")

    assert (response.status_code, response.content) == (401, UNAUTHORIZED)


async def test_it_waits_for_a_worker_and_its_state_is_shown(anna: Person) -> None:
    await known(anna, email="anna@shop.example", full_name="Anna")
    message = await write(anna, preheader="News", language="ru")

    response = await ask(anna, message)
    asked = response.json()

    assert response.status_code == 202
    assert (asked["email"], asked["state"]) == ("anna@shop.example", "pending")
    assert (await anna.client.get(response.headers["location"])).json() == asked
    test = await waiting(anna)
    assert test.values == {"email": "anna@shop.example", "full_name": "Anna"}
    assert test.message == {
        "message_id": message["id"],
        "subject": message["subject"],
        "preheader": "News",
        "body": message["body"],
        "language": "ru",
        "reply_to": "anna@shop.example",
    }


async def test_it_says_what_the_mail_server_said(anna: Person) -> None:
    await known(anna)
    response = await ask(anna, await write(anna))
    await MessageTest.all().update(state=DeliveryState.FAILED, code=550, response="5.1.1 nobody")

    shown = (await anna.client.get(response.headers["location"])).json()

    assert (shown["state"], shown["code"], shown["response"]) == ("failed", 550, "5.1.1 nobody")


async def test_what_nobody_sent_in_time_has_expired(anna: Person) -> None:
    await known(anna)
    response = await ask(anna, await write(anna))
    await MessageTest.all().update(expires_at=clock.now() - timedelta(seconds=1))

    shown = (await anna.client.get(response.headers["location"])).json()

    assert shown["state"] == "expired"


async def test_values_of_a_recipient_and_changes_go_to_ones_own_address(anna: Person) -> None:
    await known(anna)
    who = await recipient(anna, full_name="Boris", custom_fields={"city": "Kazan"})
    message = await write(anna)

    asked = (await ask(anna, message, recipient_id=who, subject="Other {{city}}")).json()

    test = await waiting(anna)
    assert asked["email"] == test.email == "anna@example.com"
    assert test.message["subject"] == "Other {{city}}"
    assert test.values["city"] == "Kazan"
    assert (await anna.client.get(f"{MESSAGES}/{message['id']}")).json() == message


@pytest.mark.parametrize("account", [None, {"email": None}])
async def test_without_a_verified_address_there_is_none(
    anna: Person, account: dict[str, Any] | None
) -> None:
    await nothing_new()
    if account is not None:
        await known(anna, **account)

    response = await ask(anna, await write(anna))

    assert (response.status_code, response.json()["error"]) == (409, "no_verified_address")
    assert not await MessageTest.exists()


async def test_a_blocked_owner_sends_none(anna: Person) -> None:
    await known(anna, is_blocked=True)

    response = await ask(anna, await write(anna))

    assert (response.status_code, response.json()["error"]) == (409, "owner_blocked")


async def test_what_no_email_can_hold_is_named(anna: Person) -> None:
    await known(anna)

    response = await ask(anna, await write(anna), body="{{full_name.__class__}}")

    assert response.status_code == 422
    assert [problem["field"] for problem in response.json()["fields"]] == ["body"]


@pytest.mark.parametrize("number", [0, 2**53, 2**63, True, "1"])
async def test_what_is_no_id_is_named(anna: Person, number: object) -> None:
    await known(anna)
    message = await write(anna)

    previewed = await anna.client.post(
        f"{MESSAGES}/{message['id']}/preview", json={"recipient_id": number}
    )

    for response in (previewed, await ask(anna, message, recipient_id=number)):
        assert response.status_code == 422
        assert [problem["field"] for problem in response.json()["fields"]] == ["recipient_id"]


async def test_only_so_many_wait_however_many_are_asked_for_at_the_same_time(
    anna: Person,
) -> None:
    await known(anna)
    message = await write(anna)

    responses = await asyncio.gather(*(ask(anna, message) for _ in range(MOST_WAITING + 5)))

    statuses = sorted(response.status_code for response in responses)
    assert statuses == [202] * MOST_WAITING + [409] * 5
    refused = [response.json() for response in responses if response.status_code == 409]
    assert {body["error"] for body in refused} == {"too_many_message_tests"}


async def test_those_of_others_are_not_found(
    anna: Person, boris: Person, somebody: Callable[..., Person]
) -> None:
    await known(anna)
    message, other = await write(anna), await write(anna)
    location = (await ask(anna, message)).headers["location"]

    for person in (boris, somebody("admin")):
        assert (await person.client.get(location)).status_code == 404
        assert (await ask(person, message)).json()["error"] == "message_not_found"
    elsewhere = location.replace(f"/{message['id']}/", f"/{other['id']}/")
    assert (await anna.client.get(elsewhere)).json()["error"] == "message_test_not_found"
    whose = await recipient(boris)
    assert (await ask(anna, message, recipient_id=whose)).json()["error"] == "recipient_not_found"


async def test_erasing_their_owner_removes_them(anna: Person, boris: Person) -> None:
    for person in (anna, boris):
        await known(person)
        await ask(person, await write(person))

    await erase_owner(anna.id)

    left: list[UUID] = [test.owner_id for test in await MessageTest.all()]
    assert left == [boris.id]
