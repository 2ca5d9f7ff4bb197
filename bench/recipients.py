"""A page and a search of a million recipients: `python -m bench.recipients`.

One owner has them all, beside another with as many again. Times are those of the use cases, with
PostgreSQL, in this process.
"""

import argparse
import asyncio
import time
from collections.abc import Awaitable, Callable
from statistics import median, quantiles
from uuid import UUID, uuid4

import asyncpg
from pydantic import SecretStr

from bench.harness.rows import Target, at_most, print_targets
from mailing_service.cursors import cursors_of
from mailing_service.orm import APP, orm_config
from mailing_service.recipients.schemas import RecipientQuery
from mailing_service.recipients.service import list_recipients
from mailing_service.settings import MailingSettings
from shared.database.connection import connected
from standalone.postgres.server import temporary_server
from testing.database import migrated_database

SECRET = "a-secret-of-the-benchmark-and-of-nothing-else"
FILL = """
    INSERT INTO recipients (owner_id, email, canonical_email, email_hash, full_name, searchable,
        comment, custom_fields)
    SELECT $1::uuid, a, a, md5(a || ($1::uuid)::text)::uuid, n, lower(n), '', '{}'
    FROM (SELECT 'person' || i || '@example' || (i % 97) || '.com' AS a,
        (ARRAY['Anna','Boris','Vera','Gleb','Daria','Egor','Zoya','Ivan','Kira','Lev'])[1 + i % 10]
        || ' ' || (ARRAY['Smirnova','Ivanov','Popova','Sokolov','Lebedeva'])[1 + (i / 10) % 5]
        || i % 20011 AS n
        FROM generate_series(1, $2::int) AS i) AS people
"""
SEARCHES = {
    "a search for a word of a tenth": "anna",
    "a search for two words": "vera popova",
    "a search for two frequent words that nobody has both of": "anna boris",
    "a search for a rare word": "smirnova777",
    "a search for nobody": "nobodyhasthisname",
    "a search for an address": "person123456@",
    "a search for the beginning of all addresses": "person",
}


async def _times(do: Callable[[], Awaitable[object]], tries: int) -> list[float]:
    times = []
    for _ in range(tries):
        begun = time.perf_counter()
        await do()
        times.append(1000 * (time.perf_counter() - begun))
    return times


async def measure(admin_url: str, count: int, tries: int) -> list[Target]:
    """Fill a database and return what a page and each search took."""
    owner, other = uuid4(), uuid4()
    targets: list[Target] = []
    async with migrated_database(admin_url, app=APP) as database:
        connection = await asyncpg.connect(database.owner_url)
        for each in (owner, other):
            await connection.execute(FILL, each, count)
        await connection.execute("VACUUM ANALYZE recipients, recipient_words")
        await connection.close()
        settings = MailingSettings(
            database_url=SecretStr(database.runtime_url),
            secrets=[SecretStr(SECRET)],
            internal_secrets=[SecretStr(SECRET)],
        )
        async with connected(orm_config(settings), None):
            cursors = cursors_of(settings.secrets)

            async def ask(owner_id: UUID, query: RecipientQuery) -> None:
                await list_recipients(query, owner_id=owner_id, cursors=cursors)

            rows = {"a page of 20": (RecipientQuery(), 5.0)}
            rows["page 500"] = (RecipientQuery(page=500), 5.0)
            rows |= {what: (RecipientQuery(q=q), 20.0) for what, q in SEARCHES.items()}
            for what, (query, limit) in rows.items():
                times = await _times(lambda query=query: ask(owner, query), tries)  # type: ignore[misc]
                p95 = quantiles(times, n=20)[-1]
                print(f"{what}: median {median(times):.2f} ms, p95 {p95:.2f} ms", flush=True)
                targets.append(at_most(what, median(times), limit, "ms"))
    return targets


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--recipients", type=int, default=1_000_000)
    parser.add_argument("--tries", type=int, default=50)
    options = parser.parse_args()
    with temporary_server({"shared_buffers": "1GB"}) as admin_url:
        print_targets(asyncio.run(measure(admin_url, options.recipients, options.tries)))


if __name__ == "__main__":
    main()
