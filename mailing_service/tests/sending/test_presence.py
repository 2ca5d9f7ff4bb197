"""A worker writes that it lives, as long as it works, and goes when it ends."""

from datetime import timedelta
from uuid import uuid4

import pytest

from mailing_service.models.sending import MailServerState, Worker
from mailing_service.sending import presence
from mailing_service.sending.presence import present
from mailing_service.tests.sending.conftest import Sending
from mailing_service.tests.sending.waiting import until
from mailing_service.tests.test_retention import rule
from shared import clock
from testing.mailing.runs import addresses, running_run
from testing.smtp.sink import DROP, Sink, Step


@pytest.fixture(autouse=True)
async def quickly(monkeypatch: pytest.MonkeyPatch, models: None, empty_tables: None) -> None:
    del models, empty_tables
    monkeypatch.setattr(presence, "INTERVAL", timedelta(seconds=0.05))


async def test_it_is_there_while_it_works_and_gone_when_it_has_ended() -> None:
    works = True
    async with present(lambda: works), present(lambda: works):
        first, second = await Worker.all().order_by("started_at", "id")
        assert first.id != second.id
        await until(Worker.filter(id=first.id, seen_at__gt=first.seen_at).exists)
        works = False
        seen = (await Worker.get(id=first.id)).seen_at
        assert clock.now() - seen < presence.SEEN_WITHIN
    assert not await Worker.exists()


async def test_one_whose_sender_has_ended_says_nothing() -> None:
    async with present(lambda: False):
        assert not await Worker.exists()


async def test_since_when_a_breaker_is_open_is_kept_until_it_closes(
    sending: Sending, sink: Sink
) -> None:
    sink.when(Step.CONNECT, DROP)
    await running_run(addresses(3))
    async with sending():
        await until(MailServerState.filter(opened_at__not_isnull=True).exists)
        before = await MailServerState.get()
        more = MailServerState.filter(failures__gt=before.failures, opened_at=before.opened_at)
        await until(more.exists)
        sink.rules.clear()
        await until(MailServerState.filter(open_until=None, opened_at=None).exists)


async def test_one_that_ended_without_saying_so_is_forgotten_after_a_day() -> None:
    now = clock.now()
    for hours in (23, 25):
        seen = now - timedelta(hours=hours)
        await Worker.create(id=uuid4(), started_at=seen, seen_at=seen)
    assert await rule("workers")() == 1
    assert (await Worker.get()).seen_at == now - timedelta(hours=23)
