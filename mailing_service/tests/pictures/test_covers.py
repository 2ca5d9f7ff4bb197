"""Covers over HTTP: those who write articles send pictures, and nothing else gets in."""

import asyncio
import errno
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest

from mailing_service.blog.drafts import covers
from mailing_service.blog.erasing import erase_owner
from mailing_service.models.articles import Article
from mailing_service.models.audit import AuditEvent
from mailing_service.models.pictures import Picture
from mailing_service.pictures.names import file_names
from mailing_service.tests.blog.writing import ARTICLES, DRAFTS, act, write
from mailing_service.tests.conftest import UNAUTHORIZED, Person
from mailing_service.tests.pictures.samples import (
    HTML,
    PDF,
    SVG,
    bomb,
    moving,
    opened,
    picture,
    with_gps,
)

pytestmark = pytest.mark.usefixtures("empty_tables")

MIB = 1024 * 1024
ALT = {"alt": "A cup of tea"}


@pytest.fixture
async def editor(somebody: Callable[..., Person]) -> Person:
    """Somebody who writes articles."""
    return somebody("blog_manager")


@pytest.fixture
async def draft(editor: Person) -> dict[str, Any]:
    return await write(editor)


@pytest.fixture(autouse=True)
async def empty_folder(pictures_dir: Path) -> AsyncIterator[None]:
    yield
    for path in [*pictures_dir.glob("*"), *pictures_dir.glob(".*")]:
        path.unlink()


def files(folder: Path) -> set[str]:
    return {path.name for path in folder.glob("*")} | {path.name for path in folder.glob(".*")}


async def send(
    person: Person,
    draft: dict[str, Any],
    body: bytes,
    *,
    kind: str = "image/jpeg",
    alt: Any = None,
    **headers: str,
) -> httpx2.Response:
    return await person.client.post(
        f"{DRAFTS}/{draft['id']}/cover",
        params=ALT if alt is None else alt,
        content=body,
        headers={"content-type": kind, **headers},
        timeout=120,
    )


async def accepted(person: Person, draft: dict[str, Any], body: bytes) -> dict[str, Any]:
    response = await send(person, draft, body)
    assert response.status_code == 200, response.text
    shown: dict[str, Any] = response.json()
    return shown


async def test_a_cover_is_shown_to_editors_and_with_the_article_to_everybody(
    editor: Person, draft: dict[str, Any], stranger: httpx2.AsyncClient, pictures_dir: Path
) -> None:
    response = await send(editor, draft, picture(size=(1000, 500)))
    shown = response.json()
    assert shown["cover"]["alt"] == ALT["alt"]
    assert [source["width"] for source in shown["cover"]["sources"]] == [480, 960, 1000]
    assert shown["revision"] == draft["revision"] + 1
    assert response.headers["etag"] == f'"{shown["revision"]}"'
    assert files(pictures_dir) == {*file_names((await Picture.get()).name)}

    await act(editor, shown, "publish")
    article = (await stranger.get(f"{ARTICLES}/{draft['slug']}")).json()
    assert article["cover"] == shown["cover"]
    for source in article["cover"]["sources"]:
        found = await stranger.get(source["url"])
        assert opened(found.content).size == (source["width"], source["height"])


async def test_it_is_in_the_audit_log(editor: Person, draft: dict[str, Any]) -> None:
    await accepted(editor, draft, picture())
    event = await AuditEvent.filter(event="article_changed").get()
    assert (event.actor_id, event.details["changed"]) == (editor.id, ["cover"])
    assert (await Picture.get()).created_by == editor.id


async def test_a_new_cover_takes_the_place_of_the_old_whose_files_stay_for_caches(
    editor: Person, draft: dict[str, Any], pictures_dir: Path
) -> None:
    first = await accepted(editor, draft, picture(size=(300, 300)))
    second = await accepted(editor, draft, picture(size=(200, 200)))
    assert first["cover"] != second["cover"]
    assert len(files(pictures_dir)) == 2
    assert await Picture.all().count() == 2


async def test_a_cover_is_taken_away(editor: Person, draft: dict[str, Any]) -> None:
    await accepted(editor, draft, picture())
    for _ in range(2):
        response = await editor.client.delete(f"{DRAFTS}/{draft['id']}/cover")
        assert (response.status_code, response.content) == (204, b"")
    found = (await editor.client.get(f"{DRAFTS}/{draft['id']}")).json()
    assert found["cover"] is None
    assert found["revision"] == draft["revision"] + 2


