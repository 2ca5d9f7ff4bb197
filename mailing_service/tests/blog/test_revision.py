"""The revision of the published articles: every change raises it, and so does time."""

from datetime import timedelta

import pytest
from tortoise.exceptions import IntegrityError

from mailing_service.blog import revision
from mailing_service.blog.published import published
from mailing_service.models.articles import Article, ContentRevision
from mailing_service.tests.blog.writing import add_article, ago
from shared import clock
from testing.clock import movable_clock

pytestmark = pytest.mark.usefixtures("app", "empty_tables")


async def test_without_articles_it_stays() -> None:
    assert await revision.current() == await revision.current()


async def test_every_statement_that_writes_articles_raises_it() -> None:
    seen = [await revision.current()]
    article = await add_article()
    seen.append(await revision.current())
    await Article.filter(id=article.id).update(title="Coffee")
    seen.append(await revision.current())
    await Article.bulk_create([Article(slug="a", title="A", body="a", html="<p>a</p>")])
    seen.append(await revision.current())
    await Article.all().delete()
    seen.append(await revision.current())
    assert len(set(seen)) == len(seen)


async def test_each_publication_that_falls_due_raises_it() -> None:
    await add_article("first", published_at=ago(hours=1))
    await add_article("soon", published_at=clock.now() + timedelta(minutes=1))
    await add_article("later", published_at=clock.now() + timedelta(minutes=2))
    seen = [await revision.current()]
    with movable_clock() as moved:
        for count in (2, 3):
            moved.advance(timedelta(seconds=61))
            seen.append(await revision.current())
            assert await published().count() == count
    assert len(set(seen)) == 3


async def test_it_can_be_raised_without_a_change() -> None:
    await add_article(published_at=ago(hours=1))
    before = await revision.current()
    await revision.advance()
    assert await revision.current() != before


async def test_there_is_one_row() -> None:
    with pytest.raises(IntegrityError):
        await ContentRevision.create(id=2)


async def test_a_cover_needs_a_text() -> None:
    with pytest.raises(IntegrityError):
        await add_article(cover="abc.webp")
