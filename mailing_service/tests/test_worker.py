"""The worker as a process: it starts what is due, sends it, shows its health, and ends in order."""

import asyncio
import json
import os
import signal
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import uuid4

import httpx2
import pytest

from mailing_service.models.accounts import Account, AccountPosition
from mailing_service.models.deliveries import Attempt, Delivery
from mailing_service.models.mailings import Mailing, MailingList, MailingStatus
from mailing_service.models.recipients import AddressChange, AddressCount
from mailing_service.tests.accounts.scripted_auth import ScriptedAuth
from mailing_service.tests.writing import add_list, add_message, add_recipients
from shared import clock
from testing.collector import Collector
from testing.database import ServiceDatabase
from testing.mailing.processes import SECRETS
from testing.mailing.runs import addresses, orm, running_run
from testing.smtp.sink import Sink, Step, slow


@pytest.fixture(autouse=True)
async def tables(database: ServiceDatabase, empty_tables: None) -> AsyncIterator[None]:
    async with orm(database.runtime_url):
        yield


@pytest.fixture
async def sink() -> AsyncIterator[Sink]:
    async with Sink().running() as sink:
        yield sink


@pytest.fixture
def auth() -> ScriptedAuth:
    return ScriptedAuth()


QUICKLY = """
from datetime import timedelta
from mailing_service import worker
worker.addresses.INTERVAL = timedelta(milliseconds=50)
worker.main()
"""
"""A worker that counts addresses more often."""


@asynccontextmanager
async def worker(
    database: ServiceDatabase,
    auth: ScriptedAuth,
    sink: Sink,
    *command: str,
    **changes: str,
) -> AsyncIterator[tuple[Process, httpx2.AsyncClient]]:
    """Run a worker, and give it and a client of its health and metrics."""
    port = _free_port()
    async with auth.serving() as accounts_url:
        environment = {
            **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
            "MAILING_DATABASE_URL": database.runtime_url,
            "MAILING_SECRETS": json.dumps(SECRETS),
            "INTERNAL_SECRETS": json.dumps(SECRETS),
            "MAILING_ACCOUNTS_URL": accounts_url,
            "MAILING_SMTP_HOST": "127.0.0.1",
            "MAILING_SMTP_PORT": str(sink.port),
            "MAILING_WORKER_METRICS_PORT": str(port),
            "MAILING_SERVER_RATE": "0",
            "MAILING_DOMAIN_RATE": "0",
            "MAILING_DOMAIN_CONNECTIONS": "0",
            "MAILING_OWNER_QUOTA": "1000000",
            "PUBLIC_URL": "https://shop.example",
            **changes,
        }
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, *(command or ("-m", "mailing_service.worker"))),
            env=environment,
            stderr=PIPE,
        )
        try:
            async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
                yield process, client
        finally:
            if process.returncode is None:
                process.terminate()
            await process.communicate()


async def until(condition: Callable[[], Awaitable[object]], *, within: float = 120) -> None:
    async with asyncio.timeout(within):
        while not await condition():
            await asyncio.sleep(0.05)


async def is_ready(client: httpx2.AsyncClient) -> bool:
    try:
        return (await client.get("/health/ready")).status_code == 200
    except httpx2.TransportError:
        return False


async def test_a_mailing_starts_at_its_time_and_reaches_everybody_on_its_list(
    database: ServiceDatabase, auth: ScriptedAuth, sink: Sink
) -> None:
    anna = auth.has(email="anna@example.com", roles=("user", "admin"))  # who needs no approval
    members = await add_recipients(anna, 5)
    list_id = await add_list(anna, members)
    message = await add_message(anna, subject="Hello {{full_name|friend}}")
    now = clock.now()
    mailing = await Mailing.create(
        owner_id=anna,
        name="News",
        message=message,
        starts_at=now,
        ends_at=now + timedelta(hours=1),
        next_run_at=now,
        next_ends_at=now + timedelta(hours=1),
        wall_starts_at=now.isoformat()[:19],
        wall_ends_at=(now + timedelta(hours=1)).isoformat()[:19],
        status=MailingStatus.SCHEDULED,
        lists_chosen=1,
    )
    await MailingList.create(mailing=mailing, list_id=list_id)

    async with worker(database, auth, sink) as (_, client):
        await until(lambda: Mailing.filter(id=mailing.id, status="finished").exists())
        metrics = (await client.get("/metrics")).text

    assert sorted(sink.recipients) == [f"person{n}@example.com" for n in range(5)]
    email = sink.messages[0]
    assert email["Subject"] == "Hello friend"
    assert email["Reply-To"] == "anna@example.com"
    assert email["List-Unsubscribe"].startswith("<https://shop.example/api/v1/unsubscribe/")
    assert await Attempt.filter(outcome="sent").count() == 5
    assert 'vitrina_mailing_attempts_total{outcome="sent"} 5.0' in metrics


