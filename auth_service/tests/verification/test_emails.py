"""The emails that an address is verified with: when they are written, and what they give away."""

import logging
from datetime import timedelta

import httpx2
import pytest
from fastapi import FastAPI

from auth_service.mail.outbox import Kind
from auth_service.models import AuditEvent, OutboxEmail, User
from auth_service.tests.conftest import (
    REGISTRATION,
    bearer,
    refresh,
    register,
    sign_in,
)
from auth_service.tests.verification.conftest import wrong
from auth_service.tests.written_emails import (
    RESEND,
    assert_refused,
    confirm,
    last,
    verify,
    written,
)
from testing.clock import MovableClock


@pytest.mark.parametrize(
    "lines", [["ru-RU,ru;q=0.9,en;q=0.8"], ["de", "ru"], ["en;q=0.5, ru;Q=0.9"], ["en;q=0", "*"]]
)
async def test_registration_writes_one_email_in_the_language_of_the_browser(
    app: FastAPI, client: httpx2.AsyncClient, lines: list[str]
) -> None:
    client.headers = httpx2.Headers(
        [*client.headers.multi_items(), *(("Accept-Language", line) for line in lines)]
    )
    await register(client)

    (email,) = await written(app)

    assert (email.kind, email.recipient, email.language) == ("verify", "anna@example.com", "ru")
    assert email.code.isdecimal()
    assert len(email.code) == 6
    assert len(email.token) == 43


async def test_a_refused_registration_writes_none(client: httpx2.AsyncClient) -> None:
    await register(client)

    again = await client.post(
        "/api/v1/auth/register",
        json={
            "full_name": "Someone",
            "email": "anna@example.com",
            "phone": "+79160000000",
            "password": "Open:Sesame1",
            "password_confirmation": "Open:Sesame1",
        },
    )

    assert again.status_code == 409
    assert await OutboxEmail.all().count() == 1


async def test_what_a_stranger_wrote_goes_to_no_address_that_is_not_verified(
    app: FastAPI, client: httpx2.AsyncClient, clock: MovableClock
) -> None:
    await register(client, full_name="Call 8 900 123 45 67 now")
    pair = await sign_in(client)
    change = {"email": "new@example.com", "current_password": REGISTRATION["password"]}
    await client.post("/api/v1/users/me/email", json=change, headers=bearer(pair))
    clock.advance(timedelta(seconds=61))
    await client.post("/api/v1/auth/password/forgot", json={"login": "anna@example.com"})
    await refresh(client, (await refreshed(client, pair))["refresh_token"])
    clock.advance(timedelta(seconds=61))
    await refresh(client, pair["refresh_token"])

    emails = await written(app)
    assert [email.kind for email in emails] == ["verify", "confirm_email", "reset", "refresh_reuse"]
    assert not {"full_name", "device"} & {name for email in emails for name in email.values}

    assert (await confirm(client, (await last(app, Kind.VERIFY)).token)).status_code == 204
    assert "full_name" in (await last(app, Kind.WELCOME)).values


async def refreshed(client: httpx2.AsyncClient, pair: dict[str, str]) -> dict[str, str]:
    renewed: dict[str, str] = (await refresh(client, pair["refresh_token"])).json()
    return renewed


async def test_an_email_is_asked_for_again_once_a_minute(
    app: FastAPI, client: httpx2.AsyncClient, pair: dict[str, str], clock: MovableClock
) -> None:
    first = await last(app, Kind.VERIFY)
    too_early = await client.post(RESEND, headers=bearer(pair))
    clock.advance(timedelta(seconds=61))
    in_time = await client.post(RESEND, headers=bearer(pair))
    again = await client.post(RESEND, headers=bearer(pair))
    second = await last(app, Kind.VERIFY)

    assert (too_early.status_code, too_early.json()["error"]) == (429, "too_many_letters")
    assert 0 < int(too_early.headers["retry-after"]) <= 60
    assert (in_time.status_code, again.status_code) == (202, 429)
    assert first.code != second.code
    assert (await verify(client, pair, second.code)).status_code == 204


async def test_the_link_of_the_first_email_is_good_until_one_is_used(
    app: FastAPI, client: httpx2.AsyncClient, pair: dict[str, str], clock: MovableClock
) -> None:
    first = await last(app, Kind.VERIFY)
    clock.advance(timedelta(seconds=61))
    await client.post(RESEND, headers=bearer(pair))
    second = await last(app, Kind.VERIFY)

    assert (await confirm(client, first.token)).status_code == 204
    assert_refused(await confirm(client, second.token), "invalid_or_expired_token")


async def test_ten_names_of_one_mailbox_in_ten_minutes_are_enough(
    app: FastAPI, client: httpx2.AsyncClient, clock: MovableClock
) -> None:
    for number in range(10):
        await register(client, email=f"anna+{number}@example.com", phone=f"+7916000000{number}")
    eleventh = {
        "full_name": "Anna",
        "email": "ANNA+more@example.com",
        "phone": "+79160000010",
        "password": "Open:Sesame1",
        "password_confirmation": "Open:Sesame1",
    }

    refused = await client.post("/api/v1/auth/register", json=eleventh)
    clock.advance(timedelta(minutes=10, seconds=1))
    taken = await client.post("/api/v1/auth/register", json=eleventh)

    assert (refused.status_code, refused.json()["error"]) == (429, "too_many_letters")
    assert taken.status_code == 201
    assert await User.all().count() == 11


async def test_who_is_verified_gets_no_further_email(
    app: FastAPI, client: httpx2.AsyncClient, pair: dict[str, str]
) -> None:
    await verify(client, pair, (await last(app, Kind.VERIFY)).code)

    response = await client.post(RESEND, headers=bearer(pair))

    assert (response.status_code, response.json()["error"]) == (409, "email_already_verified")


async def test_whatever_host_a_request_names_links_lead_to_us(
    app: FastAPI, client: httpx2.AsyncClient
) -> None:
    client.headers.update(
        {
            "Host": "evil.example",
            "X-Forwarded-Host": "evil.example",
            "Forwarded": "host=evil.example",
            "X-Forwarded-Proto": "javascript",
            "Origin": "http://evil.example",
        }
    )
    await register(client)

    email = await last(app, Kind.VERIFY)

    assert email.link.startswith("http://localhost:8000/confirm?token=")
    assert "evil" not in str(email)


async def test_codes_and_tokens_are_in_no_log(
    app: FastAPI, client: httpx2.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await register(client)
    pair, email = await sign_in(client), await last(app, Kind.VERIFY)
    await verify(client, pair, wrong(email.code))
    await verify(client, pair, email.code)
    await confirm(client, email.token)

    logged = [f"{r.getMessage()} {vars(r)}" for r in caplog.records if "asyncpg" not in r.name]
    events = [f"{vars(event)}" for event in await AuditEvent.all()]
    for secret in (email.token, f"'{email.code}'", "anna@example.com"):
        assert not any(secret in line for line in events)
    for secret in (email.token, f"'{email.code}'"):
        assert not any(secret in line for line in logged)
