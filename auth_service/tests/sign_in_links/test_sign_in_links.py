"""A link that lets a new device sign in while strangers guess, and nothing beside that."""

import asyncio
from datetime import timedelta
from urllib.parse import urlsplit

import httpx2
import pytest
from fastapi import FastAPI

from auth_service.mail.outbox import Kind
from auth_service.models import AuditEvent, Confirmation, Device, Session, User
from auth_service.tests.conftest import REGISTRATION, bearer, register, sign_in
from auth_service.tests.sessions.test_guessing import (
    EMAIL,
    PHONE,
    addresses,
    fill,
    guess,
    try_right,
)
from auth_service.tests.written_emails import WrittenEmail, assert_refused, last, written
from testing.clock import MovableClock

ASK = "/api/v1/auth/sign-in-link"
CONFIRM = f"{ASK}/confirm"


async def ask(
    client: httpx2.AsyncClient, login: str = EMAIL, address: str = "203.0.113.7"
) -> httpx2.Response:
    return await client.post(ASK, json={"login": login}, headers={"X-Forwarded-For": address})


async def links(app: FastAPI) -> list[WrittenEmail]:
    return await written(app, Kind.SIGN_IN_LINK)


async def use(client: httpx2.AsyncClient, token: str) -> httpx2.Response:
    return await client.post(CONFIRM, json={"token": token})


@pytest.mark.parametrize("login", [EMAIL, PHONE])
async def test_beyond_the_ceiling_a_new_device_signs_in_by_a_link(
    app: FastAPI, client: httpx2.AsyncClient, login: str
) -> None:
    await register(client)
    await fill(client, EMAIL, PHONE)
    assert (await try_right(client, login=login)).status_code == 429

    asked = await ask(client, login)
    letter = await last(app, Kind.SIGN_IN_LINK)
    let_in = await use(client, letter.token)

    assert (asked.status_code, asked.content, letter.recipient) == (202, b"", EMAIL)
    assert let_in.status_code == 200
    assert let_in.headers["cache-control"] == "no-store"
    assert let_in.json()["expires_in"] == 600
    token = let_in.json()["device_token"]
    signed_in = await try_right(client, login=login, device_token=token)
    assert (signed_in.status_code, signed_in.json()["device_token"]) == (200, token)


async def test_the_password_is_still_asked_for(app: FastAPI, client: httpx2.AsyncClient) -> None:
    await register(client)
    await ask(client)
    token = (await use(client, (await last(app, Kind.SIGN_IN_LINK)).token)).json()["device_token"]

    codes = [(await guess(client, device_token=token)).status_code for _ in range(12)]

    assert codes == [401] * 10 + [429] * 2
    assert await Session.all().count() == 0


async def test_the_link_leads_to_a_page_of_the_front_end(
    app: FastAPI, client: httpx2.AsyncClient
) -> None:
    await register(client)
    await ask(client)
    link = urlsplit((await last(app, Kind.SIGN_IN_LINK)).link)

    assert (await client.get(CONFIRM, params=link.query)).status_code == 303
    assert link.path == "/sign-in-link"
    assert await Device.all().count() == 0
    assert (await Confirmation.get(purpose="sign_in")).used_at is None


async def test_it_is_good_once(app: FastAPI, client: httpx2.AsyncClient) -> None:
    await register(client)
    await ask(client)
    token = (await last(app, Kind.SIGN_IN_LINK)).token

    used = await asyncio.gather(*(use(client, token) for _ in range(10)))

    assert sorted(response.status_code for response in used) == [200] + [400] * 9
    assert_refused(await use(client, token), "invalid_or_expired_token")


@pytest.mark.parametrize(("age", "status"), [(599, 200), (600, 400)])
async def test_it_is_good_for_ten_minutes(
    app: FastAPI, client: httpx2.AsyncClient, clock: MovableClock, age: int, status: int
) -> None:
    await register(client)
    await ask(client)
    clock.advance(timedelta(seconds=age - 2 if status == 200 else age))

    assert (await use(client, (await last(app, Kind.SIGN_IN_LINK)).token)).status_code == status


