"""One line a request, in one piece, and none that stops the service."""

import asyncio
import json
import os
import re
from collections.abc import Iterator

import pytest

from shared.telemetry import access_log
from shared.telemetry.access_log import AccessLog, Line
from shared.telemetry.observability import LogFormat

pytestmark = pytest.mark.timing

LINE = Line(
    at=1.5,
    method="GET",
    route="/api/v1/users/{id}",
    status=200,
    seconds=0.25,
    upstream_seconds=0.125,
    request_id="abc",
    trace_id="def",
    subject="c0ffee",
)
QUIET = ("/health/live", "/health/ready", "/internal/revocations", "/.well-known/jwks.json")


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    reader, writer = os.pipe()
    yield reader, writer
    os.close(reader)
    os.close(writer)


def test_a_line_is_json_with_the_fields_that_other_logs_have() -> None:
    told = json.loads(access_log.render(LINE, "gateway"))
    assert told == {
        "timestamp": "1970-01-01T00:00:01.500+00:00",
        "level": "INFO",
        "logger": "access",
        "message": "request",
        "service": "gateway",
        "request_id": "abc",
        "trace_id": "def",
        "method": "GET",
        "route": "/api/v1/users/{id}",
        "status": 200,
        "seconds": 0.25,
        "upstream_seconds": 0.125,
        "subject": access_log.hashed("c0ffee"),
    }


async def test_in_a_terminal_a_line_is_short(pipe: tuple[int, int]) -> None:
    log = AccessLog("test", pipe[1], log_format="console")
    log.add(LINE)
    await log.close()
    line = os.read(pipe[0], 65536).decode()
    assert re.fullmatch(r"\d\d:\d\d:\d\d INFO    GET /api/v1/users/{id} 200 250 ms\n", line)


async def test_lines_are_written_soon(pipe: tuple[int, int]) -> None:
    log = AccessLog("test", pipe[1])
    log.add(LINE)
    read = await asyncio.to_thread(os.read, pipe[0], 65536)
    assert json.loads(read)["request_id"] == "abc"


async def test_what_waits_is_written_at_the_end(pipe: tuple[int, int]) -> None:
    log = AccessLog("test", pipe[1])
    for _ in range(100):
        log.add(LINE)
    await log.close()
    assert os.read(pipe[0], 65536).count(b"\n") == 100


@pytest.mark.parametrize("log_format", ["json", "console"])
async def test_no_value_costs_any_line(pipe: tuple[int, int], log_format: LogFormat) -> None:
    log = AccessLog("test", pipe[1], log_format=log_format)
    for value in ("x", "\ud800", "\0", "x"):
        log.add(LINE._replace(subject=value, route=f"/{value}", request_id=value))
    await log.close()
    assert os.read(pipe[0], 65536).count(b"\n") == 4


async def test_a_line_that_cannot_be_written_costs_no_other(
    pipe: tuple[int, int], caplog: pytest.LogCaptureFixture
) -> None:
    log = AccessLog("test", pipe[1])
    for at in (1.5, float("nan"), 2.5):
        log.add(LINE._replace(at=at))
    await log.close()
    assert os.read(pipe[0], 65536).count(b"\n") == 2
    assert log.dropped == 1
    assert "cannot be written" in caplog.text


@pytest.mark.parametrize("route", QUIET)
async def test_what_is_asked_all_the_time_is_logged_only_where_it_failed(
    pipe: tuple[int, int], route: str
) -> None:
    log = AccessLog("test", pipe[1])
    log.add(LINE._replace(route=route, status=200))
    log.add(LINE._replace(route=route, status=503))
    await log.close()
    assert os.read(pipe[0], 65536).count(route.encode()) == 1


async def test_who_does_not_read_costs_lines_and_not_the_service(
    pipe: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access_log, "MAX_WAITING", 10)
    monkeypatch.setattr(access_log, "FLUSH_AFTER", 0.01)
    os.set_blocking(pipe[1], True)
    os.write(pipe[1], b"x" * 65536)  # full
    log = AccessLog("test", pipe[1])
    log.add(LINE)
    await asyncio.sleep(0.05)  # the thread is stuck by now
    for _ in range(15):
        log.add(LINE)
    assert log.dropped == 5
    read = await asyncio.to_thread(lambda: len(os.read(pipe[0], 65536)))
    assert read == 65536
    await log.close()
    assert os.read(pipe[0], 65536).count(b"\n") == 11
