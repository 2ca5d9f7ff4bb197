"""The home page at a million recipients and 100,000 articles: `python -m bench.home`.

Times are those of the use case, with PostgreSQL, in this process. What such a page costs out of a
gateway's cache stands in `python -m bench.gateway`.
"""

import time
from argparse import Namespace
from statistics import median
from uuid import uuid4

from bench.harness.mailing_testbed import RECIPIENTS, Ask, Question, Testbed, answered, run, testbed
from bench.harness.rows import Target
from mailing_service.blog import revision
from mailing_service.home.addresses import recount
from mailing_service.home.counters import HomeCounters, count
from mailing_service.home.drawing import draw
from mailing_service.home.service import show_home

ARTICLES = """
    INSERT INTO articles (slug, title, body, html, excerpt, summary, searchable, language,
        cover_alt, author, published_at)
    SELECT 'article-' || i, 'Article ' || i, 'b', '<p>b</p>', '', 'About ' || i, '',
        (ARRAY['en', 'ru'])[1 + i % 2], '', 'Anna',
        CASE WHEN i % 5 > 0 THEN now() - i * interval '1 minute' END
    FROM generate_series(1, $1::int) AS i
"""
FEW = 20
"""Recipients that somebody adds between two looks at the page."""


async def measure(admin_url: str, options: Namespace) -> list[Target]:
    """Fill a database and return what each way to the page took."""
    async with testbed(admin_url) as bed:
        await bed.fill(
            (RECIPIENTS, uuid4(), options.recipients),
            (ARTICLES, options.articles),
            ("VACUUM ANALYZE recipients, articles",),
        )
        print(f"the count after an import of all: {await _time(count):.2f} ms")
        print(f"a worker counting that: {await _time(recount):.2f} ms")
        after_few = [await _count_after_few(bed) for _ in range(options.tries)]
        print(f"the count after {FEW} came: median {median(after_few):.2f} ms")
        return await answered(await _ways(), options.tries)


async def _count_after_few(bed: Testbed) -> float:
    """Count what a few recipients have marked, and let a worker count it then."""
    await bed.fill((RECIPIENTS, uuid4(), FEW))
    took = await _time(count)
    await recount()
    return took


async def _time(ask: Ask) -> float:
    began = time.perf_counter()
    await ask()
    return 1000 * (time.perf_counter() - began)


async def _ways() -> dict[str, Question]:
    counters = HomeCounters()
    etag = (await show_home("en", tags=[], counters=counters)).etag

    async def dropped() -> None:
        await revision.advance()
        await show_home("en", tags=[], counters=counters)

    async def confirmed() -> None:
        await show_home("en", tags=[etag], counters=counters)

    return {
        "a 304": (confirmed, 5.0),
        "the page, counted before": (lambda: show_home("en", tags=[], counters=counters), 50.0),
        "the draw in it": (lambda: draw("en"), None),
        "the page after clear-cache": (dropped, 50.0),
        "the count in it": (count, None),
    }


def main() -> None:
    """Measure and print."""
    run(__doc__, measure, recipients=1_000_000, articles=100_000, tries=100)


if __name__ == "__main__":
    main()
