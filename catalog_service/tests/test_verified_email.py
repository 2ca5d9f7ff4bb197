"""Where a verified email is required, the catalog is closed to those who have none."""

import json
from collections.abc import AsyncIterator

import httpx2
import pytest
from fastapi import FastAPI

from catalog_service.settings import CatalogSettings
from catalog_service.tests.conftest import PRODUCTS, SECRETS
from shared.settings import load
from testing.tokens import access_token

SOME_PRODUCT = f"{PRODUCTS}/1"


@pytest.fixture
async def strict(app: FastAPI) -> AsyncIterator[FastAPI]:
    app.state.require_verified_email = True
    yield app
    app.state.require_verified_email = False


def signed_in(client: httpx2.AsyncClient, *, verified: bool) -> httpx2.AsyncClient:
    client.headers["Authorization"] = f"Bearer {access_token(email_verified=verified)}"
    return client


@pytest.mark.parametrize("path", [PRODUCTS, SOME_PRODUCT])
async def test_it_is_closed_to_the_unverified(
    strict: FastAPI, stranger: httpx2.AsyncClient, path: str
) -> None:
    response = await signed_in(stranger, verified=False).get(path)

    assert (response.status_code, response.json()["error"]) == (403, "email_not_verified")


@pytest.mark.parametrize(("path", "status"), [(PRODUCTS, 200), (SOME_PRODUCT, 404)])
async def test_it_is_open_to_the_verified(
    strict: FastAPI, stranger: httpx2.AsyncClient, path: str, status: int
) -> None:
    assert (await signed_in(stranger, verified=True).get(path)).status_code == status


async def test_who_is_not_signed_in_gets_that_error_first(
    strict: FastAPI, stranger: httpx2.AsyncClient
) -> None:
    assert (await stranger.get(PRODUCTS)).status_code == 401


async def test_by_default_it_is_open_to_both(app: FastAPI, stranger: httpx2.AsyncClient) -> None:
    assert (await signed_in(stranger, verified=False).get(PRODUCTS)).status_code == 200


@pytest.mark.parametrize("name", ["REQUIRE_VERIFIED_EMAIL", "AUTH_REQUIRE_VERIFIED_EMAIL"])
def test_one_setting_closes_it_by_either_name(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("CATALOG_DATABASE_URL", "postgres://a:b@127.0.0.1/c")
    monkeypatch.setenv("CATALOG_SECRETS", json.dumps(SECRETS))
    monkeypatch.setenv("INTERNAL_SECRETS", json.dumps(SECRETS))
    assert not load(CatalogSettings).require_verified_email

    monkeypatch.setenv(name, "true")

    assert load(CatalogSettings).require_verified_email
