"""Pages, searches and statistics of a million deliveries: `python -m bench.mailing_reports`.

Two mailings have as many each, the first of them in a hundred runs. Times are those of the use
cases, with PostgreSQL, in this process.
"""

import argparse
import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from statistics import median, quantiles
from uuid import UUID, uuid4

import asyncpg
from pydantic import SecretStr

from bench.harness.rows import Target, at_most, print_targets
from bench.recipients import SECRET, _times
from mailing_service.caller import SYSTEM
from mailing_service.cursors import cursors_of
from mailing_service.deliveries.access import Reader
from mailing_service.deliveries.schemas import DeliveryQuery
from mailing_service.deliveries.service import list_deliveries
from mailing_service.models.deliveries import Delivery, DeliveryState
from mailing_service.models.mailings import Mailing, Run
from mailing_service.orm import APP, orm_config
from mailing_service.settings import MailingSettings
from mailing_service.statistics import service
from shared import clock
from shared.access.principal import Principal
from shared.cursor_pages import Cursors
from shared.database.connection import connected
from standalone.postgres.server import temporary_server
from testing.database import migrated_database

PAGE, STATISTICS = 10.0, 50.0
RUNS = 100
FILL = """
    INSERT INTO deliveries (run_id, mailing_id, owner_id, recipient_id, email, email_hash, domain,
        state)
    SELECT ($2::bigint[])[1 + i % array_length($2::bigint[], 1)], $1, $3, i,
        'person' || i || '@example' || (i % 97) || '.com', md5(i::text)::uuid, 'example.com',
        (ARRAY['sent', 'pending', 'failed'])[CASE WHEN i % 1000 = 0 THEN 3 ELSE 1 + i % 2 END]
    FROM generate_series(1, $4::int) AS i
"""
COUNT = """
    INSERT INTO run_counts (run_id, state, count)
    SELECT run_id, state, count(*) FROM deliveries GROUP BY 1, 2
"""
HOURS = """
    INSERT INTO hour_counts (run_id, hour, outcome, count)
    SELECT id, date_trunc('hour', now()) - n * interval '1 hour', outcome, 100
    FROM runs, generate_series(1, 24) AS n, unnest(ARRAY['sent', 'temporary_failure']) AS outcome
"""


async def fill(url: str, owner_id: UUID, count: int) -> Mailing:
    """Write two mailings with their deliveries and counts; return the first."""
    connection = await asyncpg.connect(url)
    mailings = []
    for runs in (RUNS, 1):
        mailings.append(await _mailing(owner_id))
        ids = [(await _run(mailings[-1], number + 1)).id for number in range(runs)]
        await connection.execute(FILL, mailings[-1].id, ids, owner_id, count)
    for statement in (COUNT, HOURS, "VACUUM ANALYZE"):
        await connection.execute(statement)
    await connection.close()
    return mailings[0]


async def measure(admin_url: str, count: int, tries: int) -> list[Target]:
    """Fill a database, and return what each page, search and statistics took."""
    owner_id = uuid4()
    async with migrated_database(admin_url, app=APP) as database:
        settings = MailingSettings(
            database_url=SecretStr(database.runtime_url),
            secrets=[SecretStr(SECRET)],
            internal_secrets=[SecretStr(SECRET)],
        )
        async with connected(orm_config(settings), None):
            mailing = await fill(database.owner_url, owner_id, count)
            asked = await _asked(mailing, cursors_of(settings.secrets))
            return [await _measured(what, *asked[what], tries) for what in asked]


Asked = dict[str, tuple[Callable[[], Awaitable[object]], float]]


async def _asked(mailing: Mailing, cursors: Cursors) -> Asked:
    principal = Principal(
        mailing.owner_id,
        UUID(int=0),
        frozenset(),
        email_verified=True,
        password_change_required=False,
    )
    reader = Reader(principal, SYSTEM, is_staff=False, is_administrator=False)
    first = await Delivery.filter(mailing_id=mailing.id).order_by("id").first().values("id")
    oldest: int = first["id"] if first else 0

    def page(**query: object) -> Callable[[], Awaitable[object]]:
        wanted = DeliveryQuery.model_validate(query)
        return lambda: list_deliveries(mailing.id, wanted, cursors, reader=reader)

    return {
        "a page of deliveries": (page(), PAGE),
        "page 500": (page(page=500), PAGE),
        "a page by cursor, near the end": (_deep(cursors, mailing, reader, oldest + 100), PAGE),
        "a page of a state of half": (page(state="sent"), PAGE),
        "a page of a state of a thousandth": (page(state="failed"), PAGE),
        "the same, by cursor, near the end": (
            _deep(cursors, mailing, reader, oldest + 20_000, state=DeliveryState.FAILED),
            PAGE,
        ),
        "a page of a state of nobody": (page(state="uncertain"), PAGE),
        "a search for an address": (page(q="person123456@"), 20.0),
        "a search for the beginning of 1,111": (page(q="person123"), 20.0),
        "a search for the beginning of all": (page(q="person"), 20.0),
        "a search for nobody": (page(q="nobody"), 20.0),
        "statistics of a mailing": (
            lambda: service.statistics_of_mailing(mailing.id, reader=reader),
            STATISTICS,
        ),
        "statistics of an owner": (
            lambda: service.statistics_of_owner(mailing.owner_id),
            STATISTICS,
        ),
    }


def _deep(
    cursors: Cursors,
    mailing: Mailing,
    reader: Reader,
    behind: int,
    *,
    state: DeliveryState | None = None,
) -> Callable[[], Awaitable[object]]:
    wanted = DeliveryQuery(state=state)
    wanted = wanted.model_copy(update={"cursor": cursors.write(wanted, behind)})
    return lambda: list_deliveries(mailing.id, wanted, cursors, reader=reader)


async def _measured(
    what: str, do: Callable[[], Awaitable[object]], limit: float, tries: int
) -> Target:
    times = await _times(do, tries)
    p95 = quantiles(times, n=20)[-1]
    print(f"{what}: median {median(times):.2f} ms, p95 {p95:.2f} ms", flush=True)
    return at_most(what, median(times), limit, "ms")


async def _mailing(owner_id: UUID) -> Mailing:
    now = clock.now()
    return await Mailing.create(
        owner_id=owner_id,
        name="News",
        starts_at=now,
        ends_at=now + timedelta(hours=1),
        wall_starts_at="2026-11-30T08:00:00",
        wall_ends_at="2026-11-30T09:00:00",
    )


async def _run(mailing: Mailing, number: int) -> Run:
    now = clock.now()
    return await Run.create(
        mailing=mailing,
        owner_id=mailing.owner_id,
        number=number,
        message={},
        starts_at=now,
        ends_at=now,
        started_at=now,
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--deliveries", type=int, default=1_000_000)
    parser.add_argument("--tries", type=int, default=50)
    options = parser.parse_args()
    with temporary_server({"shared_buffers": "1GB"}) as admin_url:
        print_targets(asyncio.run(measure(admin_url, options.deliveries, options.tries)))


if __name__ == "__main__":
    main()
