"""A worker that sends emails, and the mail server that it sends them to."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import timedelta

import pytest
from fastapi import FastAPI

from auth_service.mail.outbox import Content, Outbox
from auth_service.mail.worker import Worker
from shared.smtp.breaker import Breaker, BreakerRule
from shared.smtp.connections import Connections
from shared.smtp.fields import Mailbox
from shared.smtp.server import MailServer
from testing.smtp.sink import Reaction, Sink, Step, reply

CONTENT = Content("anna@example.com", "ru", {"full_name": "Анна", "code": "042137", "link": "x"})
FIVE_SECONDS = timedelta(seconds=5)
_STEPS = {".": Step.END, "HELO": Step.EHLO}


@pytest.fixture
async def smtp() -> AsyncIterator[Sink]:
    async with Sink().running() as smtp:
        yield smtp


def react(smtp: Sink, session: Mapping[str, str | Reaction]) -> None:
    """Have each of these steps, "." for the end of the content, go otherwise once."""
    for name, reaction in session.items():
        step = _STEPS.get(name) or Step(name)
        smtp.when(step, reply(reaction) if isinstance(reaction, str) else reaction, times=1)


def with_server(worker: Worker, **changes: object) -> Worker:
    """Return the worker with another mail server, or with other timeouts."""
    server = replace(worker.connections.server, **changes)  # type: ignore[arg-type]
    return replace(worker, connections=Connections(server))


@pytest.fixture
def outbox(app: FastAPI) -> Outbox:
    outbox: Outbox = app.state.outbox
    return outbox


@pytest.fixture
def worker(outbox: Outbox, smtp: Sink) -> Worker:
    server = MailServer(
        "127.0.0.1",
        smtp.port,
        timeout=FIVE_SECONDS,
        command_timeout=FIVE_SECONDS,
        connect_timeout=FIVE_SECONDS,
    )
    breaker = Breaker(BreakerRule())
    sender = Mailbox("a@b.test", "Vitrina")
    return Worker(outbox, Connections(server), breaker, sender, public_url="http://shop.test")
