"""Instants that people and files give us."""

import re
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from shared.schemas import UtcDatetime

EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = datetime(9999, 1, 1, tzinfo=UTC)
"""Beyond either, another offset has no year to be written in."""


_SHAPE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ]", re.ASCII)


def _written_out(value: Any) -> Any:
    """Refuse a number, which would be taken for seconds or milliseconds, whichever fits."""
    if not isinstance(value, datetime) and not _SHAPE.match(str(value)):
        raise PydanticCustomError("instant", "Must be a date and a time (RFC 3339)")
    return value


def _bounded(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise PydanticCustomError("instant", "Must have an offset or Z")
    if not EARLIEST <= instant < LATEST:
        raise PydanticCustomError("instant", "Must lie between 1970 and 9999")
    return instant


Instant = Annotated[
    UtcDatetime,
    BeforeValidator(_written_out),
    AfterValidator(_bounded),
    Field(
        examples=["2026-11-21T09:30:00Z"],
        json_schema_extra={"pattern": "^(19[7-9][0-9]|[2-9][0-9]{3})-"},
    ),
]
"""A time with an offset, between 1970 and 9999."""
