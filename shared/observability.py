"""Logs as JSON lines, each with the request it belongs to."""

import logging
from contextvars import ContextVar
from typing import Any

from shared.trace import trace_id

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
"""The X-Request-Id of the request that this task works for."""


class RequestIdFilter(logging.Filter):
    """Adds `request_id` and `trace_id` to each record; drops uvicorn's copy for terminals."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id.get()
        record.trace_id = trace_id.get()
        record.__dict__.pop("color_message", None)
        return True


def logging_config(*, service: str, level: str) -> dict[str, Any]:
    """Return the dictConfig that writes everything as JSON lines to standard error."""
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
            }
        },
        "handlers": {
            "stderr": {
                "class": "logging.StreamHandler",
                "formatter": "json",
                "filters": ["request_id"],
            }
        },
        "root": {"handlers": ["stderr"], "level": level.upper()},
        "loggers": {
            # These tell of queries and of requests made, at INFO and below.
            "tortoise": {"level": "WARNING"},
            "asyncio": {"level": "WARNING"},
            "httpx2": {"level": "WARNING"},
            "httpcore2": {"level": "WARNING"},
        },
    }
