"""What operators see: request ids, logs, health."""

import asyncio
import json
import logging
import logging.config
import re
import sys

import httpx2
import pytest
from fastapi import FastAPI
from pythonjsonlogger.json import JsonFormatter

from shared.telemetry.observability import (
    ConsoleFormatter,
    LogFormat,
    RequestIdFilter,
    logging_config,
)


@pytest.mark.parametrize(
    ("given", "is_kept"),
    [("abc-1.2_3", True), ("x" * 64, True), ("x" * 65, False), ("a b", False), ("ä", False)],
)
async def test_a_harmless_request_id_is_kept(
    client: httpx2.AsyncClient, given: str, is_kept: bool
) -> None:
    response = await client.get("/health/live", headers=[(b"X-Request-Id", given.encode())])

    assert (response.headers["x-request-id"] == given) is is_kept


async def test_logs_are_json_with_the_request_id(caplog: pytest.LogCaptureFixture) -> None:
    config = logging_config(service="test", level="info")
    settings = config["formatters"]["json"]
    formatter = JsonFormatter(
        settings["format"],
        rename_fields=settings["rename_fields"],
        static_fields=settings["static_fields"],
        timestamp=settings["timestamp"],
    )
    record = logging.LogRecord("name", logging.INFO, "file", 1, "hello\nworld", None, None)
    RequestIdFilter().filter(record)

    line = formatter.format(record)

    assert "\n" not in line
    assert (
        json.loads(line).items()
        >= {
            "level": "INFO",
            "logger": "name",
            "message": "hello\nworld",
            "service": "test",
            "request_id": None,
        }.items()
    )


def test_in_a_terminal_a_line_is_short_and_does_nothing_to_it() -> None:
    record = logging.LogRecord(
        "name", logging.WARNING, "file", 1, "%s said", ("\x1b[2J\n\u202e",), None
    )
    record.__dict__["path"] = "/a\x07b"
    RequestIdFilter().filter(record)

    line = ConsoleFormatter().format(record)

    assert re.fullmatch(r"\d\d:\d\d:\d\d WARNING \\x1b\[2J\\n\\u202e said  path=/a\\x07b", line)


def test_in_a_terminal_a_traceback_stands_below_its_line() -> None:
    try:
        float("a\x1b[31mb")
    except ValueError:
        record = logging.LogRecord("n", logging.ERROR, "f", 1, "failed", None, sys.exc_info())

    first, *below = ConsoleFormatter().format(record).splitlines()

    assert first.endswith("ERROR   failed")
    assert below[0].startswith("Traceback")
    assert below[-1] == "ValueError: could not convert string to float: 'a\\x1b[31mb'"


@pytest.mark.parametrize(
    ("wanted", "terminal", "chosen"),
    [
        (None, False, "json"),
        (None, True, "console"),
        ("json", True, "json"),
        ("console", False, "console"),
    ],
)
def test_logs_are_for_people_in_a_terminal_and_json_elsewhere(
    wanted: LogFormat | None, terminal: bool, chosen: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: terminal)
    config = logging_config(service="test", level="info", log_format=wanted)
    assert config["handlers"]["stderr"]["formatter"] == chosen
    logging.config.DictConfigurator(config)


async def test_an_unexpected_error_is_logged_with_its_cause(
    client: httpx2.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    await client.get("/things/boom")

    assert "a secret of the inside" in caplog.text


async def test_readiness_follows_the_checks(app: FastAPI, client: httpx2.AsyncClient) -> None:
    async def fine() -> None:
        return

    async def broken() -> None:
        raise ConnectionError("postgres://user:secret@host")

    async def hanging() -> None:
        await asyncio.Event().wait()

    app.state.health_checks["fine"] = fine
    assert (await client.get("/health/ready")).json() == {"status": "ok"}
    app.state.health_checks["broken"] = broken
    response = await client.get("/health/ready")
    assert (response.status_code, response.json()["error"]) == (503, "not_ready")
    assert "secret" not in response.text
    app.state.health_checks["broken"] = hanging
    assert (await client.get("/health/ready")).status_code == 503
    assert (await client.get("/health/live")).json() == {"status": "ok"}