async def test_a_photo_says_no_longer_where_it_was_taken(
    editor: Person, draft: dict[str, Any], pictures_dir: Path
) -> None:
    await accepted(editor, draft, with_gps(6))
    for path in pictures_dir.iterdir():
        assert not opened(path.read_bytes()).getexif()
        assert b"SECRET" not in path.read_bytes()


@pytest.mark.parametrize("role", [(), ("manager",)])
async def test_who_writes_no_articles_or_no_longer_does_is_refused_unread(
    somebody: Callable[..., Person], draft: dict[str, Any], role: Any, pictures_dir: Path
) -> None:
    for method in ("POST", "DELETE"):
        response = await somebody(*role).client.request(
            method, f"{DRAFTS}/{draft['id']}/cover", params=ALT, content=picture()
        )
        assert (response.status_code, response.json()["error"]) == (403, "forbidden")
    assert files(pictures_dir) == set()


async def test_a_stranger_is_unauthorized(
    stranger: httpx2.AsyncClient, draft: dict[str, Any]
) -> None:
    for method in ("POST", "DELETE"):
        response = await stranger.request(method, f"{DRAFTS}/{draft['id']}/cover")
        assert (response.status_code, response.content) == (401, UNAUTHORIZED)


@pytest.mark.parametrize(
    ("body", "kind", "status", "error"),
    [
        (b"", "image/png", 422, "picture_unreadable"),
        (PDF, "image/png", 422, "picture_unreadable"),
        (SVG, "image/png", 422, "picture_unreadable"),
        (HTML, "image/webp", 422, "picture_unreadable"),
        (picture()[:-100], "image/jpeg", 422, "picture_unreadable"),
        (moving("GIF"), "image/png", 422, "picture_unreadable"),
        (moving("PNG"), "image/png", 422, "picture_moves"),
        (moving("WEBP"), "image/webp", 422, "picture_moves"),
        (bomb(), "image/png", 422, "picture_too_large"),
        (SVG, "image/svg+xml", 415, "unsupported_media_type"),
        (moving("GIF"), "image/gif", 415, "unsupported_media_type"),
        (HTML, "text/html", 415, "unsupported_media_type"),
        (picture(), "", 415, "unsupported_media_type"),
        (picture(), "multipart/form-data; boundary=x", 415, "unsupported_media_type"),
    ],
)
async def test_what_is_no_picture_is_refused_with_a_word_and_leaves_nothing(
    editor: Person,
    draft: dict[str, Any],
    pictures_dir: Path,
    body: bytes,
    kind: str,
    status: int,
    error: str,
) -> None:
    response = await send(editor, draft, body, kind=kind)
    assert (response.status_code, response.json()["error"]) == (status, error)
    assert response.json().keys() <= {"code", "message", "error", "fields"}
    assert files(pictures_dir) == set()
    assert not await Picture.exists()
    assert (await Article.get(id=draft["id"])).revision == draft["revision"]


async def test_what_it_is_says_its_content_and_not_its_name(
    editor: Person, draft: dict[str, Any]
) -> None:
    for kind in ("image/png", "application/octet-stream", "image/jpeg; charset=utf-8"):
        assert (await send(editor, draft, picture("JPEG"), kind=kind)).status_code == 200


@pytest.mark.parametrize("announced", [True, False])
async def test_21_mib_are_too_many(
    editor: Person, draft: dict[str, Any], pictures_dir: Path, announced: bool
) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(21):
            yield bytes(MIB)

    response = await editor.client.post(
        f"{DRAFTS}/{draft['id']}/cover",
        params=ALT,
        content=bytes(21 * MIB) if announced else pieces(),
        headers={"content-type": "image/png"},
    )
    assert (response.status_code, response.json()["error"]) == (413, "payload_too_large")
    assert files(pictures_dir) == set()


@pytest.mark.parametrize("text", [None, "", "  ", "x" * 301, "a\nb"])
async def test_a_text_must_stand_for_it(
    editor: Person, draft: dict[str, Any], pictures_dir: Path, text: str | None
) -> None:
    response = await send(editor, draft, picture(), alt={} if text is None else {"alt": text})
    assert response.status_code == 422
    assert response.json()["fields"][0]["field"] == "alt"
    assert files(pictures_dir) == set()


