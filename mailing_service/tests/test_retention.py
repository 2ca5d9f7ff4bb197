"""What is kept for long enough goes, and nothing before; counts stay."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

import pytest
from pydantic import SecretStr

from mailing_service.models.audit import AuditEvent
from mailing_service.models.deliveries import Attempt, AttemptOutcome, Delivery, RunCount
from mailing_service.models.mailings import Run
from mailing_service.models.sending import OwnerDay
from mailing_service.retention import rules
from mailing_service.settings import MailingSettings
from shared import clock
from testing.database import ServiceDatabase
from testing.mailing.runs import addresses, assert_counts_are_exact, orm, running_run

YEAR, QUARTER, DAY = timedelta(days=365), timedelta(days=90), timedelta(days=1)


@pytest.fixture(autouse=True)
async def tables(database: ServiceDatabase, empty_tables: None) -> AsyncIterator[None]:
    async with orm(database.runtime_url):
        yield


def rule(name: str) -> Callable[[], Awaitable[int]]:
    """Return a rule with the settings' defaults."""
    secrets, url = [SecretStr("s" * 40)], SecretStr("postgres://nobody@localhost/none")
    settings = MailingSettings(database_url=url, secrets=secrets, internal_secrets=secrets)
    return rules(settings)[name]


async def test_attempts_go_after_a_quarter_and_their_counts_stay(database: ServiceDatabase) -> None:
    run = await running_run(addresses(2))
    old, young = await Delivery.all().order_by("id")
    for delivery, age in ((old, QUARTER + DAY), (young, QUARTER - DAY)):
        await Attempt.create(
            delivery_id=delivery.id,
            at=clock.now() - age,
            outcome=AttemptOutcome.PERMANENT,
            code=550,
            response="no such user",
            duration_ms=4,
            server="mail.example.com",
        )

    assert await rule("attempts")() == 1

    assert (await Attempt.get()).delivery_id == young.id
    assert await Delivery.filter(run_id=run.id).count() == 2


async def test_addresses_go_a_year_after_the_run_and_hashes_stay(database: ServiceDatabase) -> None:
    old, young, going_on = [await running_run(addresses(3)) for _ in range(3)]
    await Run.filter(id=old.id).update(finished_at=clock.now() - YEAR - DAY)
    await Run.filter(id=young.id).update(finished_at=clock.now() - YEAR + DAY)

    assert await rule("addresses")() == 3
    assert await rule("addresses")() == 0

    assert await Delivery.filter(run_id=old.id, email=None).count() == 3
    assert await Delivery.filter(run_id__in=[young.id, going_on.id], email=None).count() == 0
    assert not (await Run.get(id=old.id)).has_addresses
    assert await RunCount.filter(run_id=old.id, state="pending", count=3).exists()
    await assert_counts_are_exact(database.owner_url)


async def test_events_go_after_a_year(database: ServiceDatabase) -> None:
    for age in (YEAR + DAY, YEAR - DAY):
        await AuditEvent.create(event="started", at=clock.now() - age)

    assert await rule("audit")() == 1

    assert await AuditEvent.all().count() == 1


async def test_quotas_of_past_days_go(database: ServiceDatabase) -> None:
    run = await running_run([])
    for days in (0, 1, 5):
        day = (clock.now() - timedelta(days=days)).date()
        await OwnerDay.create(owner_id=run.owner_id, day=day, emails=3)

    assert await rule("quotas")() == 1
