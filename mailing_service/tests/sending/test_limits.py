"""Rates, domains, fairness and leases, across workers."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import uuid4

import pytest
from tortoise.transactions import in_transaction

from mailing_service.deliveries.moving import moving
from mailing_service.models.deliveries import Attempt, Delivery, DeliveryState
from mailing_service.models.sending import DomainRate, MailServerState
from mailing_service.sending.limits.domains import LEASE, Domains
from mailing_service.tests.sending.conftest import Sending
from mailing_service.tests.sending.waiting import counts_of, until, until_over
from shared import clock
from testing.database import ServiceDatabase
from testing.mailing.runs import addresses, assert_counts_are_exact, running_run
from testing.smtp.sink import Reaction, Sink, Step, reply, slow


@dataclass
class CountingSink(Sink):
    """Counts how many emails to each domain are under way, from DATA to the final dot."""

    under_way: Counter[str] = field(default_factory=Counter)
    most: Counter[str] = field(default_factory=Counter)
    asked: Counter[str] = field(default_factory=Counter)

    def reaction(self, step: Step, session: object, recipients: list[str]) -> Reaction:
        """React as a sink does, and count."""
        for recipient in recipients:
            domain = recipient.rpartition("@")[2]
            self.asked[domain] += step is Step.RCPT
            self.under_way[domain] += (step is Step.DATA) - (step is Step.END)
            self.most[domain] = max(self.most[domain], self.under_way[domain])
        return super().reaction(step, session, recipients)  # type: ignore[arg-type]


@pytest.fixture
async def sink() -> AsyncIterator[CountingSink]:
    async with CountingSink().running() as sink:
        assert isinstance(sink, CountingSink)
        yield sink


@pytest.mark.timing
async def test_five_workers_keep_the_rate_of_a_server_over_a_restart(
    sending: Sending, sink: CountingSink
) -> None:
    await running_run(addresses(600))
    rate = 40.0
    async with AsyncExitStack() as rest:
        for _ in range(3):
            await rest.enter_async_context(sending(server_rate=rate))
        async with sending(server_rate=rate), sending(server_rate=rate):
            await until(lambda: len(sink.emails) >= 40)
            begun, sent = time.monotonic(), len(sink.emails)
            await asyncio.sleep(3)
        for _ in range(2):
            await rest.enter_async_context(sending(server_rate=rate))
        await asyncio.sleep(6)
        seconds, sent = time.monotonic() - begun, len(sink.emails) - sent

    # Never more; less only as far as a busy machine keeps workers from their turns.
    assert 0.8 * rate <= sent / seconds <= 1.05 * rate


async def test_a_rate_is_never_exceeded(sending: Sending, sink: CountingSink) -> None:
    await running_run(addresses(300))
    begun = time.monotonic()
    async with sending(server_rate=20), sending(server_rate=20), sending(server_rate=20):
        await asyncio.sleep(3)
        allowed = (time.monotonic() - begun) * 20 + 10  # what a new bucket has
        assert 0 < len(sink.emails) <= allowed * 1.05
    # What workers held and did not use is there for the next.
    assert (await MailServerState.get()).tokens >= 0


async def test_two_emails_at_a_time_go_to_a_domain_whatever_the_workers(
    sending: Sending, sink: CountingSink
) -> None:
    sink.when(Step.DATA, slow(0.05))
    run = await running_run(addresses(20) + addresses(20, domain="b.example"))
    limits = {"domain_connections": 2, "domain_rate": 0}
    async with sending(**limits), sending(**limits), sending(**limits):
        assert await until_over(run.id) == {"sent": 40}
    assert sink.most == {"example.com": 2, "b.example": 2}


async def test_the_rate_of_a_domain_holds_for_all_workers(
    sending: Sending, sink: CountingSink
) -> None:
    run = await running_run(addresses(30) + addresses(30, domain="b.example"))
    begun = time.monotonic()
    limits = {"domain_rate": 10}
    async with sending(**limits), sending(**limits):
        assert await until_over(run.id) == {"sent": 60}
    assert time.monotonic() - begun >= (30 - 5) / 10 * 0.95


async def test_a_domain_that_refuses_for_now_slows_that_domain_only(
    sending: Sending, sink: CountingSink
) -> None:
    sink.when(Step.RCPT, reply("452 4.2.2 later"), domain="slow.example")
    slow_run = await running_run(addresses(50, domain="slow.example"))
    run = await running_run(addresses(30), owner_id=slow_run.owner_id)
    async with sending(domain_rate=1000, domain_connections=2, retry_first=60):
        assert await until_over(run.id) == {"sent": 30}
        await asyncio.sleep(0.5)
    assert sink.asked["slow.example"] <= 8
    assert (await counts_of(slow_run.id)).keys() == {"pending"}
    state = await DomainRate.get(domain="slow.example")
    assert state.failures >= 1
    assert state.leased_until is None or state.leased_until <= clock.now()


@pytest.mark.timing
async def test_a_domain_at_its_limit_keeps_no_other_domain_waiting(
    sending: Sending, sink: CountingSink
) -> None:
    others = [f"person@domain{number}.example" for number in range(60)]
    busy = addresses(200, domain="busy.example")
    run = await running_run([*busy[:100], *others, *busy[100:]])
    async with sending(domain_rate=2, domain_connections=2):
        await until(lambda: len(sink.emails) >= 1)
        await until(lambda: set(others) <= set(sink.recipients))
        assert len(sink.emails) - len(others) <= 40, "they waited for half of what stood before"
    assert (await counts_of(run.id))["pending"] > 150


@pytest.mark.timing
@pytest.mark.parametrize("others", [2_000, pytest.param(100_000, marks=pytest.mark.soak)])
@pytest.mark.parametrize("limits", [{"server_rate": 20}, {"domain_rate": 10}])
async def test_ten_emails_do_not_wait_behind_thousands(
    sending: Sending, sink: CountingSink, limits: dict[str, float], others: int
) -> None:
    await running_run(addresses(others))
    [rate] = limits.values()
    limits = {**limits, "domain_connections": 2} if "domain_rate" in limits else limits
    async with sending(**limits), sending(**limits), sending(**limits):
        await until(lambda: len(sink.emails) >= 3 * rate)
        few = await running_run(addresses(10, start=others))
        before = len(sink.emails)
        await until_over(few.id)
        sent = len(sink.emails) - before

    # What is sent at this rate in five seconds: on a busy machine they are no fewer seconds. Of one
    # domain each worker has some in hand already, and a busy machine hands them out late.
    assert sent <= (8 if "domain_rate" in limits else 5) * rate


async def test_what_is_given_to_another_worker_is_not_taken_back(
    models: None, empty_tables: None
) -> None:
    first, second = (Domains(uuid4(), rate=0, connections=2) for _ in range(2))
    assert await has(first)
    await DomainRate.all().update(leased_until=clock.now() - timedelta(seconds=1))
    assert await has(second)

    await until(lambda: has_not(first))
    await first.release()

    assert await has(second)
    assert not await has(first)


async def test_a_lease_that_is_renewed_while_another_worker_waits_for_the_row_is_kept(
    models: None, empty_tables: None
) -> None:
    first, second = (Domains(uuid4(), rate=0, connections=2) for _ in range(2))
    assert await has(first)
    second.enter("example.com")
    is_locked = asyncio.Event()

    async def ask() -> bool:
        await is_locked.wait()
        return await has(second)

    asking = asyncio.create_task(ask())  # outside of the transaction that follows
    async with in_transaction():
        await DomainRate.filter(domain="example.com").select_for_update().get()
        is_locked.set()
        await asyncio.sleep(0.3)
        await DomainRate.all().update(leased_until=clock.now() + LEASE)
    assert not await asking


async def test_a_lease_by_a_clock_that_is_a_little_ahead_is_kept(
    models: None, empty_tables: None
) -> None:
    first, second = (Domains(uuid4(), rate=0, connections=2) for _ in range(2))
    assert await has(first)
    await DomainRate.all().update(leased_until=clock.now() + LEASE + timedelta(seconds=1))
    assert not await has(second)


async def has(domains: Domains) -> bool:
    """Tell whether a worker may send one email more to the domain."""
    domains.enter("example.com")
    await domains.keep()
    is_let_through = domains.enter("example.com")
    if is_let_through:
        domains.leave("example.com")
    return is_let_through


async def has_not(domains: Domains) -> bool:
    return not await has(domains)


async def test_a_domain_is_kept_while_an_email_hangs_and_nothing_else_waits(
    sending: Sending, sink: CountingSink
) -> None:
    sink.when(Step.DATA, slow(3))
    run = await running_run(addresses(1))
    async with sending(domain_connections=2):
        await until(lambda: sink.under_way["example.com"] == 1)
        first = await DomainRate.get(domain="example.com")
        assert first.leased_until is not None

        await until(DomainRate.filter(leased_until__gt=first.leased_until).exists)
        assert sink.under_way["example.com"] == 1
        assert await until_over(run.id) == {"sent": 1}


async def test_what_a_lost_worker_had_is_free_again_or_uncertain(
    sending: Sending, sink: CountingSink, database: ServiceDatabase
) -> None:
    run = await running_run(addresses(6))
    ids = sorted([one.id for one in await Delivery.filter(run_id=run.id)])
    lost, past, future = uuid4(), timedelta(seconds=-1), timedelta(minutes=5)
    async with moving() as moves:
        await moves.these(ids[:4], DeliveryState.CLAIMED, before=[DeliveryState.PENDING])
    async with moving() as moves:
        await moves.these(ids[:2], DeliveryState.SENDING, before=[DeliveryState.CLAIMED])
    for some, until_then in ((ids[0:1] + ids[2:3], past), (ids[1:2] + ids[3:4], future)):
        leased_until = clock.now() + until_then
        await Delivery.filter(id__in=some).update(leased_by=lost, leased_until=leased_until)

    async with sending():
        expected = {"sent": 3, "uncertain": 1, "sending": 1, "claimed": 1}

        async def is_done() -> bool:
            return await counts_of(run.id) == expected

        await until(is_done)

    assert (await Attempt.get(outcome="uncertain")).delivery_id == ids[0]
    assert not {f"person{number}@example.com" for number in (0, 1, 3)} & set(sink.recipients)
    await assert_counts_are_exact(database.owner_url)