async def test_nothing_is_sent_before_all_accounts_are_known(
    database: ServiceDatabase, auth: ScriptedAuth, sink: Sink
) -> None:
    auth.is_away = True
    await running_run(addresses(3))
    await AccountPosition.all().delete()

    async with worker(database, auth, sink) as (_, client):
        await until(lambda: is_ready(client))
        await asyncio.sleep(1)
        assert sink.recipients == []
        auth.has((await Account.get()).id)
        auth.is_away = False
        await until(lambda: Delivery.filter(state="sent").count())

    assert len(sink.recipients) == 3


async def test_it_counts_addresses_that_are_marked(
    database: ServiceDatabase, auth: ScriptedAuth, sink: Sink
) -> None:
    await add_recipients(uuid4(), 3)
    async with worker(database, auth, sink, "-c", QUICKLY), asyncio.timeout(30):
        while await AddressChange.exists():
            await asyncio.sleep(0.05)
    assert sum([each.addresses async for each in AddressCount.all()]) == 3


async def test_it_shows_its_health_and_that_it_is_about_to_end(
    database: ServiceDatabase, auth: ScriptedAuth, sink: Sink
) -> None:
    async with worker(database, auth, sink) as (process, client):
        await until(lambda: is_ready(client))
        assert (await client.get("/health/live")).json() == {"status": "ok"}
        assert (await client.get("/metrics")).text.count("vitrina_build_info{") == 1

        process.send_signal(signal.SIGTERM)

        _, said = await process.communicate()
    assert process.returncode == -signal.SIGTERM, said
    assert b"Traceback" not in said


async def test_sigterm_ends_what_is_under_way_and_gives_back_the_rest(
    database: ServiceDatabase, auth: ScriptedAuth, sink: Sink
) -> None:
    anna = auth.has()
    await running_run(addresses(500), owner_id=anna)
    sink.when(Step.END, slow(0.05))

    async with worker(database, auth, sink) as (process, _):
        await until(lambda: Delivery.filter(state="sent").count())
        process.send_signal(signal.SIGTERM)
        _, said = await process.communicate()

    assert b"Traceback" not in said
    states = {row["state"] for row in await Delivery.all().distinct().values("state")}
    assert states == {"sent", "pending"}
    assert await Delivery.filter(state="sent").count() == len(sink.recipients)


async def test_claims_and_emails_are_spans_with_their_statements(
    database: ServiceDatabase, auth: ScriptedAuth, sink: Sink
) -> None:
    run = await running_run(addresses(3), owner_id=auth.has())

    with Collector.running() as collector:
        async with worker(database, auth, sink, **collector.environment):
            await until(lambda: is_sent(3))
        spans = collector.spans  # what ends has sent what waited

    emails = [span for span in spans if span.name == "send email"]
    ids = await Delivery.filter(run_id=run.id).values_list("id", flat=True)
    assert {span.attributes["vitrina.delivery"] for span in emails} == set(ids)
    assert all(span.attributes["vitrina.mailing"] == run.mailing_id for span in emails)
    noted = {
        (span.attributes["vitrina.outcome"], span.attributes["vitrina.code"]) for span in emails
    }
    assert noted == {("sent", 250)}
    claims = [span for span in spans if span.name == "claim deliveries"]
    assert sum(span.attributes["vitrina.deliveries"] for span in claims) == 3
    assert {span.parent_id for span in (*emails, *claims)} == {""}
    parents = {span.span_id for span in (*emails, *claims)}
    assert {span.parent_id for span in spans if span.kind == "client"} <= parents
    assert any(span.name == "UPDATE deliveries" for span in spans)
    assert "example.com" not in str([span.attributes for span in spans])


async def is_sent(emails: int) -> bool:
    return await Delivery.filter(state="sent").count() == emails


async def test_a_second_worker_beside_it_takes_a_port_of_its_own(
    database: ServiceDatabase, auth: ScriptedAuth, sink: Sink
) -> None:
    async with worker(database, auth, sink) as (_, client):
        await until(lambda: is_ready(client))
        taken = str(client.base_url.port)
        async with worker(database, auth, sink, MAILING_WORKER_METRICS_PORT=taken) as (second, _):
            assert second.stderr is not None
            line = json.loads(await second.stderr.readline())
    assert line["message"] == "no metrics at the port of the settings"
    assert line["port"] == int(taken)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
