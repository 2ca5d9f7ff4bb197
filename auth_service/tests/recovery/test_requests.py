"""An email that was promised is written, whatever becomes of the process that promised it."""

import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import asyncpg
import httpx2
import pytest
from fastapi import FastAPI

from auth_service.caller import Caller
from auth_service.email_requests import asked_emails, requests
from auth_service.email_requests.requests import Asked
from auth_service.mail.outbox import Kind
from auth_service.models import EmailRequest
from auth_service.tests.conftest import INTERNAL_SECRETS, REGISTRATION, register
from auth_service.tests.recovery.conftest import FORGOT, forget
from auth_service.tests.written_emails import written
from shared.secret_box import SecretBox
from testing.clock import MovableClock
from testing.database import ServiceDatabase
from testing.old_code import ROOT
from testing.outage import Cable
from testing.processes import address_of


@asynccontextmanager
async def service(database: ServiceDatabase) -> AsyncIterator[Process]:
    """The service as a process of its own."""
    settings = {
        "AUTH_DATABASE_URL": database.runtime_url,
        "AUTH_SECRETS": '["a secret of the tests, long enough"]',
        "INTERNAL_SECRETS": json.dumps(INTERNAL_SECRETS),
        "AUTH_PORT": "0",
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "auth_service"),
        cwd=ROOT,
        env={**os.environ, **settings},
        stderr=PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def test_what_was_answered_is_done_after_the_process_was_killed(
    app: FastAPI, client: httpx2.AsyncClient, database: ServiceDatabase
) -> None:
    await register(client)
    holder = await asyncpg.connect(database.owner_url)
    try:
        async with service(database) as promising, holder.transaction():
            url = await address_of(promising)
            await holder.execute("LOCK TABLE users")  # nobody can look who that is
            async with httpx2.AsyncClient(base_url=url, timeout=20) as visitor:
                for login in (REGISTRATION["email"], "nobody@example.com"):
                    answer = await visitor.post(FORGOT, json={"login": login})
                    assert (answer.status_code, answer.content) == (202, b"")
            promising.kill()
            await promising.wait()
    finally:
        await holder.close()

    assert await written(app, Kind.RESET) == []
    async with service(database) as restarted:
        await address_of(restarted)
        async with asyncio.timeout(20):
            while await EmailRequest.exists():
                await asyncio.sleep(0.1)
    (email,) = await written(app, Kind.RESET)
    assert email.recipient == REGISTRATION["email"]


async def test_without_a_database_nothing_is_promised(
    client: httpx2.AsyncClient, account: dict[str, Any], cable: Cable
) -> None:
    cable.cut()
    try:
        assert (await forget(client)).status_code == 503
    finally:
        await cable.connect()


async def test_one_that_fails_stops_none_behind_it_and_is_given_up_after_an_hour(
    app: FastAPI, account: dict[str, Any], clock: MovableClock
) -> None:
    box = app.state.outbox.box
    stranger = SecretBox(["another secret, which is in no setting"])
    await requests.put(Asked("anna@example.com", Caller()), box=stranger)
    await requests.put(Asked("anna@example.com", Caller()), box=box)

    await asked_emails.send(app.state.confirmations)
    assert len(await written(app, Kind.RESET)) == 1
    assert await EmailRequest.all().count() == 1
    clock.advance(timedelta(hours=1))
    await asked_emails.send(app.state.confirmations)
    assert await EmailRequest.all().count() == 0


async def test_of_many_at_work_each_request_is_done_by_one(
    app: FastAPI, account: dict[str, Any]
) -> None:
    for _ in range(5):
        await requests.put(Asked("nobody@example.com", Caller()), box=app.state.outbox.box)

    done = await asyncio.gather(
        *(asyncio.create_task(asked_emails.send(app.state.confirmations)) for _ in range(4))
    )

    assert sum(done) == 5


@pytest.mark.parametrize("login", ["anna@example.com", "nobody@example.com"])
async def test_the_row_shows_nobody_who_was_meant(
    app: FastAPI, account: dict[str, Any], login: str
) -> None:
    await requests.put(Asked(login, Caller()), box=app.state.outbox.box)

    assert login.encode() not in bytes((await EmailRequest.get()).sealed_content)
