"""The text that stands for a cover, changed without sending the picture again."""

import asyncio
from typing import Any

import httpx2
import pytest

from mailing_service.models.articles import Article
from mailing_service.models.audit import AuditEvent
from mailing_service.pictures.names import new_name
from mailing_service.tests.blog.writing import ARTICLES, DRAFTS, act, write
from mailing_service.tests.conftest import Person

pytestmark = pytest.mark.usefixtures("empty_tables")


@pytest.fixture
async def draft(editor: Person) -> dict[str, Any]:
    """An article with a cover."""
    written = await write(editor)
    await Article.filter(id=written["id"]).update(cover=new_name(900, 600), cover_alt="A cup")
    shown: dict[str, Any] = (await editor.client.get(f"{DRAFTS}/{written['id']}")).json()
    return shown


def path_of(draft: dict[str, Any]) -> str:
    return f"{DRAFTS}/{draft['id']}"


async def test_it_is_changed_alone_and_readers_see_it(
    editor: Person, draft: dict[str, Any], stranger: httpx2.AsyncClient
) -> None:
    await act(editor, draft, "publish")
    changed = await editor.client.patch(path_of(draft), json={"cover_alt": " Two cups "})
    assert changed.json()["cover"] == {**draft["cover"], "alt": "Two cups"}
    shown = (await stranger.get(f"{ARTICLES}/{draft['slug']}")).json()
    assert shown["cover"] == changed.json()["cover"]
    event = await AuditEvent.filter(event="article_changed").get()
    assert (event.actor_id, event.details["changed"]) == (editor.id, ["cover_alt"])


async def test_the_same_text_keeps_the_revision(editor: Person, draft: dict[str, Any]) -> None:
    response = await editor.client.patch(path_of(draft), json={"cover_alt": "A cup"})
    assert response.json() == draft


@pytest.mark.parametrize("text", ["", "  ", "x" * 301, "a\nb", "a\x00b", "\u202eevil", None, 5])
async def test_what_can_stand_for_no_cover_is_refused(
    editor: Person, draft: dict[str, Any], text: object
) -> None:
    response = await editor.client.patch(path_of(draft), json={"cover_alt": text})
    assert response.status_code == 422
    assert [problem["field"] for problem in response.json()["fields"]] == ["cover_alt"]
    assert (await editor.client.get(path_of(draft))).json() == draft


@pytest.mark.parametrize("text", ["x", "Ж" * 300])
async def test_the_shortest_and_the_longest(
    editor: Person, draft: dict[str, Any], text: str
) -> None:
    response = await editor.client.patch(path_of(draft), json={"cover_alt": text})
    assert response.json()["cover"]["alt"] == text


async def test_without_a_cover_there_is_nothing_to_stand_for(editor: Person) -> None:
    written = await write(editor)
    fields = {"Accept-Language": "ru"}
    body = {"cover_alt": "A cup"}
    refused = await editor.client.patch(path_of(written), json=body, headers=fields)
    assert refused.status_code == 422
    assert refused.json()["fields"][0]["message"] == "Обложки, которую он описывал бы, нет"
    same = await editor.client.patch(path_of(written), json={"cover_alt": ""})
    assert same.json() == written


async def test_of_two_editors_the_second_is_shown_that_it_changed(
    editor: Person, colleague: Person, draft: dict[str, Any]
) -> None:
    seen = {"If-Match": f'"{draft["revision"]}"'}
    responses = await asyncio.gather(
        *(
            each.client.patch(path_of(draft), json={"cover_alt": f"No. {number}"}, headers=seen)
            for number, each in enumerate([editor, colleague])
        )
    )
    assert sorted(response.status_code for response in responses) == [200, 412]
    [changed] = [response.json() for response in responses if response.status_code == 200]
    assert (await editor.client.get(path_of(draft))).json() == changed


async def test_a_text_for_a_cover_that_is_taken_away_meanwhile(
    editor: Person, colleague: Person, draft: dict[str, Any]
) -> None:
    """Whichever comes first, no cover is without a text, and no text without a cover."""
    await asyncio.gather(
        editor.client.delete(f"{path_of(draft)}/cover"),
        colleague.client.patch(path_of(draft), json={"cover_alt": "Two cups"}),
    )
    stored = await Article.get(id=draft["id"])
    assert (stored.cover, stored.cover_alt) == (None, "")
