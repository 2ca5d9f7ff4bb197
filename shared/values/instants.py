"""Instants that people and files give us, and those that we show."""

import re
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from shared.values.schemas import UtcDatetime

EARLIEST = datetime(1, 1, 2, tzinfo=UTC)
LATEST = datetime(9999, 12, 31, tzinfo=UTC)
"""Beyond either, another offset has no year to be written in."""

_SHAPE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ]", re.ASCII)


def _written_out(value: Any) -> Any:
    """Refuse a number, which would be taken for seconds or milliseconds, whichever fits."""
    if not isinstance(value, datetime) and not _SHAPE.match(str(value)):
        raise PydanticCustomError("instant", "Must be a time like 2026-11-21T09:30:00Z")
    return value


def _bounded(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise PydanticCustomError(
            "instant", "Must have an offset or Z; in a URL the plus of an offset is %2B"
        )
    if not EARLIEST <= instant <= LATEST:
        raise PydanticCustomError("instant", "Must lie between the years 1 and 9999")
    return instant.astimezone(UTC)


Instant = Annotated[
    UtcDatetime,
    AfterValidator(_bounded),
    BeforeValidator(_written_out),
    Field(examples=["2026-11-21T09:30:00Z"]),
]
"""A time with an offset (RFC 3339), which becomes UTC."""
