"""The running service hands what its outbox holds to the mail server of its settings."""

import asyncio

import httpx2
import pytest
from fastapi import FastAPI

from auth_service.mail.worker import sending
from auth_service.models import OutboxEmail
from auth_service.tests.conftest import auth_settings, register
from testing.smtp.sink import Sink

pytestmark = pytest.mark.timing


async def test_the_service_sends_what_its_outbox_holds(
    app: FastAPI, client: httpx2.AsyncClient
) -> None:
    async with Sink().running() as server:
        settings = auth_settings(
            "postgres://unused@127.0.0.1/x", smtp_host="127.0.0.1", smtp_port=server.port
        )
        async with sending(settings, app.state.outbox), asyncio.timeout(60):
            await register(client)
            while not await OutboxEmail.exclude(sent_at=None).exists():
                await asyncio.sleep(0.01)

    (letter,) = server.messages
    assert letter["Subject"] == "Confirm your email"
    assert letter["From"] == "Vitrina <vitrina@localhost>"
    assert (await OutboxEmail.get()).sealed_content is None
