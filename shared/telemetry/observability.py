"""Logs as JSON lines, each with the request it belongs to, or as short lines for a terminal."""

import logging
import sys
from contextvars import ContextVar
from typing import Any, Final, Literal, TextIO

from shared.telemetry.log_redaction import without_secrets, without_tokens
from shared.telemetry.trace import trace_id

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
"""The X-Request-Id of the request that this task works for."""


def forget_request() -> None:
    """Let what is logged from now on name no request."""
    request_id.set(None)
    trace_id.set(None)


class RequestIdFilter(logging.Filter):
    """Adds `request_id` and `trace_id` to each record; drops uvicorn's copy for terminals.

    Of a `path` nothing is left that may be a secret.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        path = record.__dict__.get("path")
        if isinstance(path, str):
            record.path = without_secrets(path)
        record.request_id = request_id.get()
        record.trace_id = trace_id.get()
        record.__dict__.pop("color_message", None)
        return True


class StderrHandler(logging.StreamHandler[TextIO]):
    """Writes to standard error, and no token in any place of a line."""

    def format(self, record: logging.LogRecord) -> str:
        return without_tokens(super().format(record))


LogFormat = Literal["console", "json"]

_OF_EVERY_RECORD: Final = frozenset(logging.makeLogRecord({}).__dict__) | {
    "message", "asctime", "color_message", "request_id", "trace_id",
}  # fmt: skip


def chosen_format(wanted: LogFormat | None) -> LogFormat:
    """Return the format that is wanted; by default that of what reads standard error."""
    return wanted or ("console" if sys.stderr.isatty() else "json")


class ConsoleFormatter(logging.Formatter):
    """Time, level, message and what belongs to it, on one line; a traceback below it.

    What a terminal would act on, and what turns text around, is shown as an escape.
    """

    def format(self, record: logging.LogRecord) -> str:
        more = {
            name: value for name, value in record.__dict__.items() if name not in _OF_EVERY_RECORD
        }
        parts = [record.getMessage(), *(f"{name}={value}" for name, value in more.items())]
        line = f"{self.formatTime(record, '%H:%M:%S')} {record.levelname:<7} "
        line += printable("  ".join(part for part in parts if part))
        if record.exc_info:
            written = self.formatException(record.exc_info).splitlines()
            line = "\n".join([line, *map(printable, written)])
        return line


def printable(text: str) -> str:
    """Return the text with an escape for each character that is not shown as itself."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def logging_config(
    *, service: str, level: str, log_format: LogFormat | None = "json"
) -> dict[str, Any]:
    """Return the dictConfig that writes everything to standard error."""
    chosen = chosen_format(log_format)
    console = chosen == "console"
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"request_id": {"()": RequestIdFilter}},
        "formatters": {
            "json": {
                "()": "pythonjsonlogger.json.JsonFormatter",
                "format": "%(levelname)s %(name)s %(message)s %(request_id)s %(trace_id)s",
                "rename_fields": {"levelname": "level", "name": "logger"},
                "static_fields": {"service": service},
                "timestamp": True,
            },
            "console": {"()": ConsoleFormatter},
        },
        "handlers": {
            "stderr": {
                "()": StderrHandler,
                "formatter": chosen,
                "filters": ["request_id"],
            }
        },
        "root": {"handlers": ["stderr"], "level": level.upper()},
        "loggers": {
            # These tell of queries and of requests made, at INFO and below.
            "tortoise": {"level": "WARNING"},
            "asyncio": {"level": "WARNING"},
            # Each second, with a traceback, that PostgreSQL is away, which we say once.
            "asyncpg.pool": {"level": "ERROR"},
            "httpx2": {"level": "WARNING"},
            "httpcore2": {"level": "WARNING"},
            # Its steps of a start and an end.
            "uvicorn.error": {"level": "WARNING" if console else "NOTSET"},
        },
    }
