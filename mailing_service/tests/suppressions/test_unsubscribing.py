"""The link to unsubscribe."""

from uuid import UUID

import httpx2
import pytest
from fastapi import FastAPI

from mailing_service.models.suppressions import Suppression, UnsubscribeToken
from mailing_service.suppressions.links import make_tokens
from mailing_service.tests.conftest import Person

pytestmark = pytest.mark.usefixtures("empty_tables")

UNSUBSCRIBE = "/api/v1/unsubscribe"
EMAIL = "boris@example.com"
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


async def link(app: FastAPI, owner_id: UUID, email: str = EMAIL) -> str:
    email_hash = app.state.addresses.hash_of(email)
    tokens = await make_tokens({(owner_id, email_hash): email})
    return f"{UNSUBSCRIBE}/{tokens[owner_id, email_hash].hex}"


async def test_looking_shows_a_masked_address_and_changes_nothing(
    app: FastAPI, stranger: httpx2.AsyncClient, anna: Person
) -> None:
    path = await link(app, anna.id)

    pages = [await stranger.get(path) for _ in range(5)]
    await stranger.head(path)

    for page in pages:
        assert page.status_code == 200
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        assert "No more email to b…@example.com?" in page.text
        assert EMAIL not in page.text
        assert "set-cookie" not in page.headers
        assert "default-src 'none'" in page.headers["content-security-policy"]
        assert page.headers["cache-control"] == "no-store"
    assert await Suppression.all().count() == 0


async def test_one_click_suppresses_without_a_cookie_or_a_redirect(
    app: FastAPI, stranger: httpx2.AsyncClient, anna: Person, boris: Person
) -> None:
    await anna.client.post("/api/v1/recipients", json={"email": EMAIL})
    path = await link(app, anna.id)

    responses = [await stranger.post(path, data=ONE_CLICK) for _ in range(3)]

    assert [r.status_code for r in responses] == [200, 200, 200]
    [kept] = await Suppression.all()
    assert (kept.owner_id, kept.reason, kept.email) == (anna.id, "unsubscribed", EMAIL)
    listed = (await anna.client.get("/api/v1/suppressions")).json()["items"]
    assert [item["reason"] for item in listed] == ["unsubscribed"]
    assert (await boris.client.get("/api/v1/suppressions")).json()["items"] == []


async def test_pages_are_in_the_readers_language(
    app: FastAPI, stranger: httpx2.AsyncClient, anna: Person
) -> None:
    path = await link(app, anna.id)
    russian = {"Accept-Language": "ru"}

    asking = await stranger.get(path, headers=russian)
    done = await stranger.post(path, headers=russian)
    unknown = await stranger.get(f"{UNSUBSCRIBE}/x", headers=russian)

    for page in (asking, done, unknown):
        assert page.headers["content-language"] == "ru"
        assert '<html lang="ru">' in page.text
    assert "Отписаться" in asking.text
    assert "Вы отписаны" in done.text


@pytest.mark.parametrize("token", ["x", "0" * 32, "%00", "<script>", "a" * 100])
async def test_an_unknown_link_is_a_page(stranger: httpx2.AsyncClient, token: str) -> None:
    for response in (
        await stranger.get(f"{UNSUBSCRIBE}/{token}"),
        await stranger.post(f"{UNSUBSCRIBE}/{token}", data=ONE_CLICK),
    ):
        assert response.status_code == 404
        assert response.headers["content-type"].startswith("text/html")
        assert "<script>" not in response.text


async def test_a_link_still_works_after_the_address_was_erased(
    app: FastAPI, stranger: httpx2.AsyncClient, anna: Person
) -> None:
    path = await link(app, anna.id)
    await UnsubscribeToken.all().update(masked_email=None)

    page = await stranger.get(path)
    done = await stranger.post(path)

    assert "No more email of this sender to you?" in page.text
    assert done.status_code == 200
    assert (await Suppression.get()).email is None


async def test_an_owner_and_an_address_have_one_link(
    app: FastAPI, anna: Person, boris: Person
) -> None:
    first = await link(app, anna.id)

    assert await link(app, anna.id) == first
    assert await link(app, boris.id) != first
    assert await link(app, anna.id, "c@example.com") != first
    assert await UnsubscribeToken.all().count() == 3
