"""The short way to a 304 leads nobody where the long way would not."""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from starlette.routing import NoMatchFound

from catalog_service.models import CatalogState
from catalog_service.products.conditional_get import known_lists
from catalog_service.products.conditional_get.known_lists import KnownLists
from catalog_service.products.state import raise_revision
from catalog_service.revision import RevisionReader
from catalog_service.tests.conftest import PRODUCTS, UNAUTHORIZED
from catalog_service.tests.products.adding import add
from shared.database.statements import Rows, Run, Statement
from testing.clock import movable_clock
from testing.outage import Cable
from testing.tokens import access_token

pytestmark = pytest.mark.usefixtures("empty_tables")


@pytest.fixture
async def known(reader: httpx2.AsyncClient) -> AsyncIterator[httpx2.AsyncClient]:
    """A reader who has the first page, and has asked again before."""
    await add(3)
    reader.headers["If-None-Match"] = (await reader.get(PRODUCTS)).headers["etag"]
    assert (await reader.get(PRODUCTS)).status_code == 304
    yield reader


@pytest.fixture
def lists(app: FastAPI) -> KnownLists:
    lists: KnownLists = app.state.known_lists
    return lists


def is_known(app: FastAPI, token: str, query: bytes = b"") -> bool:
    """Tell whether the short way is open to who brings this token."""
    headers = [(b"if-none-match", b"*"), (b"authorization", f"Bearer {token}".encode())]
    scope = {"path": PRODUCTS, "method": "GET", "query_string": query, "headers": headers}
    lists: KnownLists = app.state.known_lists
    return bool(lists.matches(scope)[1])


async def test_it_is_open_to_a_token_and_a_query_that_were_seen(
    known: httpx2.AsyncClient, app: FastAPI
) -> None:
    token = known.headers["Authorization"].removeprefix("Bearer ")

    assert is_known(app, token)
    assert not is_known(app, token, b"page=9")
    assert not is_known(app, access_token())
    assert not is_known(app, token + "x")
    assert not is_known(app, "")


async def test_a_change_is_seen_immediately(known: httpx2.AsyncClient) -> None:
    await add(1)

    response = await known.get(PRODUCTS)

    assert (response.status_code, response.json()["total"]) == (200, 4)


async def test_a_stranger_stays_one(known: httpx2.AsyncClient) -> None:
    del known.headers["Authorization"]

    response = await known.get(PRODUCTS)

    assert (response.status_code, response.content) == (401, UNAUTHORIZED)


async def test_a_token_counts_until_it_expires(reader: httpx2.AsyncClient) -> None:
    await add(1)
    with movable_clock() as clock:
        token = access_token(exp=int(time.time()) + 60)
        reader.headers["Authorization"] = f"Bearer {token}"
        reader.headers["If-None-Match"] = (await reader.get(PRODUCTS)).headers["etag"]
        assert (await reader.get(PRODUCTS)).status_code == 304

        clock.advance(timedelta(seconds=61))

        assert (await reader.get(PRODUCTS)).status_code == 401


@pytest.mark.parametrize(
    ("claims", "error"),
    [
        ({"password_change_required": True}, "password_change_required"),
        ({"email_verified": False}, "email_not_verified"),
    ],
)
async def test_what_closes_the_list_closes_this_too(
    known: httpx2.AsyncClient, app: FastAPI, claims: dict[str, Any], error: str
) -> None:
    app.state.require_verified_email = True
    try:
        known.headers["Authorization"] = f"Bearer {access_token(**claims)}"
        for _ in range(2):
            response = await known.get(PRODUCTS)
            assert (response.status_code, response.json()["error"]) == (403, error)
    finally:
        app.state.require_verified_email = False


async def test_what_the_staff_saw_is_not_known_to_readers(
    known: httpx2.AsyncClient, editor: httpx2.AsyncClient
) -> None:
    path = f"{PRODUCTS}?include_inactive=true"
    known.headers["If-None-Match"] = (await editor.get(path)).headers["etag"]
    editor.headers["If-None-Match"] = known.headers["If-None-Match"]

    assert (await editor.get(path)).status_code == 304
    assert (await known.get(path)).status_code == 403


async def test_without_a_database_nothing_is_unchanged(
    known: httpx2.AsyncClient, cable: Cable
) -> None:
    cable.cut()
    response = await known.get(PRODUCTS)
    await cable.connect()

    assert response.status_code == 503
    assert (await known.get(PRODUCTS)).status_code == 304


async def test_so_many_queries_are_remembered(
    known: httpx2.AsyncClient, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(known_lists, "CAPACITY", 2)
    token = known.headers["Authorization"].removeprefix("Bearer ")
    for number in (1, 2, 3):
        await known.get(f"{PRODUCTS}?page={number}", headers={"If-None-Match": '"other"'})

    assert not is_known(app, token, b"page=1")
    assert is_known(app, token, b"page=3")


async def test_those_who_ask_concurrently_share_a_read(
    reader: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads = 0
    fetch = Statement.fetch

    async def count(self: Statement, run: Run, **values: object) -> Rows:
        nonlocal reads
        reads += 1
        return await fetch(self, run, **values)

    monkeypatch.setattr(Statement, "fetch", count)
    revisions = RevisionReader()

    told = await asyncio.gather(*(revisions.read() for _ in range(50)))

    assert (len(told), len(set(told)), reads) == (50, 1, 1)


async def test_each_gets_what_was_true_after_asking(
    reader: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrived, going_on = asyncio.Event(), asyncio.Event()
    fetch = Statement.fetch

    async def hesitate(self: Statement, run: Run, **values: object) -> Rows:
        rows = await fetch(self, run, **values)
        arrived.set()
        await going_on.wait()
        return rows

    monkeypatch.setattr(Statement, "fetch", hesitate)
    revisions = RevisionReader()
    early = asyncio.create_task(revisions.read())
    await arrived.wait()
    before = await CatalogState.get(id=1)
    await raise_revision(activated=0)
    late = asyncio.create_task(revisions.read())
    await asyncio.sleep(0)
    going_on.set()

    state = await CatalogState.get(id=1)
    assert (await early, await late) == (before.revision, state.revision)
    assert before.revision < state.revision


def test_the_route_lends_nobody_its_name(lists: KnownLists) -> None:
    with pytest.raises(NoMatchFound):
        lists.url_path_for("list_products")
