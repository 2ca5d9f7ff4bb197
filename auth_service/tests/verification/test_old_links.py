"""Links of emails, and the addresses that they had before: those lead on, and change nothing."""

import httpx2
import pytest
from fastapi import FastAPI

from auth_service.mail.outbox import Kind
from auth_service.models import Confirmation
from auth_service.tests.conftest import auth_settings, register
from auth_service.tests.written_emails import last

PAGES = {
    "/api/v1/auth/email/confirm": "/confirm",
    "/api/v1/auth/password/reset": "/reset",
    "/api/v1/auth/sign-in-link/confirm": "/sign-in-link",
}
EACH = pytest.mark.parametrize(("old", "new"), PAGES.items())


@EACH
async def test_an_old_address_leads_to_the_page(
    client: httpx2.AsyncClient, old: str, new: str
) -> None:
    for ask in (client.get, client.head):
        response = await ask(old)
        assert response.status_code == 303
        assert response.headers["location"] == f"http://localhost:8000{new}"
        assert response.headers["cache-control"] == "no-store"


@EACH
async def test_a_token_is_passed_on_as_a_token(
    client: httpx2.AsyncClient, old: str, new: str
) -> None:
    response = await client.get(old, params={"token": "a&b=c#d/../\r\nX: y", "next": "//evil"})
    expected = f"http://localhost:8000{new}?token=a%26b%3Dc%23d%2F..%2F%0D%0AX%3A+y"
    assert response.headers["location"] == expected


@EACH
async def test_who_asks_does_not_choose_where_it_leads(
    client: httpx2.AsyncClient, old: str, new: str
) -> None:
    headers = {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    response = await client.get(old, headers=headers)
    assert response.headers["location"] == f"http://localhost:8000{new}"


async def test_following_a_link_uses_nothing_up(app: FastAPI, client: httpx2.AsyncClient) -> None:
    await register(client)
    token = (await last(app, Kind.VERIFY)).token
    for _ in range(3):
        await client.get("/api/v1/auth/email/confirm", params={"token": token})
    assert (await Confirmation.get()).used_at is None


def test_another_front_end_may_have_the_pages() -> None:
    database = "postgres://nobody@localhost/none"
    assert auth_settings(database).links == "http://localhost:8000"
    other = auth_settings(database, links_url="https://Front.example/")
    assert other.links == "https://front.example"
