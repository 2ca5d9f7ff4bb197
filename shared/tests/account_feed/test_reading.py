"""What a service makes of what auth, or something in its place, answers."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import pytest

from shared.account_feed.reading import FeedReader, FeedUnavailable
from shared.tests.account_feed.conftest import SECRET, feed_settings

ACCOUNT = {
    "id": str(uuid4()),
    "is_erased": False,
    "full_name": "Анна",
    "email": None,
    "is_email_verified": False,
    "is_active": True,
    "roles": ["user", "a_later_role"],
    "language": "ru",
    "time_zone": "UTC",
    "a_later_member": 1,
}
PAGE: dict[str, Any] = {"cursor": "a", "restarts": True, "complete": True, "accounts": [ACCOUNT]}
Answer = Callable[[bytes], bytes]


@asynccontextmanager
async def reading(
    body: bytes, status: str = "200 OK"
) -> AsyncIterator[tuple[FeedReader, list[str]]]:
    """Give a reader of a server that answers so, and the heads that the server has read."""
    heads: list[str] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append((await reader.readuntil(b"\r\n\r\n")).decode())
        writer.write(f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1") as server:
        port = server.sockets[0].getsockname()[1]
        reader = FeedReader(feed_settings(accounts_url=f"http://127.0.0.1:{port}/accounts"))
        yield reader, heads
        await reader.close()


async def test_it_presents_the_first_secret_and_the_cursor() -> None:
    async with reading(json.dumps(PAGE).encode()) as (reader, heads):
        page = await reader.read("x.1")

    assert page.accounts[0].full_name == "Анна"
    assert page.accounts[0].roles == ("user", "a_later_role")
    assert heads[0].startswith("GET /accounts?after=x.1 HTTP/1.1")
    assert f"authorization: bearer {SECRET}".lower() in heads[0].lower()


@pytest.mark.parametrize(
    ("body", "status", "cause"),
    [
        (b"{}", "401 Unauthorized", "status 401"),
        (b"", "404 Not Found", "status 404"),
        (b"", "302 Found", "status 302"),
        (b"{}", "200 OK", "ValidationError"),
        (b"<html>", "200 OK", "ValidationError"),
        (json.dumps({**PAGE, "accounts": [{}]}).encode(), "200 OK", "ValidationError"),
        (json.dumps({**PAGE, "accounts": None}).encode(), "200 OK", "ValidationError"),
    ],
)
async def test_everything_else_is_no_page(body: bytes, status: str, cause: str) -> None:
    async with reading(body, status) as (reader, _):
        with pytest.raises(FeedUnavailable, match=cause):
            await reader.read("")


async def test_an_auth_that_is_away_has_no_page() -> None:
    reader = FeedReader(feed_settings(accounts_url="http://127.0.0.1:1/accounts"))
    with pytest.raises(FeedUnavailable, match="ConnectError"):
        await reader.read("")
    await reader.close()


async def test_an_auth_that_hangs_has_no_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.account_feed.reading.FETCH_TIMEOUT", 0.05)

    async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async with await asyncio.start_server(hang, "127.0.0.1") as server:
        port = server.sockets[0].getsockname()[1]
        reader = FeedReader(feed_settings(accounts_url=f"http://127.0.0.1:{port}/accounts"))
        with pytest.raises(FeedUnavailable, match="TimeoutError"):
            await reader.read("")
        await reader.close()
