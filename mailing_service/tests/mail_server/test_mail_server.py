"""What managers see of sending."""

from collections.abc import AsyncIterator
from datetime import timedelta
from itertools import pairwise
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from fastapi import FastAPI

from mailing_service.deliveries.moving import moving
from mailing_service.models.accounts import AccountPosition
from mailing_service.models.deliveries import Attempt, AttemptOutcome, Delivery, DeliveryState
from mailing_service.models.mailings import Run
from mailing_service.models.sending import (
    DomainRate,
    MailServerState,
    MessageTest,
    SendingState,
    Worker,
)
from mailing_service.tests.conftest import UNAUTHORIZED, Person
from mailing_service.tests.deliveries.test_deliveries import ids_of
from mailing_service.tests.writing import settings_of
from shared import clock
from testing.mailing.runs import addresses, running_run

pytestmark = pytest.mark.usefixtures("empty_tables")
PATH = "/api/v1/mail-server"


@pytest.fixture(autouse=True)
async def two_servers(app: FastAPI) -> AsyncIterator[None]:
    """There is a mail server and a spare."""
    before = app.state.settings
    app.state.settings = settings_of(
        app, smtp_host="one", smtp_port=25, spare_smtp_host="two", spare_smtp_port=587
    )
    yield
    app.state.settings = before


async def shown(person: Person) -> Any:
    """Return what is shown."""
    response = await person.client.get(PATH)
    assert response.status_code == 200, response.text
    return response.json()


async def test_it_is_for_managers(
    stranger: httpx2.AsyncClient, anna: Person, manager: Person, admin: Person
) -> None:
    response = await stranger.get(PATH)
    assert (response.status_code, response.content) == (401, UNAUTHORIZED)
    statuses = [(await one.client.get(PATH)).status_code for one in (anna, manager, admin)]
    assert statuses == [403, 200, 200]


async def test_before_the_first_email_all_is_quiet(manager: Person) -> None:
    state = await shown(manager)
    assert [(one["name"], one["is_spare"], one["breaker"]) for one in state["servers"]] == [
        ("one:25", False, "closed"),
        ("two:587", True, "closed"),
    ]
    assert state["queue"] == {"pending": 0, "claimed": 0, "sending": 0, "oldest_due_at": None}
    assert state["rates"]["server_rate"] == 20
    assert (state["held_at"], state["has_news_of_accounts"]) == (None, False)
    assert (state["last_response"], state["has_sent_emails"]) == (None, False)


async def test_a_breaker_is_open_and_then_half_open(manager: Person) -> None:
    error = "535 no such user anna@example.com"
    now = clock.now().replace(microsecond=0)
    for name, after in (("one:25", 60), ("two:587", -1), ("three:25", 60)):
        until = now + timedelta(seconds=after)
        await MailServerState.create(
            name=name, failures=6, opened_at=now, open_until=until, last_error=error
        )
    state = await shown(manager)
    assert {one["opened_at"] for one in state["servers"]} == {now.isoformat()[:-6] + "Z"}
    assert [one["breaker"] for one in state["servers"]] == ["open", "half_open"]
    assert state["servers"][0]["last_error"] == "535 no such user a…@example.com"


async def test_workers_are_shown_with_whether_they_live(manager: Person) -> None:
    assert (await shown(manager))["workers"] == []
    now = clock.now()
    for seconds in (40, 4):
        seen = now - timedelta(seconds=seconds)
        await Worker.create(id=uuid4(), started_at=now - timedelta(hours=1), seen_at=seen)
    workers = (await shown(manager))["workers"]
    assert [one["is_alive"] for one in workers] == [True, False]
    assert set(workers[0]) == {"started_at", "seen_at", "is_alive"}


async def test_an_email_or_a_test_email_that_was_taken_is_said(manager: Person) -> None:
    test = await MessageTest.create(
        owner_id=manager.id, email="m@example.com", message={}, expires_at=clock.now()
    )
    assert not (await shown(manager))["has_sent_emails"]
    await MessageTest.filter(id=test.id).update(state=DeliveryState.SENT)
    assert (await shown(manager))["has_sent_emails"]
    await MessageTest.all().delete()
    run = await running_run(addresses(1))
    async with moving() as moves:
        for before, state in pairwise(("pending", "claimed", "sending", "sent")):
            await moves.these(
                await ids_of(run), DeliveryState(state), before=[DeliveryState(before)]
            )
    assert (await shown(manager))["has_sent_emails"]


async def test_the_last_response_is_shown_without_addresses(manager: Person) -> None:
    run = await running_run(["anna@example.com"])
    [delivery] = await ids_of(run)
    now = clock.now()
    for seconds, code, text in ((60, 250, "2.0.0 Ok"), (5, 550, "no anna@example.com, no anna")):
        await Attempt.create(
            delivery_id=delivery,
            at=now - timedelta(seconds=seconds),
            outcome=AttemptOutcome.PERMANENT,
            code=code,
            response=text,
            duration_ms=9,
            server="one:25",
        )
    last = (await shown(manager))["last_response"]
    assert (last["server"], last["code"]) == ("one:25", 550)
    assert last["outcome"] == "permanent_failure"
    assert last["response"] == "no a…@example.com, no a…"


async def test_the_queue_is_that_of_runs_that_are_not_over(manager: Person) -> None:
    began = clock.now().replace(microsecond=0) - timedelta(hours=1)
    run = await running_run(addresses(3), started_at=began)
    await running_run(addresses(2), started_at=began + timedelta(minutes=5))
    over = await running_run(addresses(9), started_at=began - timedelta(hours=9))
    await Run.filter(id=over.id).update(finished_at=clock.now())
    async with moving() as moves:
        first = (await ids_of(run))[:1]
        await moves.these(first, DeliveryState.CLAIMED, before=[DeliveryState.PENDING])
    queue = (await shown(manager))["queue"]
    assert (queue["pending"], queue["claimed"], queue["sending"]) == (4, 1, 0)
    assert queue["oldest_due_at"] == began.isoformat().replace("+00:00", "Z")


async def test_what_waits_for_its_next_try_or_is_paused_is_not_due(manager: Person) -> None:
    now = clock.now().replace(microsecond=0)
    began = now - timedelta(hours=1)
    run = await running_run(addresses(3), started_at=began)
    later = await running_run(addresses(1), started_at=began + timedelta(minutes=5))
    await Delivery.filter(run_id=run.id).update(next_try_at=now + timedelta(hours=1))
    expected = (began + timedelta(minutes=5)).isoformat().replace("+00:00", "Z")
    assert (await shown(manager))["queue"]["oldest_due_at"] == expected
    await Run.filter(id=later.id).update(is_sending=False)
    assert (await shown(manager))["queue"]["oldest_due_at"] is None


async def test_holds_slow_domains_and_news_of_accounts_are_shown(manager: Person) -> None:
    now = clock.now()
    await SendingState.filter(id=1).update(held_at=now)
    await AccountPosition.update_or_create({"copied_at": now, "news_at": now}, id=1)
    for domain, after in (("slow.example", 60), ("fine.example", -60)):
        until = now + timedelta(seconds=after)
        await DomainRate.create(domain=domain, failures=3, slow_until=until)
    state = await shown(manager)
    assert state["held_at"] is not None
    assert state["has_news_of_accounts"]
    assert [one["domain"] for one in state["slow_domains"]] == ["slow.example"]
