"""Pages, searches and statistics of a million deliveries: `python -m bench.mailing_reports`.

Two mailings have as many each, the first of them in a hundred runs. Times are those of the use
cases, with PostgreSQL, in this process.
"""

from argparse import Namespace
from datetime import timedelta
from uuid import UUID, uuid4

import asyncpg

from bench.harness.mailing_testbed import Ask, Question, answered, run, testbed
from bench.harness.rows import Target
from mailing_service.caller import SYSTEM
from mailing_service.cursors import cursors_of
from mailing_service.deliveries.access import Reader
from mailing_service.deliveries.schemas import DeliveryQuery
from mailing_service.deliveries.service import list_deliveries
from mailing_service.models.deliveries import Delivery, DeliveryState
from mailing_service.models.mailings import Mailing, Run
from mailing_service.statistics import service
from shared import clock
from shared.access.principal import Principal
from shared.cursor_pages import Cursors

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


async def measure(admin_url: str, options: Namespace) -> list[Target]:
    """Fill a database, and return what each page, search and statistics took."""
    async with testbed(admin_url) as bed:
        mailing = await fill(bed.owner_url, uuid4(), options.deliveries)
        asked = await _asked(mailing, cursors_of(bed.settings.secrets))
        return await answered(asked, options.tries)


async def _asked(mailing: Mailing, cursors: Cursors) -> dict[str, Question]:
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

    def page(**query: object) -> Ask:
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
) -> Ask:
    wanted = DeliveryQuery(state=state)
    wanted = wanted.model_copy(update={"cursor": cursors.write(wanted, behind)})
    return lambda: list_deliveries(mailing.id, wanted, cursors, reader=reader)


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
    run(__doc__, measure, deliveries=1_000_000)


if __name__ == "__main__":
    main()
