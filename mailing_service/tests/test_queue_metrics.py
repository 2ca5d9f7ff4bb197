"""What waits to be sent is shown as it is, and what may not be sent yet is not late."""

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta

import pytest

from mailing_service.models.accounts import AccountPosition
from mailing_service.models.deliveries import Delivery
from mailing_service.models.mailings import Run
from mailing_service.models.sending import OwnerDay, SendingState
from mailing_service.queue_metrics import QueueMetrics
from shared import clock
from shared.telemetry.metrics import Metrics
from testing.clock import MovableClock, movable_clock
from testing.database import ServiceDatabase
from testing.mailing.runs import addresses, orm, running_run

NAMES = ("vitrina_deliveries_waiting", "vitrina_delivery_age_seconds", "vitrina_mailings_held")


@pytest.fixture(autouse=True)
async def tables(database: ServiceDatabase, empty_tables: None) -> AsyncIterator[None]:
    async with orm(database.runtime_url):
        await AccountPosition.create(copied_at=clock.now(), news_at=clock.now())
        yield


@pytest.fixture
def time() -> Iterator[MovableClock]:
    with movable_clock() as moved:
        yield moved


async def shown() -> tuple[float, float, float]:
    metrics = Metrics()
    await QueueMetrics(metrics, quota=200, news_within=timedelta(hours=1)).count()
    waiting, age, held = (metrics.registry.get_sample_value(name) or 0.0 for name in NAMES)
    return waiting, age, held


async def test_with_nothing_to_send_all_is_zero() -> None:
    assert await shown() == (0, 0, 0)


async def test_what_waits_is_counted_and_ages_from_the_start_of_its_run(
    time: MovableClock,
) -> None:
    await running_run(addresses(30))
    time.advance(timedelta(minutes=10))

    waiting, age, _ = await shown()

    assert waiting == 30
    assert 600 <= age < 660


async def test_what_is_to_be_tried_again_later_is_not_late(time: MovableClock) -> None:
    await running_run(addresses(1))
    await Delivery.all().update(next_try_at=clock.now() + timedelta(minutes=15))
    time.advance(timedelta(minutes=10))
    assert (await shown())[:2] == (1, 0)

    time.advance(timedelta(minutes=10))
    assert 300 <= (await shown())[1] < 360


async def test_what_is_paused_or_beyond_the_quota_does_not_wait(time: MovableClock) -> None:
    paused, beyond = await running_run(addresses(3)), await running_run(addresses(4))
    await Run.filter(id=paused.id).update(is_sending=False)
    time.advance(timedelta(minutes=10))
    await OwnerDay.create(owner_id=beyond.owner_id, day=clock.now().date(), emails=200)

    assert (await shown())[:2] == (4, 0)


async def test_a_held_system_says_so() -> None:
    await SendingState.filter(id=1).update(held_at=clock.now())

    assert await shown() == (0, 0, 1)
