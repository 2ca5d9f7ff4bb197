"""Drafts over HTTP: those who write articles."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from mailing_service.blog.erasing import erase_owner
from mailing_service.models.articles import Article, ArticleSlug
from mailing_service.models.audit import AuditEvent
from mailing_service.pictures.names import new_name
from mailing_service.tests.blog.writing import (
    ARTICLES,
    DRAFTS,
    TEA,
    act,
    add_article,
    ago,
    soon,
    write,
)
from mailing_service.tests.conftest import UNAUTHORIZED, Person
from mailing_service.tests.writing import known
from testing.clock import movable_clock

pytestmark = pytest.mark.usefixtures("empty_tables")

OPERATIONS = [
    ("GET", DRAFTS, None),
    ("POST", DRAFTS, TEA),
    ("GET", f"{DRAFTS}/1", None),
    ("PATCH", f"{DRAFTS}/1", {"title": "Taken"}),
    ("DELETE", f"{DRAFTS}/1", None),
    ("POST", f"{DRAFTS}/1/publish", None),
    ("POST", f"{DRAFTS}/1/schedule", {"publish_at": "2999-01-01T00:00:00Z"}),
    ("POST", f"{DRAFTS}/1/withdraw", None),
    ("POST", f"{DRAFTS}/1/copy", None),
    ("POST", f"{DRAFTS}/1/preview", {}),
]


async def published_slugs(client: httpx2.AsyncClient) -> list[str]:
    """Return the slugs of the open list."""
    return [item["slug"] for item in (await client.get(ARTICLES)).json()["items"]]


@pytest.mark.parametrize(("method", "path", "body"), OPERATIONS)
async def test_a_stranger_is_unauthorized(
    stranger: httpx2.AsyncClient, method: str, path: str, body: Any
) -> None:
    response = await stranger.request(method, path, json=body)
    assert (response.status_code, response.content) == (401, UNAUTHORIZED)


@pytest.mark.parametrize(("method", "path", "body"), OPERATIONS)
async def test_nobody_else_may_write_articles(
    somebody: Callable[..., Person], method: str, path: str, body: Any
) -> None:
    await add_article()
    before = await Article.all().values()
    for roles in ((), ("manager",)):
        response = await somebody(*roles).client.request(method, path, json=body)
        assert response.status_code == 403, response.text
    assert await Article.all().values() == before


async def test_administrators_may(admin: Person) -> None:
    assert (await write(admin))["state"] == "draft"


async def test_a_draft_is_written_and_read(editor: Person) -> None:
    await known(editor, full_name="Anna Petrova")
    response = await editor.client.post(DRAFTS, json=TEA)
    written = response.json()

    assert response.status_code == 201
    assert response.headers["location"] == f"{DRAFTS}/{written['id']}"
    assert response.headers["etag"] == '"1"'
    assert (written["slug"], written["state"]) == ("shchuka-i-ezh", "draft")
    assert (written["author"], written["published_at"]) == ("Anna Petrova", None)
    assert (written["cover"], written["former_slugs"]) == (None, [])
    read = await editor.client.get(response.headers["location"])
    assert read.json() == written
    assert read.headers["cache-control"] == "no-store"


async def test_an_author_may_be_named_or_nobody(editor: Person) -> None:
    assert (await write(editor))["author"] == ""  # the feed has not brought the editor yet
    assert (await write(editor, author="The shop"))["author"] == "The shop"
    await known(editor, full_name="Anna Petrova")
    assert (await write(editor, author=""))["author"] == ""


async def test_the_list_has_everybodys_newest_first(editor: Person, colleague: Person) -> None:
    ids = [(await write(each))["id"] for each in (editor, colleague, editor)]
    await add_article("old", published_at=ago(hours=1), searchable="coffee")
    await add_article("next", published_at=ago(hours=-1), language="ru", searchable="tea")

    async def listed(**query: Any) -> list[str]:
        response = await editor.client.get(DRAFTS, params=query)
        assert response.status_code == 200, response.text
        return [item["slug"] for item in response.json()["items"]]

    page = (await editor.client.get(DRAFTS)).json()
    assert [item["id"] for item in page["items"]][2:] == ids[::-1]
    assert (page["total"], "body" in page["items"][0]) == (5, False)
    assert await listed(state="published") == ["old"]
    assert await listed(state="scheduled", language="ru") == ["next"]
    assert len(await listed(state="draft")) == 3
    assert await listed(q="coffee") == ["old"]
    first = (await editor.client.get(DRAFTS, params={"size": 3})).json()
    cursor = first["next_cursor"]
    assert len(await listed(size=3, cursor=cursor)) == 2


@pytest.mark.parametrize("query", [{"x": "1"}, {"state": "gone"}, {"q": "***"}, {"language": "de"}])
async def test_a_strange_query_is_refused(editor: Person, query: dict[str, str]) -> None:
    assert (await editor.client.get(DRAFTS, params=query)).status_code == 422


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", ""),
        ("title", "x" * 201),
        ("title", "a\nb"),
        ("title", "\u202eevil"),
        ("title", None),
        ("slug", ""),
        ("slug", "🎉"),
        ("slug", "x" * 300),
        ("body", ""),
        ("body", "x" * 32769),
        ("body", "a\x00b"),
        ("body", "[x](javascript:alert(1))"),
        ("excerpt", "x" * 501),
        ("excerpt", "a\x07b"),
        ("language", "de"),
        ("author", "x" * 201),
    ],
)
async def test_what_no_article_can_hold_is_refused_by_name(
    editor: Person, field: str, value: object
) -> None:
    written = await write(editor)
    path = f"{DRAFTS}/{written['id']}"

    created = await editor.client.post(DRAFTS, json={**TEA, field: value})
    changed = await editor.client.patch(path, json={field: value})
    previewed = await editor.client.post(f"{path}/preview", json={field: value})

    for response in (created, changed, previewed):
        assert response.status_code == 422, response.text
        assert [problem["field"] for problem in response.json()["fields"]] == [field]
    assert (await editor.client.get(path)).json() == written


async def test_a_refusal_is_in_the_readers_language(editor: Person) -> None:
    headers = {"Accept-Language": "ru"}
    body = {**TEA, "slug": "***", "body": "ok"}
    response = await editor.client.post(DRAFTS, json=body, headers=headers)
    assert response.json()["fields"][0]["message"] == "Нужна хотя бы одна буква или цифра"


async def test_a_title_of_emoji_has_a_slug_all_the_same(editor: Person) -> None:
    slugs = [(await write(editor, title="🎉🎉"))["slug"] for _ in range(2)]
    assert slugs == ["article", "article-2"]


async def test_articles_of_one_title_have_slugs_of_their_own(editor: Person) -> None:
    slugs = [(await write(editor, slug="Tea!"))["slug"] for _ in range(3)]
    assert slugs == ["tea", "tea-2", "tea-3"]


async def test_articles_written_concurrently_have_slugs_of_their_own(editor: Person) -> None:
    written = await asyncio.gather(*(write(editor) for _ in range(3)))
    slugs = {each["slug"] for each in written}
    assert len(slugs) == 3
    assert {row.slug for row in await ArticleSlug.all()} == slugs


async def test_an_old_slug_stays_the_articles(editor: Person, stranger: httpx2.AsyncClient) -> None:
    tea = await write(editor, slug="tea")
    await act(editor, tea, "publish")
    path = f"{DRAFTS}/{tea['id']}"

    changed = (await editor.client.patch(path, json={"slug": "green tea"})).json()

    assert (changed["slug"], changed["former_slugs"]) == ("green-tea", ["tea"])
    moved = await stranger.get(f"{ARTICLES}/tea")
    assert (moved.status_code, moved.json()) == (301, {"slug": "green-tea"})
    assert moved.headers["location"] == f"{ARTICLES}/green-tea"
    assert moved.headers["cache-control"] == "no-cache"
    assert (await write(editor, slug="tea"))["slug"] == "tea-2"
    back = (await editor.client.patch(path, json={"slug": "tea"})).json()
    assert (back["slug"], back["former_slugs"]) == ("tea", ["green-tea"])
    assert (await stranger.get(f"{ARTICLES}/tea")).status_code == 200


async def test_another_articles_slug_gets_a_number(editor: Person) -> None:
    await write(editor, slug="tea")
    coffee = await write(editor, slug="coffee")
    path = f"{DRAFTS}/{coffee['id']}"
    assert (await editor.client.patch(path, json={"slug": "tea"})).json()["slug"] == "tea-2"
    again = await editor.client.patch(path, json={"slug": "tea"})
    assert (again.json()["slug"], again.json()["revision"]) == ("tea-2", 2)


async def test_a_change_of_nothing_keeps_the_revision(editor: Person) -> None:
    written = await write(editor)
    path = f"{DRAFTS}/{written['id']}"
    for body in ({}, {"title": TEA["title"]}, {"body": TEA["body"], "language": "ru"}):
        assert (await editor.client.patch(path, json=body)).json() == written


async def test_what_follows_from_a_change_is_changed(
    editor: Person, stranger: httpx2.AsyncClient
) -> None:
    tea = await write(editor)
    await act(editor, tea, "publish")
    path = f"{DRAFTS}/{tea['id']}"
    await editor.client.patch(path, json={"body": "About *coffee*."})

    shown = (await stranger.get(f"{ARTICLES}/{tea['slug']}")).json()
    assert shown["html"] == "<p>About <em>coffee</em>.</p>\n"
    assert shown["excerpt"] == "About coffee."
    found = await stranger.get(ARTICLES, params={"q": "coffee"})
    assert found.json()["total"] == 1
    await editor.client.patch(path, json={"excerpt": "Short"})
    assert (await stranger.get(f"{ARTICLES}/{tea['slug']}")).json()["excerpt"] == "Short"


async def test_of_two_editors_the_second_is_shown_that_it_changed(
    editor: Person, colleague: Person
) -> None:
    tea = await write(editor)
    path, seen = f"{DRAFTS}/{tea['id']}", {"If-Match": '"1"'}
    assert (await editor.client.patch(path, json={"title": "A"}, headers=seen)).status_code == 200
    for method, where, body in (
        ("PATCH", path, {"title": "B"}),
        ("POST", f"{path}/publish", None),
        ("POST", f"{path}/schedule", {"publish_at": soon(hours=1)}),
        ("POST", f"{path}/withdraw", None),
        ("DELETE", path, None),
    ):
        response = await colleague.client.request(method, where, json=body, headers=seen)
        assert response.status_code == 412, (method, where)
    shown = (await editor.client.get(path)).json()
    assert (shown["title"], shown["state"], shown["revision"]) == ("A", "draft", 2)
    other = {"If-Match": '"2"'}
    assert (await colleague.client.delete(path, headers=other)).status_code == 204


async def test_of_many_concurrent_changes_one_is_first(editor: Person, colleague: Person) -> None:
    tea = await write(editor)
    path, seen = f"{DRAFTS}/{tea['id']}", {"If-Match": '"1"'}
    responses = await asyncio.gather(
        *(
            each.client.patch(path, json={"title": f"No. {number}"}, headers=seen)
            for number, each in enumerate([editor, colleague] * 3)
        )
    )
    assert sorted(response.status_code for response in responses) == [200, *[412] * 5]
    assert (await editor.client.get(path)).json()["revision"] == 2


async def test_an_article_is_published_and_withdrawn(
    editor: Person, stranger: httpx2.AsyncClient
) -> None:
    tea = await write(editor)
    assert await published_slugs(stranger) == []
    shown = await act(editor, tea, "publish")
    assert (shown["state"], shown["revision"]) == ("published", 2)
    assert await act(editor, tea, "publish") == shown
    assert await published_slugs(stranger) == [tea["slug"]]
    assert (await act(editor, tea, "withdraw"))["published_at"] is None
    assert (await act(editor, tea, "withdraw"))["state"] == "draft"
    assert await published_slugs(stranger) == []
    assert (await stranger.get(f"{ARTICLES}/{tea['slug']}")).status_code == 404


async def test_a_scheduled_article_appears_by_itself(
    editor: Person, stranger: httpx2.AsyncClient
) -> None:
    tea = await write(editor)
    assert (await act(editor, tea, "schedule", publish_at=soon(hours=2)))["state"] == "scheduled"
    again = await act(editor, tea, "schedule", publish_at=soon(minutes=5))
    assert (again["state"], again["revision"]) == ("scheduled", 3)
    before = await stranger.get(ARTICLES)
    assert before.json()["items"] == []
    with movable_clock() as moved:
        moved.advance(timedelta(minutes=5, seconds=1))
        seen = {"If-None-Match": before.headers["etag"]}
        after = await stranger.get(ARTICLES, headers=seen)
        assert [item["slug"] for item in after.json()["items"]] == [tea["slug"]]
        shown = (await editor.client.get(f"{DRAFTS}/{tea['id']}")).json()
        assert (shown["state"], shown["revision"]) == ("published", 3)
        late = await editor.client.post(
            f"{DRAFTS}/{tea['id']}/schedule", json={"publish_at": soon(hours=1)}
        )
        assert (late.status_code, late.json()["error"]) == (409, "article_is_published")


@pytest.mark.parametrize(
    "publish_at", ["2020-01-01T00:00:00Z", "2020-01-01", "2999-01-01T00:00:00", 5, None, "x"]
)
async def test_a_schedule_in_the_past_or_of_no_instant_is_refused(
    editor: Person, publish_at: object
) -> None:
    tea = await write(editor)
    path = f"{DRAFTS}/{tea['id']}"
    response = await editor.client.post(f"{path}/schedule", json={"publish_at": publish_at})
    assert response.status_code == 422
    assert response.json()["fields"][0]["field"] == "publish_at"
    assert (await editor.client.get(path)).json() == tea


async def test_a_scheduled_article_may_be_published_now(editor: Person) -> None:
    tea = await write(editor)
    await act(editor, tea, "schedule", publish_at=soon(hours=2))
    assert (await act(editor, tea, "publish"))["state"] == "published"


async def test_a_copy_is_a_draft_of_its_own(editor: Person, colleague: Person) -> None:
    tea = await write(editor, excerpt="Short")
    await Article.filter(id=tea["id"]).update(cover=new_name(900, 600), cover_alt="A cup")
    tea = await act(editor, tea, "publish")
    response = await colleague.client.post(f"{DRAFTS}/{tea['id']}/copy")
    copied = response.json()
    assert response.status_code == 201
    assert response.headers["location"] == f"{DRAFTS}/{copied['id']}"
    assert (copied["state"], copied["slug"]) == ("draft", f"{tea['slug']}-2")
    for name in ("title", "body", "excerpt", "language", "author", "cover"):
        assert copied[name] == tea[name]


async def test_a_preview_stores_nothing(editor: Person) -> None:
    tea = await write(editor)
    path = f"{DRAFTS}/{tea['id']}"
    shown = await act(editor, tea, "preview", body="<b>{{ 7*7 }}</b>", title="New")
    assert shown == {
        "title": "New",
        "excerpt": "<b>{{ 7*7 }}</b>",
        "html": "<p>&lt;b&gt;{{ 7*7 }}&lt;/b&gt;</p>\n",
    }
    assert (await editor.client.get(path)).json() == tea


async def test_what_is_removed_is_gone_with_its_slugs(editor: Person) -> None:
    tea = await write(editor, slug="tea")
    await editor.client.patch(f"{DRAFTS}/{tea['id']}", json={"slug": "coffee"})
    assert (await editor.client.delete(f"{DRAFTS}/{tea['id']}")).status_code == 204
    assert await ArticleSlug.all().count() == 0
    for method, path, body in OPERATIONS[2:]:
        where = path.replace("/1", f"/{tea['id']}")
        response = await editor.client.request(method, where, json=body)
        assert (response.status_code, response.json()["error"]) == (404, "article_not_found")


async def test_every_act_is_written_down(editor: Person) -> None:
    tea = await write(editor)
    path = f"{DRAFTS}/{tea['id']}"
    await editor.client.patch(path, json={"title": "Tea", "body": "Tea."})
    await act(editor, tea, "schedule", publish_at=soon(hours=1))
    await act(editor, tea, "publish")
    await act(editor, tea, "withdraw")
    await editor.client.post(f"{path}/copy")
    await editor.client.delete(path)

    events = await AuditEvent.all().order_by("id")
    assert [event.event for event in events] == [
        "article_written",
        "article_changed",
        "article_scheduled",
        "article_published",
        "article_withdrawn",
        "article_written",
        "article_deleted",
    ]
    assert {event.actor_id for event in events} == {editor.id}
    assert events[1].details["changed"] == ["body", "title"]
    assert events[5].details["copy_of"] == tea["id"]
    assert events[6].details["slug"] == tea["slug"]


async def test_an_erased_editor_leaves_articles_without_a_name(
    editor: Person, stranger: httpx2.AsyncClient
) -> None:
    await known(editor, full_name="Anna Petrova")
    tea = await write(editor)
    await act(editor, tea, "publish")
    before = (await stranger.get(ARTICLES)).headers["etag"]
    await erase_owner(editor.id)
    shown = await stranger.get(ARTICLES, headers={"If-None-Match": before})
    assert [item["author"] for item in shown.json()["items"]] == [""]
    assert (await Article.get(id=tea["id"])).author_id is None