async def test_of_no_article_it_is_a_404_before_it_is_read(
    editor: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mailing_service.pictures.receiving.received", None)
    response = await send(editor, {"id": 999}, picture())
    assert (response.status_code, response.json()["error"]) == (404, "article_not_found")


async def test_another_revision_than_the_one_seen_is_not_covered(
    editor: Person, draft: dict[str, Any], pictures_dir: Path
) -> None:
    await editor.client.patch(f"{DRAFTS}/{draft['id']}", json={"title": "Another"})
    response = await send(editor, draft, picture(), **{"if-match": f'"{draft["revision"]}"'})
    assert response.status_code == 412
    response = await editor.client.delete(
        f"{DRAFTS}/{draft['id']}/cover", headers={"if-match": f'"{draft["revision"]}"'}
    )
    assert response.status_code == 412
    assert files(pictures_dir) == set()


async def test_an_article_that_goes_meanwhile_leaves_no_files(
    editor: Person,
    draft: dict[str, Any],
    pictures_dir: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    change = covers._change

    async def gone_meanwhile(article_id: int, *args: Any, **kwargs: Any) -> None:
        assert files(pictures_dir)
        await Article.filter(id=article_id).delete()
        await change(article_id, *args, **kwargs)

    monkeypatch.setattr(covers, "_change", gone_meanwhile)
    response = await send(editor, draft, picture())
    assert (response.status_code, response.json()["error"]) == (404, "article_not_found")
    assert files(pictures_dir) == set()


async def test_a_full_disk_is_said_and_leaves_nothing(
    editor: Person,
    draft: dict[str, Any],
    pictures_dir: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    response = await send(editor, draft, picture())
    assert (response.status_code, response.json()["error"]) == (507, "no_room_for_pictures")
    assert files(pictures_dir) == set()
    assert (await Article.get(id=draft["id"])).cover is None


async def test_so_is_a_disk_that_is_full_before_the_picture_is_there(
    editor: Person, draft: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full:
        def write(self, _: bytes) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

        def __enter__(self) -> "Full":
            return self

        def __exit__(self, *_: object) -> None:
            pass

    monkeypatch.setattr("shared.transfer.uploads.TemporaryFile", Full)
    response = await send(editor, draft, picture())
    assert (response.status_code, response.json()["error"]) == (507, "no_room_for_pictures")


async def test_a_folder_that_is_away_is_a_503(
    editor: Person, draft: dict[str, Any], pictures_dir: Path
) -> None:
    if pictures_dir.exists():
        pictures_dir.rmdir()
    pictures_dir.touch()
    try:
        response = await send(editor, draft, picture())
    finally:
        pictures_dir.unlink()
    assert response.status_code == 503


async def test_two_covers_sent_concurrently_are_both_whole_and_one_is_shown(
    editor: Person, draft: dict[str, Any], stranger: httpx2.AsyncClient, pictures_dir: Path
) -> None:
    sizes = ((300, 200), (200, 300))
    both = await asyncio.gather(*(send(editor, draft, picture(size=size)) for size in sizes))
    assert [response.status_code for response in both] == [200, 200]
    shown = (await editor.client.get(f"{DRAFTS}/{draft['id']}")).json()
    assert shown["revision"] == draft["revision"] + 2
    source = shown["cover"]["sources"][-1]
    assert opened((await stranger.get(source["url"])).content).size in sizes
    assert len(files(pictures_dir)) == 2


async def test_two_that_have_seen_the_same_revision_are_one(
    editor: Person, draft: dict[str, Any], pictures_dir: Path
) -> None:
    seen = {"if-match": f'"{draft["revision"]}"'}
    both = await asyncio.gather(*(send(editor, draft, picture(), **seen) for _ in range(2)))
    assert sorted(response.status_code for response in both) == [200, 412]
    assert len(files(pictures_dir)) == 1
    assert await Picture.all().count() == 1


async def test_an_erased_editor_is_named_at_no_picture(
    editor: Person, draft: dict[str, Any]
) -> None:
    await accepted(editor, draft, picture())
    await erase_owner(editor.id)
    assert (await Picture.get()).created_by is None
