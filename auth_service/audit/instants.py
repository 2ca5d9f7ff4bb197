"""Instants that people and files give us."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from shared.schemas import UtcDatetime

EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = datetime(9999, 1, 1, tzinfo=UTC)
"""Beyond either, another offset has no year to be written in."""


def _bounded(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise PydanticCustomError("instant", "Must have an offset or Z")
    if not EARLIEST <= instant < LATEST:
        raise PydanticCustomError("instant", "Must lie between 1970 and 9999")
    return instant


Instant = Annotated[UtcDatetime, AfterValidator(_bounded), Field(examples=["2026-11-21T09:30:00Z"])]
"""A time with an offset, between 1970 and 9999."""
