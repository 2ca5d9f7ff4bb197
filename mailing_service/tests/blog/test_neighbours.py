"""What was published before an article and after it, as its page links to them."""

from datetime import timedelta
from typing import Any

import httpx2
import pytest

from mailing_service.models.articles import Article
from mailing_service.tests.blog.writing import ARTICLES, add_article, ago
from shared import clock
from testing.clock import movable_clock

pytestmark = pytest.mark.usefixtures("empty_tables")


async def neighbours(
    client: httpx2.AsyncClient, slug: str, language: str = "en"
) -> tuple[str | None, str | None]:
    """Return the slugs of the previous and the next article."""
    shown = await read(client, slug, language)
    previous, following = (shown.json()[name] for name in ("previous", "next"))
    return previous and previous["slug"], following and following["slug"]


async def read(client: httpx2.AsyncClient, slug: str, language: str) -> httpx2.Response:
    response = await client.get(f"{ARTICLES}/{slug}", headers={"Accept-Language": language})
    assert response.status_code == 200, response.text
    return response


async def test_the_first_the_last_and_one_between(stranger: httpx2.AsyncClient) -> None:
    for day, slug in enumerate(("first", "middle", "last")):
        await add_article(slug, title=f"The {slug}", published_at=ago(days=9 - day))
    assert await neighbours(stranger, "first") == (None, "middle")
    assert await neighbours(stranger, "middle") == ("first", "last")
    assert await neighbours(stranger, "last") == ("middle", None)
    shown: dict[str, Any] = (await read(stranger, "middle", "en")).json()
    assert shown["previous"] == {"slug": "first", "title": "The first"}


async def test_one_alone_has_none(stranger: httpx2.AsyncClient) -> None:
    await add_article("tea", published_at=ago(hours=1))
    assert await neighbours(stranger, "tea") == (None, None)


async def test_equal_instants_are_ordered_by_id(stranger: httpx2.AsyncClient) -> None:
    instant = ago(hours=1)
    slugs = [f"no-{number}" for number in range(4)]
    for slug in slugs:
        await add_article(slug, published_at=instant)
    walked: list[str] = []
    following: str | None = slugs[0]
    while following:
        walked.append(following)
        previous, following = await neighbours(stranger, following)
        assert previous == (walked[-2] if len(walked) > 1 else None)
    assert walked == slugs


async def test_they_are_in_the_readers_language(stranger: httpx2.AsyncClient) -> None:
    for day, (slug, language) in enumerate(
        [("a-en", "en"), ("b-ru", "ru"), ("c-en", "en"), ("d-ru", "ru"), ("e-en", "en")]
    ):
        await add_article(slug, language=language, published_at=ago(days=9 - day))
    assert await neighbours(stranger, "c-en", "en") == ("a-en", "e-en")
    assert await neighbours(stranger, "c-en", "ru") == ("b-ru", "d-ru")
    assert await neighbours(stranger, "b-ru", "de") == ("a-en", "c-en")
    assert await neighbours(stranger, "e-en", "ru") == ("d-ru", None)


async def test_a_cache_keeps_each_language(stranger: httpx2.AsyncClient) -> None:
    await add_article("tea", published_at=ago(hours=1))
    english = await read(stranger, "tea", "en")
    path = f"{ARTICLES}/tea"
    assert english.headers["vary"] == "Accept-Language"
    for language, status in (("en", 304), ("ru", 200)):
        fields = {"If-None-Match": english.headers["etag"], "Accept-Language": language}
        again = await stranger.get(path, headers=fields)
        assert (again.status_code, again.headers["vary"]) == (status, "Accept-Language")


async def test_drafts_and_what_comes_later_are_no_neighbours(stranger: httpx2.AsyncClient) -> None:
    await add_article("draft-before", title="hemlock")
    await add_article("tea", published_at=ago(hours=1))
    await add_article("draft-behind", title="hemlock")
    await add_article("soon", published_at=clock.now() + timedelta(minutes=1), title="hemlock")
    before = await read(stranger, "tea", "en")
    assert "hemlock" not in before.text
    assert await neighbours(stranger, "tea") == (None, None)
    with movable_clock() as moved:
        moved.advance(timedelta(seconds=61))
        seen = {"If-None-Match": before.headers["etag"], "Accept-Language": "en"}
        after = await stranger.get(f"{ARTICLES}/tea", headers=seen)
        assert after.json()["next"] == {"slug": "soon", "title": "hemlock"}


async def test_what_is_withdrawn_is_passed_over(stranger: httpx2.AsyncClient) -> None:
    for day, slug in enumerate(("first", "middle", "last")):
        await add_article(slug, published_at=ago(days=9 - day))
    before = await read(stranger, "first", "en")
    await Article.filter(slug="middle").update(published_at=None)
    seen = {"If-None-Match": before.headers["etag"]}
    after = await stranger.get(f"{ARTICLES}/first", headers=seen)
    assert after.json()["next"]["slug"] == "last"