async def test_who_is_let_in_has_ten_minutes_for_the_first_sign_in(
    app: FastAPI, client: httpx2.AsyncClient, clock: MovableClock
) -> None:
    await register(client)
    await ask(client)
    token = (await use(client, (await last(app, Kind.SIGN_IN_LINK)).token)).json()["device_token"]
    clock.advance(timedelta(minutes=10))
    await fill(client, EMAIL)

    assert (await try_right(client, device_token=token)).status_code == 429


@pytest.mark.parametrize("purpose", [Kind.VERIFY, Kind.RESET])
async def test_the_token_of_another_email_is_none(
    app: FastAPI, client: httpx2.AsyncClient, purpose: Kind
) -> None:
    await register(client)
    await client.post("/api/v1/auth/password/forgot", json={"login": EMAIL})

    assert_refused(await use(client, (await last(app, purpose)).token), "invalid_or_expired_token")


async def test_unknown_and_blocked_people_get_the_same_response_and_no_email(
    app: FastAPI, client: httpx2.AsyncClient
) -> None:
    await register(client)
    await User.all().update(is_active=False)

    answers = [await ask(client, login) for login in (EMAIL, "nobody@example.com", "no name")]

    assert {(a.status_code, a.content, len(a.headers)) for a in answers} == {
        (202, b"", len(answers[0].headers))
    }
    assert await links(app) == []


async def test_emails_are_sent_at_a_bounded_rate_whoever_asks(
    app: FastAPI, client: httpx2.AsyncClient, clock: MovableClock
) -> None:
    await register(client)
    for address in addresses(40):
        assert (await ask(client, address=address)).status_code == 202
    assert len(await links(app)) == 1

    for _ in range(60):
        clock.advance(timedelta(minutes=1))
        await ask(client)
    assert len(await links(app)) <= 3 + 60 * 3 / 10


async def test_strangers_who_ask_do_not_keep_the_owner_from_a_link(
    app: FastAPI, client: httpx2.AsyncClient, clock: MovableClock
) -> None:
    """They ask for all emails there are, also for other names of the mailbox."""
    await register(client)
    await User.all().update(is_email_verified=True)
    for number in range(10):
        name = f"anna+{number}@example.com"
        await client.post(
            "/api/v1/auth/register",
            json={**REGISTRATION, "email": name, "phone": f"+7916000000{number}"},
        )
        for login in (name, EMAIL):
            await client.post("/api/v1/auth/password/forgot", json={"login": login})
        await ask(client, name)
    await fill(client, EMAIL)
    await ask(client, address="198.51.100.77")  # a stranger is quicker
    await ask(client)

    (letter,) = [letter for letter in await links(app) if letter.recipient == EMAIL]
    token = (await use(client, letter.token)).json()["device_token"]
    assert (await try_right(client, device_token=token)).status_code == 200


async def test_one_address_has_to_wait_when_it_asks_for_many(client: httpx2.AsyncClient) -> None:
    codes = [(await ask(client, f"person{n}@example.com")).status_code for n in range(60)]
    assert set(codes) == {202}
    while (refused := await ask(client, "nobody@example.com")).status_code == 202:
        pass
    assert refused.headers["retry-after"] == "1"
    assert (await ask(client, address="198.51.100.9")).status_code == 202


async def test_a_new_password_makes_links_void(app: FastAPI, client: httpx2.AsyncClient) -> None:
    await register(client)
    await ask(client)
    change = {
        "current_password": REGISTRATION["password"],
        "password": "Another:Word2",
        "password_confirmation": "Another:Word2",
    }
    headers = bearer(await sign_in(client))
    await client.post("/api/v1/auth/password/change", json=change, headers=headers)

    used = await use(client, (await last(app, Kind.SIGN_IN_LINK)).token)
    assert_refused(used, "invalid_or_expired_token")


async def test_it_is_written_down(app: FastAPI, client: httpx2.AsyncClient) -> None:
    account = await register(client)
    await ask(client)
    await ask(client, "nobody@example.com")
    await use(client, (await last(app, Kind.SIGN_IN_LINK)).token)
    await use(client, "x")

    events = await AuditEvent.filter(event__startswith="sign_in_link").order_by("id")
    assert [(e.event, e.succeeded, str(e.subject_id)) for e in events] == [
        ("sign_in_link_requested", True, account["id"]),
        ("sign_in_link_requested", False, "None"),
        ("sign_in_link_used", True, account["id"]),
        ("sign_in_link_used", False, "None"),
    ]
