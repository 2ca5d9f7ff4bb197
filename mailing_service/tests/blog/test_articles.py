"""Published articles over HTTP: open to everybody, and nothing else is."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI

from mailing_service.blog.articles import reading
from mailing_service.models.articles import Article
from mailing_service.pictures.names import new_name
from mailing_service.tests.blog.writing import ARTICLES, add_article, ago, write
from mailing_service.tests.conftest import Person
from mailing_service.tests.writing import nothing_new
from shared import clock

pytestmark = pytest.mark.usefixtures("empty_tables")

SECRET = "hemlock"
"""A word that only drafts have."""


async def listed(client: httpx2.AsyncClient, **query: Any) -> list[str]:
    response = await client.get(ARTICLES, params=query)
    assert response.status_code == 200, response.text
    return [item["slug"] for item in response.json()["items"]]


async def walked(client: httpx2.AsyncClient, **query: Any) -> list[str]:
    """Return the slugs of all pages, by cursor."""
    found: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = (await client.get(ARTICLES, params={**query, **cursor})).json()
        found += [item["slug"] for item in page["items"]]
        if page["next_cursor"] is None:
            return found
        cursor = {"cursor": page["next_cursor"]}


async def add_many(count: int) -> list[str]:
    """Publish so many, each two at the same instant; return their slugs, the newest first."""
    for number in range(count):
        await add_article(
            f"no-{number}",
            published_at=ago(hours=1) + timedelta(minutes=number // 2),
            language=["en", "ru"][number % 2],
            searchable=f"tea {number}",
        )
    return [f"no-{number}" for number in reversed(range(count))]


async def test_the_list_has_what_is_published_the_newest_first(
    stranger: httpx2.AsyncClient,
) -> None:
    slugs = await add_many(7)
    page = (await stranger.get(ARTICLES, params={"size": 3})).json()
    assert [item["slug"] for item in page["items"]] == slugs[:3]
    assert (page["total"], page["pages"], page["page"]) == (7, 3, 1)
    assert page["items"][0] == {
        "slug": "no-6",
        "title": "Tea of the new harvest",
        "excerpt": "Good news.",
        "language": "en",
        "author": "Anna",
        "cover": None,
        "published_at": page["items"][0]["published_at"],
        "updated_at": page["items"][0]["updated_at"],
    }
    assert await listed(stranger, size=3, page=3) == slugs[6:]


@pytest.mark.parametrize(
    "query", [{}, {"q": "tea"}, {"language": "ru"}, {"language": "en", "q": "tea"}]
)
async def test_a_walk_by_cursor_meets_each_article_once(
    stranger: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch, query: dict[str, str]
) -> None:
    slugs = await add_many(9)
    wanted = [
        slug for slug in slugs if query.get("language") in {None, ["en", "ru"][int(slug[3:]) % 2]}
    ]
    for few in (1000, 2):  # found and sorted, and met on a walk
        monkeypatch.setattr(reading, "FEW", few)
        assert await walked(stranger, size=2, **query) == wanted
        assert await listed(stranger, size=2, page=2, **query) == wanted[2:4]
        page = (await stranger.get(ARTICLES, params=query)).json()
        is_capped = "q" in query and len(wanted) > few
        total = few if is_capped else len(wanted)
        assert (page["total"], page["total_is_capped"]) == (total, is_capped)


async def test_a_cursor_belongs_to_its_list(stranger: httpx2.AsyncClient) -> None:
    await add_many(4)
    cursor = (await stranger.get(ARTICLES, params={"size": 2})).json()["next_cursor"]
    for query in ({"language": "ru"}, {"q": "tea"}, {"cursor": cursor + "x"}, {"cursor": "x"}):
        response = await stranger.get(ARTICLES, params={"cursor": cursor, **query})
        assert response.status_code == 422


@pytest.mark.parametrize(
    "query",
    [
        {"state": "draft"},
        {"page": "0"},
        {"size": "101"},
        {"q": ""},
        {"q": "\x00"},
        {"q": "a" * 101},
    ],
)
async def test_a_strange_query_is_refused(
    stranger: httpx2.AsyncClient, query: dict[str, str]
) -> None:
    assert (await stranger.get(ARTICLES, params=query)).status_code == 422


async def test_words_are_found_in_any_form_or_by_their_beginning(
    stranger: httpx2.AsyncClient,
) -> None:
    await add_article("kettles", published_at=ago(hours=1), searchable="красные чайники для чая")
    await add_article("cups", published_at=ago(hours=2), searchable="brewing cups of tea")
    for text, slugs in {
        "чайник": ["kettles"],
        "Чайниками": ["kettles"],
        "brew": ["cups"],
        "cup teas": ["cups"],
        "чай": ["kettles"],
        "milk": [],
        "cup milk": [],
    }.items():
        assert await listed(stranger, q=text) == slugs, text


async def test_an_article_that_appears_later_does_not_stop_a_walk(
    stranger: httpx2.AsyncClient,
) -> None:
    slugs = await add_many(4)
    first = (await stranger.get(ARTICLES, params={"size": 2})).json()
    await add_article("newest", published_at=ago(seconds=1))
    behind = await listed(stranger, size=2, cursor=first["next_cursor"])
    assert behind == slugs[2:]


async def test_one_article_is_shown_whole(stranger: httpx2.AsyncClient) -> None:
    await add_article("tea", published_at=ago(hours=1))
    shown = (await stranger.get(f"{ARTICLES}/tea")).json()
    assert shown["html"] == "<p>Good <strong>news</strong>.</p>\n"
    assert shown["title"] == "Tea of the new harvest"


async def test_a_cover_has_its_files_and_the_text_that_stands_for_it(
    stranger: httpx2.AsyncClient,
) -> None:
    name = new_name(1200, 600)
    await add_article("tea", published_at=ago(hours=1), cover=name, cover_alt="A cup")
    cover = (await stranger.get(f"{ARTICLES}/tea")).json()["cover"]
    assert cover["alt"] == "A cup"
    assert [source["width"] for source in cover["sources"]] == [480, 960, 1200]
    assert (await stranger.get(ARTICLES)).json()["items"][0]["cover"] == cover
    feed = (await stranger.get(f"{ARTICLES}/feed.atom")).text
    assert f'href="http://localhost:8000{cover["sources"][-1]["url"]}"' in feed


async def test_what_was_changed_before_it_was_published_is_as_old_as_that(
    stranger: httpx2.AsyncClient,
) -> None:
    await add_article("tea", published_at=ago(hours=1), updated_at=ago(days=3))
    shown = (await stranger.get(f"{ARTICLES}/tea")).json()
    assert shown["updated_at"] == shown["published_at"]


@pytest.mark.parametrize(
    "slug", ["none", "%00", "a%20b", "x" * 300, "%F0%9F%8E%89", "%27--", "..."]
)
async def test_there_is_nothing_at_a_strange_slug(stranger: httpx2.AsyncClient, slug: str) -> None:
    response = await stranger.get(f"{ARTICLES}/{slug}")
    assert (response.status_code, response.json()["error"]) == (404, "article_not_found")


async def test_who_has_it_already_gets_a_304(stranger: httpx2.AsyncClient) -> None:
    await add_article("tea", published_at=ago(hours=1))
    seen = set()
    for path in ("", "?language=en", "?q=tea", "/tea", "/addresses", "/feed.atom"):
        shown = await stranger.get(ARTICLES + path)
        etag = shown.headers["etag"]
        seen.add(etag)
        again = await stranger.get(ARTICLES + path, headers={"If-None-Match": etag})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
        await Article.filter(slug="tea").update(title="Coffee")
        changed = await stranger.get(ARTICLES + path, headers={"If-None-Match": etag})
        assert changed.status_code == 200
    assert len(seen) == 6


async def test_addresses_are_all_there_and_current(stranger: httpx2.AsyncClient) -> None:
    path = f"{ARTICLES}/addresses"
    assert (await stranger.get(path)).json() == {"items": []}
    slugs = await add_many(3)
    for _ in range(2):
        items = (await stranger.get(path)).json()["items"]
        assert [item["slug"] for item in items] == slugs
        assert set(items[0]) == {"slug", "language", "updated_at"}


async def test_addresses_are_no_more_than_a_map_of_a_site_may_have(
    stranger: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "MOST_ADDRESSES", 2)
    slugs = await add_many(3)
    items = (await stranger.get(f"{ARTICLES}/addresses")).json()["items"]
    assert [item["slug"] for item in items] == slugs[:2]


def open_paths(app: FastAPI) -> Iterator[str]:
    """Give the paths that take no token, as the document has them."""
    for path, methods in app.openapi()["paths"].items():
        if "get" in methods and not methods["get"].get("security") and path.startswith("/api/"):
            yield path


async def test_nothing_of_a_draft_is_in_any_open_answer(
    app: FastAPI, editor: Person, stranger: httpx2.AsyncClient
) -> None:
    await nothing_new()
    await write(editor, title=SECRET, body=SECRET, excerpt=SECRET, author=SECRET)
    scheduled = await write(editor, title=f"{SECRET} too", body=SECRET)
    later = clock.now() + timedelta(hours=1)
    await Article.filter(id=scheduled["id"]).update(published_at=later)
    withdrawn = await write(editor, slug=f"{SECRET}-was", body=SECRET, title=SECRET)
    await editor.client.patch(f"/api/v1/drafts/{withdrawn['id']}", json={"slug": f"{SECRET}-is"})
    slugs = [row["slug"] for row in await Article.all().values("slug")] + [f"{SECRET}-was"]

    paths = list(open_paths(app))
    assert ARTICLES in paths
    for path in paths:
        for slug in slugs:
            for query in ({}, {"q": SECRET}, {"language": "ru"}):
                where = path.format(slug=slug, token=slug, name=slug)
                response = await stranger.get(where, params=query)
                text = response.text.lower() + str(response.headers).lower()
                assert SECRET not in text, where
                if response.headers["content-type"] == "application/json" and "total" in text:
                    assert response.json()["total"] == 0
