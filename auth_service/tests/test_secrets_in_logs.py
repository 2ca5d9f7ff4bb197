"""No password, token, code or key ever reaches a log line or the audit log."""

import logging
import logging.config
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import StringIO
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI

from auth_service.audit.service import Event
from auth_service.models import AuditEvent, OutboxEmail, SigningKey, User
from auth_service.tests.conftest import (
    REGISTRATION,
    bearer,
)
from auth_service.tests.people import join
from shared.telemetry.observability import logging_config
from testing.clock import MovableClock
from testing.outage import Cable

AUDIT = "/api/v1/audit"


@contextmanager
def logged_as_json() -> Iterator[StringIO]:
    """Log everything as the running service does at its most talkative; give what it wrote."""
    written = StringIO()
    config = logging_config(service="auth", level="debug")
    config["handlers"]["stderr"]["stream"] = written
    root, levels = logging.getLogger(), {}
    handlers, levels[""] = root.handlers[:], root.level
    for name in config["loggers"]:
        levels[name] = logging.getLogger(name).level
    logging.config.dictConfig(config)
    try:
        yield written
    finally:
        root.handlers[:] = handlers
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)


class Canaries:
    """Secrets that are put into every flow, to be looked for where none may be."""

    def __init__(self, client: httpx2.AsyncClient, app: FastAPI) -> None:
        self.client, self.app = client, app
        self.secrets = {"Canary:Old7", "Canary:New8", "Canary:Reset9", "Canary:Wrong3"}

    async def post(self, path: str, body: Any, **more: Any) -> httpx2.Response:
        response = await self.client.post(f"/api/v1/{path}", json=body, **more)
        if response.content and isinstance(answer := response.json(), dict):
            self.secrets |= {
                value for name, value in answer.items() if name in {"access_token", "refresh_token"}
            }
        return response

    async def sign_in(self, password: str) -> dict[str, Any]:
        body = {"login": "anna@example.com", "password": password}
        pair: dict[str, Any] = (await self.post("auth/login", body)).json()
        return pair

    async def newest_email(self, kind: str) -> dict[str, str]:
        email = await OutboxEmail.filter(kind=kind).order_by("-id").first()
        assert email is not None
        values: dict[str, str] = self.app.state.outbox.open(email).values
        self.secrets |= {values[name] for name in ("code",) if name in values}
        if "link" in values:
            values["token"] = values["link"].partition("?token=")[2]
            self.secrets.add(values["token"])
        return values


def passwords(password: str) -> dict[str, str]:
    return {"password": password, "password_confirmation": password}


async def live(canaries: Canaries, clock: MovableClock, cable: Cable) -> None:
    """Go through the whole life of an account, with everything that can go wrong in it."""
    post = canaries.post
    anna = {**REGISTRATION, **passwords("Canary:Old7")}
    await post("auth/register", {**anna, "password_confirmation": "Canary:Wrong3"})
    await post("auth/register", anna)
    await post("auth/register", anna)
    email = await canaries.newest_email("verify")
    await canaries.sign_in("Canary:Wrong3")
    cable.cut()
    await post("auth/login", {"login": "anna@example.com", "password": "Canary:Old7"})
    await cable.connect()
    first, second = await canaries.sign_in("Canary:Old7"), await canaries.sign_in("Canary:Old7")
    for code in ("000000", email["code"], email["code"]):
        await post("auth/email/verify", {"code": code}, headers=bearer(first))
    await post("auth/email/confirm", {"token": email["token"]})
    form = {"grant_type": "password", "username": "anna@example.com", "password": "Canary:Old7"}
    await canaries.client.post("/api/v1/auth/token", data=form)
    for _ in range(3):  # a renewal, a lost answer, and a theft
        await post("auth/refresh", {"refresh_token": second["refresh_token"]})
        clock.advance(timedelta(seconds=40))
    change = {"current_password": "Canary:Old7", **passwords("Canary:New8")}
    await post("auth/password/change", {**change, "current_password": "Canary:Wrong3"})
    wrong = {**change, "current_password": "Canary:Wrong3"}
    await post("auth/password/change", wrong, headers=bearer(first))
    await post("auth/password/change", change, headers=bearer(first))
    await post("auth/password/forgot", {"login": "anna@example.com"})
    reset = await canaries.newest_email("reset")
    for _ in range(2):
        body = {"token": reset["token"], **passwords("Canary:Reset9")}
        await post("auth/password/reset", body)
    third = await canaries.sign_in("Canary:Reset9")
    proof = {"current_password": "Canary:Reset9"}
    clock.advance(timedelta(minutes=2))
    await post("users/me/phone", {"phone": "+79990000001", **proof}, headers=bearer(third))
    await post("users/me/email", {"email": "new@example.com", **proof}, headers=bearer(third))
    moved = await canaries.newest_email("confirm_email")
    await post("auth/email/confirm", {"token": moved["token"]})
    await canaries.client.post(
        "/api/v1/auth/revoke", data={"token": first["refresh_token"], "client_id": "vitrina"}
    )
    await canaries.client.get(f"/api/v1/users/me?token={third['access_token']}")
    await canaries.client.request("DELETE", "/api/v1/users/me", json=proof, headers=bearer(third))


async def test_no_secret_ever_reaches_the_logs(
    client: httpx2.AsyncClient,
    app: FastAPI,
    clock: MovableClock,
    cable: Cable,
    caplog: pytest.LogCaptureFixture,
) -> None:
    canaries = Canaries(client, app)
    for name in ("auth_service", "shared", "uvicorn"):
        caplog.set_level(logging.DEBUG, logger=name)

    with logged_as_json() as logged:
        logging.getLogger("auth_service.canary").debug("the log is open")
        await live(canaries, clock, cable)
        boss = await join(client, "boss", "admin")
        exported = await client.get(f"{AUDIT}/export", headers=boss.headers)
        await client.delete(f"/api/v1/users/{boss.id}", headers=boss.headers)

    canaries.secrets |= {row.password_hash for row in await User.all()} - {"!"}
    canaries.secrets |= {row.public_jwk["n"] for row in await SigningKey.all()}
    canaries.secrets |= {"a secret of the tests", "PRIVATE KEY"}
    audited = [str(dict(row)) for row in await AuditEvent.all().values()]
    kept = "\n".join((logged.getvalue(), caplog.text, *audited))
    told = f"{kept}\n{exported.text}"
    assert len(canaries.secrets) > 15
    assert [secret for secret in canaries.secrets if secret in told] == []
    assert "the log is open" in logged.getvalue()
    for personal in ("anna@example.com", "new@example.com", "9161234567", "9990000001"):
        assert personal not in told
    assert "Петрова" not in kept  # an export has names, which are looked up as it is read
    happened = {row["event"] for row in await AuditEvent.all().values("event")}
    assert happened >= {
        Event.REGISTERED,
        Event.SIGNED_IN,
        Event.EMAIL_VERIFIED,
        Event.REFRESH_REUSE_DETECTED,
        Event.PASSWORD_CHANGED,
        Event.PASSWORD_RESET_REQUESTED,
        Event.PASSWORD_RESET,
        Event.PHONE_CHANGED,
        Event.EMAIL_CHANGE_REQUESTED,
        Event.EMAIL_CHANGED,
        Event.ACCOUNT_DELETED,
        Event.AUDIT_READ,
    }
