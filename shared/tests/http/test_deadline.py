"""What is cancelled because the time of a shutdown is over."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from starlette.types import Message, Scope

from shared.errors import ServiceUnavailable

pytestmark = pytest.mark.timing


async def until_cancelled(app: FastAPI, path: str) -> tuple[list[Message], bool]:
    """Ask, and cut it once it waits; return what was sent, and whether the end was sent."""
    sent: list[Message] = []
    waiting = asyncio.Event()

    async def hang() -> None:
        waiting.set()
        await asyncio.Event().wait()

    async def begin_and_hang() -> AsyncIterator[bytes]:
        yield b"the first of several"
        await hang()

    async def begin() -> StreamingResponse:
        return StreamingResponse(begin_and_hang())

    async def send(message: Message) -> None:
        sent.append(message)

    app.add_api_route("/hang", hang)
    app.add_api_route("/begin", begin, response_model=None)
    scope: Scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "query_string": b"",
        "headers": [(b"x-request-id", b"late")],
        "state": {},
    }
    task = asyncio.ensure_future(app(scope, asyncio.Event().wait, send))  # type: ignore[arg-type]
    await asyncio.wait_for(waiting.wait(), 10)
    task.cancel()
    await asyncio.wait([task])
    return sent, task.cancelled()


async def test_it_is_a_503_that_is_named_logged_and_counted(
    app: FastAPI, caplog: pytest.LogCaptureFixture
) -> None:
    [start, body], is_cancelled = await until_cancelled(app, "/hang")

    assert not is_cancelled  # or the server would log it as an error of the application
    assert start["status"] == 503
    assert dict(start["headers"]).items() >= {
        (b"content-type", b"application/json"),
        (b"cache-control", b"no-store"),
        (b"retry-after", b"1"),
        (b"x-request-id", b"late"),
    }
    assert json.loads(body["body"]) == {
        "code": 503,
        "message": ServiceUnavailable.message,
        "error": "service_unavailable",
    }
    assert caplog.messages == ["not finished before the shutdown"]
    registry = app.state.metrics.registry
    labels = {"route": "/hang", "method": "GET", "status": "5xx"}
    assert registry.get_sample_value("vitrina_request_seconds_count", labels) == 1


async def test_a_response_that_has_begun_is_cut_not_ended(app: FastAPI) -> None:
    sent, is_cancelled = await until_cancelled(app, "/begin")

    assert [message["type"] for message in sent] == ["http.response.start", "http.response.body"]
    assert sent[-1]["more_body"]
    assert is_cancelled  # so that the server closes the connection
