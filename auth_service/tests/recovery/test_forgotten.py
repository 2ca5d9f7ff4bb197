"""Asking for a link to set a new password: the response gives nothing away."""

import asyncio
from collections.abc import MutableMapping
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI

from auth_service.accounts.lookup import find_by_login
from auth_service.email_requests import password_resets
from auth_service.mail.outbox import Kind
from auth_service.models import RateLimit, User
from auth_service.tests.conftest import bearer, sign_in
from auth_service.tests.recovery.conftest import FORGOT, LATER, forget
from auth_service.tests.written_emails import last, written
from testing.clock import MovableClock


@pytest.mark.parametrize("login", ["anna@example.com", " ANNA@example.com", "8 (916) 123-45-67"])
async def test_the_email_goes_to_the_account_whatever_one_signs_in_by(
    app: FastAPI, client: httpx2.AsyncClient, account: dict[str, Any], login: str
) -> None:
    response = await forget(client, login)

    (letter,) = await written(app, Kind.RESET)
    assert (response.status_code, response.content) == (202, b"")
    assert letter.recipient == "anna@example.com"
    assert letter.link.startswith("http://localhost:8000/reset?token=")


@pytest.mark.parametrize("login", ["nobody@example.com", "+79990000000", "no login at all", ""])
async def test_who_is_unknown_gets_the_same_response(
    app: FastAPI, client: httpx2.AsyncClient, account: dict[str, Any], login: str
) -> None:
    known, unknown = await forget(client), await forget(client, login)

    assert (known.status_code, known.content) == (unknown.status_code, unknown.content)
    volatile = {"x-request-id", "date"}
    assert {k: v for k, v in known.headers.items() if k not in volatile} == {
        k: v for k, v in unknown.headers.items() if k not in volatile
    }
    assert len(await written(app, Kind.RESET)) == 1


@pytest.mark.parametrize("login", ["anna@example.com", "nobody@example.com"])
async def test_nothing_is_looked_up_before_the_response_is_given(
    app: FastAPI, account: dict[str, Any], monkeypatch: pytest.MonkeyPatch, login: str
) -> None:
    order: list[str] = []

    async def find(text: str) -> User | None:
        order.append("looked up")
        return await find_by_login(text)

    async def send(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.body" and not message.get("more_body"):
            order.append("answered")

    monkeypatch.setattr(password_resets, "find_by_login", find)
    await app(_forgot_scope(), _body(login), send)

    assert order == ["answered", "looked up"]


async def test_one_email_a_minute_for_anyone_and_by_any_name(
    app: FastAPI, client: httpx2.AsyncClient, account: dict[str, Any], clock: MovableClock
) -> None:
    logins = ["anna@example.com", "ANNA@example.com", "+79161234567", "8 916 123 45 67"]
    answers = await asyncio.gather(*(forget(client, login) for login in 3 * logins))

    assert {answer.status_code for answer in answers} == {202}
    assert len(await written(app, Kind.RESET)) == 1
    clock.advance(LATER)
    await forget(client)
    assert len(await written(app, Kind.RESET)) == 2


async def test_strangers_who_ask_do_not_keep_the_owner_from_verifying(
    app: FastAPI, client: httpx2.AsyncClient, account: dict[str, Any], clock: MovableClock
) -> None:
    pair = await sign_in(client)
    for _ in range(9):
        await forget(client)
        clock.advance(LATER)

    response = await client.post("/api/v1/auth/email/resend", headers=bearer(pair))

    assert response.status_code == 202
    assert 3 <= len(await written(app, Kind.RESET)) <= 5  # three in a row, then one in 200 seconds


async def test_who_asks_for_many_has_to_wait_known_or_not(
    client: httpx2.AsyncClient, account: dict[str, Any]
) -> None:
    for login in ("anna@example.com", "nobody@example.com"):
        answers = [await forget(client, login) for _ in range(40)]
        assert {answer.status_code for answer in answers} == {202}
        while (refused := await forget(client, login)).status_code == 202:
            answers.append(refused)
        assert (refused.status_code, refused.json()["error"]) == (429, "too_many_tries")
        assert refused.headers["retry-after"] == "1"
        await RateLimit.filter(key__startswith="forgot:").delete()


async def test_a_forged_host_is_in_no_link(
    app: FastAPI, client: httpx2.AsyncClient, account: dict[str, Any]
) -> None:
    client.headers.update({"Host": "evil.example", "X-Forwarded-Host": "evil.example"})
    await forget(client)

    assert "evil" not in str(await last(app, Kind.RESET))


def _forgot_scope() -> dict[str, Any]:
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": FORGOT,
        "raw_path": FORGOT.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [(b"host", b"auth"), (b"content-type", b"application/json")],
        "client": ("127.0.0.1", 1),
        "server": ("auth", 80),
        "state": {},
    }


def _body(login: str) -> Any:
    async def receive() -> dict[str, Any]:
        body = f'{{"login": "{login}"}}'.encode()
        return {"type": "http.request", "body": body, "more_body": False}

    return receive
