"""The Atom feed, as a reader of feeds takes it."""

from typing import Any

import feedparser
import httpx2
import pytest

from mailing_service.blog.articles import feed
from mailing_service.blog.articles.feed import write as write_feed
from mailing_service.models.articles import Article
from mailing_service.settings import MailingSettings
from mailing_service.tests.blog.writing import ARTICLES, act, add_article, ago, write
from mailing_service.tests.conftest import Person

pytestmark = pytest.mark.usefixtures("empty_tables")

FEED = f"{ARTICLES}/feed.atom"
SITE = "http://localhost:8000"


async def read(client: httpx2.AsyncClient, query: str = "") -> Any:
    response = await client.get(FEED + query)
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/atom+xml"
    parsed = feedparser.parse(
        response.content, response_headers={"content-type": "application/atom+xml"}
    )
    assert not parsed.bozo, parsed.get("bozo_exception")
    assert parsed.version == "atom10"
    return parsed


async def test_an_empty_blog_has_a_feed(stranger: httpx2.AsyncClient) -> None:
    parsed = await read(stranger)
    assert parsed.entries == []
    assert parsed.feed.updated == "1970-01-01T00:00:00Z"


async def test_a_feed_has_all_of_the_text_and_absolute_addresses(
    editor: Person, stranger: httpx2.AsyncClient
) -> None:
    tea = await write(editor, body="Good [news](https://example.com/?a=1&b=2) & <b>", author="Anna")
    await act(editor, tea, "publish")
    parsed = await read(stranger)
    [entry] = parsed.entries
    assert parsed.feed.title == "Vitrina"
    assert {link.rel: link.href for link in parsed.feed.links} == {
        "self": f"{SITE}{FEED}",
        "alternate": f"{SITE}/articles/",
    }
    assert (entry.title, entry.author) == (tea["title"], "Anna")
    assert entry.link == f"{SITE}/articles/{tea['slug']}/"
    assert entry.id == f"tag:localhost,2026:article:{tea['id']}"
    assert entry.content[0].language == "ru"
    assert entry.content[0].value == (
        '<p>Good <a href="https://example.com/?a=1&amp;b=2">news</a> &amp; &lt;b&gt;</p>'
    )
    assert parsed.feed.updated == entry.updated


async def test_an_entry_keeps_its_identity_when_its_address_changes(
    editor: Person, stranger: httpx2.AsyncClient
) -> None:
    tea = await write(editor)
    await act(editor, tea, "publish")
    before = (await read(stranger)).entries[0]
    await editor.client.patch(f"/api/v1/drafts/{tea['id']}", json={"slug": "other"})
    after = (await read(stranger)).entries[0]
    assert before.id == after.id
    assert after.link.endswith("/other/")


async def test_a_feed_has_the_newest_of_a_language(
    stranger: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "ENTRIES", 2)
    for number in range(5):
        slug, language = f"no-{number}", ["en", "ru"][number % 2]
        await add_article(slug, published_at=ago(hours=number + 1), language=language)
    assert [entry.link[-5:-1] for entry in (await read(stranger)).entries] == ["no-0", "no-1"]
    russian = await read(stranger, "?language=ru")
    assert [entry.link[-5:-1] for entry in russian.entries] == ["no-1", "no-3"]
    assert russian.feed.links[0].href == f"{SITE}{FEED}?language=ru"
    for query in ("?language=de", "?page=2"):
        assert (await stranger.get(FEED + query)).status_code == 422


async def test_no_article_breaks_the_feed(stranger: httpx2.AsyncClient) -> None:
    hostile = "a\x01\x0b\ufffe\uffff]]></content></entry>{{ 7*7 }}{% x %}<script>&\x7f\u0085"
    article = await add_article("tea", published_at=ago(hours=1), title=hostile, author=hostile)
    await Article.filter(id=article.id).update(html=hostile, summary=hostile)
    [entry] = (await read(stranger)).entries
    text = (await stranger.get(FEED)).text
    assert not set(text) & set("\x01\x0b\ufffe\uffff")
    assert "{{ 7*7 }}{% x %}" in entry.title
    assert "<script" not in text


async def test_addresses_are_those_of_the_settings(app: Any) -> None:
    await add_article("tea", published_at=ago(hours=1))
    settings: MailingSettings = app.state.settings.model_copy(
        update={"public_url": "https://shop.example"}
    )
    parsed = feedparser.parse(await write_feed(settings, None))
    assert parsed.entries[0].link == "https://shop.example/articles/tea/"
    assert parsed.entries[0].id.startswith("tag:shop.example,2026:")
