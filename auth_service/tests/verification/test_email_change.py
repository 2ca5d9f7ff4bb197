"""A new email is confirmed where emails to it arrive, and announced where they did until then."""

from uuid import UUID

import httpx2
import pytest
from fastapi import FastAPI

from auth_service.accounts.confirmations import Confirmations, Purpose
from auth_service.audit.service import Event
from auth_service.caller import Caller
from auth_service.errors import EmailTaken, EmailUnchanged, TooManyEmails
from auth_service.mail.outbox import Kind
from auth_service.models import AuditEvent, User
from auth_service.tests.conftest import bearer, register, sign_in
from auth_service.tests.written_emails import assert_refused, confirm, last, verify, written
from auth_service.verification.service import request_email_change


@pytest.fixture
def confirmations(app: FastAPI) -> Confirmations:
    confirmations: Confirmations = app.state.confirmations
    return confirmations


@pytest.fixture
async def anna(client: httpx2.AsyncClient) -> User:
    account = await register(client)
    await User.all().update(is_email_verified=True)
    return await User.get(id=UUID(account["id"]))


async def ask(user: User, email: str, confirmations: Confirmations) -> None:
    await request_email_change(user, email, caller=Caller(), confirmations=confirmations)


async def test_nothing_changes_before_the_new_address_agrees(
    app: FastAPI,
    client: httpx2.AsyncClient,
    anna: User,
    confirmations: Confirmations,
) -> None:
    await ask(anna, "new@example.com", confirmations)
    assert (await User.get()).email == "anna@example.com"
    letter = await last(app, Kind.CONFIRM_EMAIL)
    assert letter.recipient == "new@example.com"

    assert (await confirm(client, letter.token)).status_code == 204

    user = await User.get()
    assert (user.email, user.is_email_verified) == ("new@example.com", True)
    told = await last(app, Kind.EMAIL_CHANGED)
    assert told.recipient == "anna@example.com"
    assert await AuditEvent.filter(event=Event.EMAIL_CHANGED.value).count() == 1


async def test_the_code_confirms_it_too(
    app: FastAPI,
    client: httpx2.AsyncClient,
    anna: User,
    confirmations: Confirmations,
) -> None:
    pair = await sign_in(client)
    await ask(anna, "new@example.com", confirmations)

    code = (await last(app, Kind.CONFIRM_EMAIL)).code

    assert (await verify(client, pair, code)).status_code == 204
    assert (await User.get()).email == "new@example.com"


async def test_links_to_the_old_address_are_good_no_more(
    app: FastAPI,
    client: httpx2.AsyncClient,
    anna: User,
    confirmations: Confirmations,
) -> None:
    to_old = await confirmations.issue(anna, Purpose.RESET_PASSWORD, email="anna@example.com")
    await ask(anna, "new@example.com", confirmations)
    await confirm(client, (await last(app, Kind.CONFIRM_EMAIL)).token)

    body = {
        "token": to_old["link"].partition("?token=")[2],
        "password": "Another:Word2",
        "password_confirmation": "Another:Word2",
    }
    reset = await client.post("/api/v1/auth/password/reset", json=body)

    assert_refused(reset, "invalid_or_expired_token")


async def test_a_later_request_makes_the_earlier_one_void(
    app: FastAPI,
    client: httpx2.AsyncClient,
    anna: User,
    confirmations: Confirmations,
) -> None:
    await ask(anna, "first@example.com", confirmations)
    await ask(anna, "second@example.com", confirmations)
    first, second = await written(app, Kind.CONFIRM_EMAIL)

    assert_refused(await confirm(client, first.token), "invalid_or_expired_token")
    assert (await confirm(client, second.token)).status_code == 204


async def test_who_takes_the_address_first_has_it(
    app: FastAPI,
    client: httpx2.AsyncClient,
    anna: User,
    confirmations: Confirmations,
) -> None:
    await ask(anna, "new@example.com", confirmations)
    await register(client, email="new@example.com", phone="+79160000000")

    response = await confirm(client, (await last(app, Kind.CONFIRM_EMAIL)).token)

    assert (response.status_code, response.json()["error"]) == (409, "email_taken")
    assert (await User.get(id=anna.id)).email == "anna@example.com"


async def test_some_changes_are_refused_immediately(
    client: httpx2.AsyncClient, anna: User, confirmations: Confirmations
) -> None:
    await register(client, email="boris@example.com", phone="+79160000000")
    with pytest.raises(EmailUnchanged):
        await ask(anna, "anna@example.com", confirmations)
    with pytest.raises(EmailTaken):
        await ask(anna, "boris@example.com", confirmations)
    await ask(anna, "new@example.com", confirmations)
    with pytest.raises(TooManyEmails):
        await ask(anna, "new+tag@example.com", confirmations)


async def test_a_changed_password_makes_it_void(
    app: FastAPI,
    client: httpx2.AsyncClient,
    anna: User,
    confirmations: Confirmations,
) -> None:
    pair = await sign_in(client)
    await ask(anna, "thief@example.com", confirmations)
    change = {
        "current_password": "Open:Sesame1",
        "password": "Another:Word2",
        "password_confirmation": "Another:Word2",
    }
    path = "/api/v1/auth/password/change"
    assert (await client.post(path, json=change, headers=bearer(pair))).status_code == 204

    token = (await last(app, Kind.CONFIRM_EMAIL)).token

    assert_refused(await confirm(client, token), "invalid_or_expired_token")
