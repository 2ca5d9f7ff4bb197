"""A page, a search and an article out of a hundred thousand: `python -m bench.articles`.

One in ten is in Russian; one in twenty beside them is a draft. Times are those of the use cases,
with PostgreSQL, in this process.
"""

from argparse import Namespace
from collections.abc import Mapping
from typing import Any

from bench.harness.mailing_testbed import Ask, Question, answered, run, testbed
from bench.harness.rows import Target
from mailing_service.blog import revision
from mailing_service.blog.articles.addresses import Addresses
from mailing_service.blog.articles.feed import write
from mailing_service.blog.articles.reading import list_articles, read_article
from mailing_service.blog.articles.schemas import ArticleQuery
from mailing_service.blog.drafts.schemas import DraftQuery
from mailing_service.blog.drafts.service import list_drafts
from mailing_service.blog.published import ArticleState
from mailing_service.cursors import cursors_of
from mailing_service.settings import MailingSettings
from shared.cursor_pages import Cursors

FILL = """
    INSERT INTO articles (slug, title, body, html, excerpt, summary, searchable, language,
        cover_alt, author, published_at)
    SELECT 'article-' || i, 'Article ' || i, body, '<p>' || body || '</p>', '', left(body, 300),
        'article ' || i || ' ' || body, CASE WHEN i % 10 = 0 THEN 'ru' ELSE 'en' END, '', 'Anna',
        CASE WHEN i % 20 <> 7 THEN now() - i * interval '1 minute' END
    FROM (SELECT i, (SELECT string_agg(
            (ARRAY['tea','kettle','harvest','water','morning','cup','green'])[1 + (i + w) % 7]
            || CASE WHEN w % 9 = 0 THEN ' word' || (i * 31 + w * 17) % 20011 ELSE '' END
            || CASE WHEN i % 50 = 0 AND w = 1 THEN ' seldom' ELSE '' END, ' ')
        FROM generate_series(1, 120) AS w) AS body
        FROM generate_series(1, $1::int) AS i) AS texts
"""


async def measure(admin_url: str, options: Namespace) -> list[Target]:
    """Fill a database and return what each question took."""
    async with testbed(admin_url) as bed:
        count = options.articles
        await bed.fill((FILL, count * 20 // 19), ("VACUUM ANALYZE articles",))
        cursors = cursors_of(bed.settings.secrets)
        return await answered(await _questions(bed.settings, cursors, count), options.tries)


async def _questions(
    settings: MailingSettings, cursors: Cursors, count: int
) -> Mapping[str, Question]:
    def page(**query: Any) -> Ask:
        return lambda: list_articles(ArticleQuery(**query), cursors=cursors)

    deep = {"cursor": await _cursor(cursors, count // 2)}
    return {
        "the revision, which a 304 needs": (revision.current, 5.0),
        "a page of 20": (page(), 5.0),
        "a page of a language": (page(language="ru"), 5.0),
        "a page in the middle, by cursor": (page(**deep), 5.0),
        "page 500": (page(page=500), 5.0),
        "an article": (lambda: read_article("article-1000", "en"), 5.0),
        "the feed": (lambda: write(settings, None), 20.0),
        "a search for a word of all": (page(q="tea"), 20.0),
        "a search for two words of all": (page(q="green kettles"), 20.0),
        "a search for a word of one in fifty": (page(q="seldom"), 20.0),
        "a search for a rare word": (page(q="word777"), 20.0),
        "a search for nothing": (page(q="nobodyhasthisword"), 20.0),
        "a search in a language": (page(q="word777", language="ru"), 20.0),
        "the editors' list": (lambda: list_drafts(DraftQuery(), cursors=cursors), 20.0),
        "the editors' drafts": (
            lambda: list_drafts(DraftQuery(state=ArticleState.DRAFT), cursors=cursors),
            20.0,
        ),
        "50,000 addresses, once a revision": (lambda: Addresses().read(), 1000.0),
    }


async def _cursor(cursors: Cursors, number: int) -> str:
    """Return a cursor that goes on behind this article of the list."""
    page = number // 100
    found = await list_articles(ArticleQuery(page=page, size=100), cursors=cursors)
    return found.next_cursor or ""


def main() -> None:
    """Measure and print."""
    run(__doc__, measure, articles=100_000)


if __name__ == "__main__":
    main()
