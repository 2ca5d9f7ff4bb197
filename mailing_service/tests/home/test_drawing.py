"""Articles drawn at random: each as often as the others."""

from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable

import asyncpg
import httpx2
import pytest

from mailing_service.home import drawing
from mailing_service.home.drawing import draw
from mailing_service.models.articles import Article
from mailing_service.tests.blog.writing import add_article, ago
from mailing_service.tests.home.reading import titles
from testing.database import ServiceDatabase

pytestmark = pytest.mark.usefixtures("app", "empty_tables")

DRAWS = 300
UNLIKELY = {9: 33.7, 11: 37.4}
"""By degrees of freedom, what chi-squared exceeds once in ten thousand times."""


Publish = Callable[..., Awaitable[None]]


@pytest.fixture
async def publish(database: ServiceDatabase) -> AsyncIterator[Publish]:
    """Writes articles with these ids."""
    connection = await asyncpg.connect(database.runtime_url)

    async def write(ids: list[int], *, language: str = "en") -> None:
        await connection.executemany(
            "INSERT INTO articles (id, slug, title, body, html, excerpt, summary, searchable,"
            " language, cover_alt, author, published_at)"
            " VALUES ($1, $2, $2, '', '', '', '', '', $3, '', '', now() - interval '1 hour')",
            [(one, f"a{one}", language) for one in ids],
        )

    yield write
    await connection.close()


def unevenness(drawn: Counter[str], articles: int) -> float:
    """Return chi-squared: drawing without putting back can only make it smaller."""
    expected = DRAWS * 3 / articles
    counts = [*drawn.values(), *[0] * (articles - len(drawn))]
    return sum((count - expected) ** 2 / expected for count in counts)


async def test_three_hundred_answers_are_even_over_the_articles(
    stranger: httpx2.AsyncClient,
) -> None:
    for number in range(10):
        await add_article(f"a{number}", title=f"a{number}", published_at=ago(hours=1))
    drawn: Counter[str] = Counter()
    places: Counter[str] = Counter()
    for _ in range(DRAWS):
        shown = await titles(stranger)
        assert len(set(shown)) == 3
        drawn.update(shown)
        places.update(shown[:1])
    assert unevenness(drawn, 10) < UNLIKELY[9]
    assert len(places) == 10  # nor is one always the first


@pytest.mark.parametrize("tries", [100, 12])
async def test_a_gap_beside_an_id_is_no_better_chance(
    tries: int, publish: Publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drawing, "TRIES", tries)
    await publish([1, 2, 3, 4, 20, 21, 22, 23, 24, 25, 26, 60])
    drawn = Counter([a["title"] for _ in range(DRAWS) for a in await draw("en")])
    assert unevenness(drawn, 12) < UNLIKELY[11]


async def test_where_most_ids_are_of_nothing_all_are_found(
    publish: Publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drawing, "TRIES", 2)
    await publish([1, 1_000_000_000])
    await publish([500_000], language="ru")
    for _ in range(5):
        assert {a["title"] for a in await draw("en")} == {"a1", "a500000", "a1000000000"}


async def test_one_that_is_withdrawn_meanwhile_is_not_shown(
    publish: Publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    await publish([1, 2, 3])

    async def draw_then_withdraw(_articles: object, _count: int) -> list[int]:
        await Article.filter(id=2).update(published_at=None)
        return [1, 2, 3]

    monkeypatch.setattr(drawing, "_draw_ids", draw_then_withdraw)
    assert [a["title"] for a in await draw("en")] == ["a1", "a3"]
