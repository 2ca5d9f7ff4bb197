"""The home page: what it counts, what it shows, and to whom."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from fastapi import FastAPI

from mailing_service.models.mailings import Mailing, MailingStatus
from mailing_service.models.recipients import Recipient
from mailing_service.tests.blog.writing import add_article, ago
from mailing_service.tests.conftest import Person
from mailing_service.tests.home.reading import HOME, forget_counts, read, titles
from mailing_service.tests.writing import add_recipients, post, running, to_post
from shared import clock
from testing.clock import movable_clock

pytestmark = pytest.mark.usefixtures("empty_tables")


@pytest.fixture(autouse=True)
async def _nothing_counted(app: FastAPI) -> None:
    await forget_counts(app)


class TestCounts:
    async def test_an_empty_service_has_nothing(self, stranger: httpx2.AsyncClient) -> None:
        assert await read(stranger) == {
            "mailings": 0,
            "active_mailings": 0,
            "recipients": 0,
            "articles": [],
        }

    async def test_mailings_are_counted_and_those_that_run(
        self, app: FastAPI, stranger: httpx2.AsyncClient, anna: Person, manager: Person
    ) -> None:
        await running(app, anna, manager)
        draft = await post(anna, **await to_post(anna, recipients=0, draft=True))
        deleted = await post(anna, **await to_post(anna, recipients=0, draft=True))
        await Mailing.filter(id=deleted["id"]).update(deleted_at=clock.now())
        for status in MailingStatus:
            await Mailing.filter(id=draft["id"]).update(status=status)
            await forget_counts(app)
            shown = await read(stranger)
            assert shown["mailings"] == 2
            assert shown["active_mailings"] == 1 + (status is MailingStatus.RUNNING)

    async def test_an_address_counts_once_however_many_write_to_it(
        self, stranger: httpx2.AsyncClient
    ) -> None:
        anna, boris = uuid4(), uuid4()
        await add_recipients(anna, 3)
        await add_recipients(boris, 2)
        await add_recipients(boris, 1, name="other")
        assert (await read(stranger))["recipients"] == 4

    async def test_what_is_one_address_counts_once_however_it_is_written(
        self, stranger: httpx2.AsyncClient, anna: Person, boris: Person
    ) -> None:
        for person, email in ((anna, "Vera@Example.com"), (boris, "Vera@example.COM")):
            response = await person.client.post("/api/v1/recipients", json={"email": email})
            assert response.status_code == 201, response.text
        assert await Recipient.all().count() == 2
        assert (await read(stranger))["recipients"] == 1


class TestArticles:
    async def test_it_shows_what_is_published_and_nothing_else(
        self, stranger: httpx2.AsyncClient
    ) -> None:
        cover = f"{'a' * 32}-600x400"
        await add_article(
            "shown", title="Shown", published_at=ago(hours=1), cover=cover, cover_alt="A cup"
        )
        await add_article("draft", title="Draft")
        await add_article("soon", title="Soon", published_at=clock.now() + timedelta(hours=1))
        [article] = (await read(stranger))["articles"]
        assert article.pop("published_at").endswith("Z")
        assert article.pop("updated_at").endswith("Z")
        sources = article.pop("cover")["sources"]
        assert [source["width"] for source in sources] == [480, 600]
        assert article == {
            "slug": "shown",
            "title": "Shown",
            "excerpt": "Good news.",
            "language": "en",
            "author": "Anna",
        }

    async def test_they_are_in_the_language_of_the_reader(
        self, stranger: httpx2.AsyncClient
    ) -> None:
        for number in range(4):
            for language in ("en", "ru"):
                slug = f"{language}-{number}"
                await add_article(slug, title=slug, language=language, published_at=ago(hours=1))
        for accepted, language in (("ru", "ru"), ("de", "en"), ("", "en"), ("en;q=0.1, ru", "ru")):
            shown = await titles(stranger, accepted)
            assert len(set(shown)) == 3
            assert {title[:2] for title in shown} == {language}

    async def test_others_stand_beside_those_that_are_too_few(
        self, stranger: httpx2.AsyncClient
    ) -> None:
        await add_article("ru", title="ru", language="ru", published_at=ago(hours=1))
        for number in range(5):
            await add_article(f"e{number}", title=f"e{number}", published_at=ago(hours=1))
        for _ in range(5):
            first, *others = await titles(stranger, "ru")
            assert first == "ru"
            assert len({*others}) == 2
            assert {title[0] for title in others} == {"e"}

    async def test_a_draft_is_never_shown_whatever_becomes_of_it(
        self, app: FastAPI, stranger: httpx2.AsyncClient
    ) -> None:
        article = await add_article("a", title="a", published_at=ago(seconds=1))
        assert await titles(stranger) == ["a"]
        article.published_at = None
        await article.save()
        assert await titles(stranger) == []
        assert "slug" not in (await stranger.get(HOME)).text


class TestWhoever:
    async def test_it_is_the_same_for_everybody(
        self, stranger: httpx2.AsyncClient, anna: Person, somebody: Callable[..., Person]
    ) -> None:
        await add_article("a", published_at=ago(hours=1))
        shown = [await read(one) for one in (stranger, anna.client, somebody("admin").client)]
        assert shown[0] == shown[1] == shown[2]

    async def test_it_says_who_may_keep_it_and_what_it_depends_on(
        self, stranger: httpx2.AsyncClient
    ) -> None:
        for condition in ({}, {"if-none-match": "*"}):
            response = await stranger.get(HOME, headers={"accept-language": "ru", **condition})
            assert response.status_code == (304 if condition else 200)
            assert response.headers["gateway-cache-control"] == "max-age=10"
            assert response.headers["cache-control"] == "no-cache"
            assert "accept-language" in response.headers["vary"].lower()
            assert response.headers["content-language"] == "ru"
            assert response.headers["etag"].startswith('"')


class TestTags:
    @pytest.fixture
    async def tag(self, stranger: httpx2.AsyncClient) -> str:
        for number in range(9):
            await add_article(f"a{number}", published_at=ago(hours=1))
        etag: str = (await stranger.get(HOME)).headers["etag"]
        return etag

    async def test_what_has_not_changed_is_a_304_for_half_a_minute(
        self, stranger: httpx2.AsyncClient, tag: str
    ) -> None:
        with movable_clock() as moved:
            for seconds, status in ((0, 304), (25, 304), (10, 200)):
                moved.advance(timedelta(seconds=seconds))
                response = await stranger.get(HOME, headers={"if-none-match": f'"x", W/{tag}'})
                assert response.status_code == status
                if status == 304:
                    assert (response.headers["etag"], response.content) == (tag, b"")

    async def test_a_change_is_another_tag(self, stranger: httpx2.AsyncClient, tag: str) -> None:
        await add_article("another", published_at=ago(hours=1))
        response = await stranger.get(HOME, headers={"if-none-match": tag})
        assert response.status_code == 200
        assert response.headers["etag"] != tag

    async def test_other_counts_are_another_tag(
        self, app: FastAPI, stranger: httpx2.AsyncClient, tag: str
    ) -> None:
        await add_recipients(uuid4(), 1)
        await forget_counts(app)
        response = await stranger.get(HOME, headers={"if-none-match": tag})
        assert response.status_code == 200

    async def test_another_language_is_another_tag(
        self, stranger: httpx2.AsyncClient, tag: str
    ) -> None:
        fields = {"if-none-match": tag, "accept-language": "ru"}
        assert (await stranger.get(HOME, headers=fields)).status_code == 200

    async def test_a_scheduled_article_is_another_tag_when_its_time_comes(
        self, stranger: httpx2.AsyncClient
    ) -> None:
        await add_article("soon", title="Soon", published_at=clock.now() + timedelta(minutes=1))
        with movable_clock() as moved:
            before = await stranger.get(HOME)
            moved.advance(timedelta(seconds=20))
            known = {"if-none-match": before.headers["etag"]}
            assert (await stranger.get(HOME, headers=known)).status_code == 304
            moved.advance(timedelta(seconds=41))
            after = await stranger.get(HOME, headers=known)
        assert before.json()["articles"] == []
        assert [one["title"] for one in after.json()["articles"]] == ["Soon"]

    @pytest.mark.parametrize(
        "made_up",
        [
            '""',
            '"1"',
            '"1---en--"',
            "no tag",
            '"1-0-0-0.0.0-en-ffffffffff-0000000000000000"',
            "\xff",
        ],
    )
    async def test_what_is_no_tag_of_ours_is_as_good_as_none(
        self, stranger: httpx2.AsyncClient, tag: str, made_up: str
    ) -> None:
        fields = {b"if-none-match": made_up.encode("latin-1")}
        assert (await stranger.get(HOME, headers=fields)).status_code == 200

    async def test_a_tag_of_the_time_to_come_is_not_good(
        self, stranger: httpx2.AsyncClient, tag: str
    ) -> None:
        beginning, drawn, digest = tag.rsplit("-", 2)
        later = f"{beginning}-{int(drawn, 16) + 60:x}-{digest}"
        assert (await stranger.get(HOME, headers={"if-none-match": later})).status_code == 200


async def test_a_stranger_may_only_read(stranger: httpx2.AsyncClient) -> None:
    responses: list[Any] = [await stranger.request(m, HOME) for m in ("POST", "PUT", "DELETE")]
    assert {one.status_code for one in responses} <= {401, 405}
