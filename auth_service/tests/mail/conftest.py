"""A worker that sends letters, and the mail server that it sends them to."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from fastapi import FastAPI

from auth_service.mail.outbox import Content, Outbox
from auth_service.mail.smtp import MailServer, Tls
from auth_service.mail.worker import Worker
from auth_service.tests.scripted_smtp import ScriptedSmtp

CONTENT = Content("anna@example.com", "ru", {"full_name": "Анна", "code": "042137", "link": "x"})


@pytest.fixture
async def smtp() -> AsyncIterator[ScriptedSmtp]:
    smtp = ScriptedSmtp()
    async with smtp.running():
        yield smtp


@pytest.fixture
def outbox(app: FastAPI) -> Outbox:
    outbox: Outbox = app.state.outbox
    return outbox


@pytest.fixture
def worker(outbox: Outbox, smtp: ScriptedSmtp) -> Worker:
    server = MailServer("127.0.0.1", smtp.port, Tls.NONE, timeout=timedelta(seconds=5))
    return Worker(outbox, server, sender="Vitrina <a@b.test>", public_url="http://shop.test")
