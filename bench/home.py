"""The home page at a million recipients and 100,000 articles: `python -m bench.home`.

Times are those of the use case, with PostgreSQL, in this process. What such a page costs out of a
gateway's cache stands in `python -m bench.gateway`.
"""

import argparse
import asyncio
import time
from collections.abc import Awaitable, Callable
from statistics import median, quantiles
from uuid import uuid4

import asyncpg
from pydantic import SecretStr

from bench.harness.rows import Target, at_most, print_targets
from bench.recipients import FILL, SECRET
from mailing_service.blog import revision
from mailing_service.home.counters import HomeCounters, count
from mailing_service.home.drawing import draw
from mailing_service.home.service import show_home
from mailing_service.orm import APP, orm_config
from mailing_service.settings import MailingSettings
from shared.database.connection import connected
from standalone.postgres.server import temporary_server
from testing.database import migrated_database

ARTICLES = """
    INSERT INTO articles (slug, title, body, html, excerpt, summary, searchable, language,
        cover_alt, author, published_at)
    SELECT 'article-' || i, 'Article ' || i, 'b', '<p>b</p>', '', 'About ' || i, '',
        (ARRAY['en', 'ru'])[1 + i % 2], '', 'Anna',
        CASE WHEN i % 5 > 0 THEN now() - i * interval '1 minute' END
    FROM generate_series(1, $1::int) AS i
"""


async def _times(do: Callable[[], Awaitable[object]], tries: int) -> list[float]:
    times = []
    for _ in range(tries):
        began = time.perf_counter()
        await do()
        times.append(1000 * (time.perf_counter() - began))
    return times


async def measure(admin_url: str, recipients: int, articles: int, tries: int) -> list[Target]:
    """Fill a database and return what each way to the page took."""
    async with migrated_database(admin_url, app=APP) as database:
        connection = await asyncpg.connect(database.owner_url)
        await connection.execute(FILL, uuid4(), recipients)
        await connection.execute(ARTICLES, articles)
        await connection.execute("VACUUM ANALYZE recipients, articles")
        await connection.close()
        settings = MailingSettings(
            database_url=SecretStr(database.runtime_url),
            secrets=[SecretStr(SECRET)],
            internal_secrets=[SecretStr(SECRET)],
        )
        async with connected(orm_config(settings), None):
            return await _measure(tries)


async def _measure(tries: int) -> list[Target]:
    counters = HomeCounters()
    etag = (await show_home("en", tags=[], counters=counters)).etag

    async def dropped() -> None:
        await revision.advance()
        await show_home("en", tags=[], counters=counters)

    async def confirmed() -> None:
        await show_home("en", tags=[etag], counters=counters)

    ways: dict[str, tuple[Callable[[], Awaitable[object]], float | None]] = {
        "a 304": (confirmed, 5.0),
        "the page, counted before": (lambda: show_home("en", tags=[], counters=counters), 50.0),
        "the draw in it": (lambda: draw("en"), None),
        "the page after clear-cache": (dropped, None),
        "the count in it": (count, None),
    }
    targets = []
    for what, (do, limit) in ways.items():
        times = await _times(do, tries)
        p95 = quantiles(times, n=20)[-1]
        print(f"{what}: median {median(times):.2f} ms, p95 {p95:.2f} ms", flush=True)
        if limit is not None:
            targets.append(at_most(what, median(times), limit, "ms"))
    return targets


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--recipients", type=int, default=1_000_000)
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--tries", type=int, default=100)
    given = parser.parse_args()
    with temporary_server() as url:
        print_targets(asyncio.run(measure(url, given.recipients, given.articles, given.tries)))


if __name__ == "__main__":
    main()
