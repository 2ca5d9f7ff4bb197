"""One kind of instant in every request and file: with an offset, and kept in UTC."""

from datetime import UTC, datetime

import pytest
from pydantic import TypeAdapter, ValidationError

from shared.values.instants import Instant

INSTANT = TypeAdapter(Instant)
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-21T12:00:00Z", "2026-11-21t12:00:00z", "2026-11-21 12:00:00+00:00",
        "2026-11-21T15:00:00+03:00", "2026-11-21T12:00:00.000000Z",
    ],
)  # fmt: skip
def test_every_spelling_becomes_utc(text: str) -> None:
    instant = INSTANT.validate_python(text)

    assert (instant, instant.tzinfo) == (NOON, UTC)
    assert INSTANT.dump_python(instant, mode="json").endswith("Z")


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        (1767268800, "Must be a time like"),
        ("1767268800", "Must be a time like"),
        ("2026-11-21", "Must be a time like"),
        ("now", "Must be a time like"),
        (1e300, "Must be a time like"),
        ("2026-11-21T12:00:00", "Must have an offset or Z"),
        ("0001-01-01T00:00:00+14:00", "Must lie between"),
        ("9999-12-31T23:59:59-14:00", "Must lie between"),
        ("2026-02-30T12:00:00Z", "valid datetime"),
    ],
)
def test_what_could_mean_several_times_or_none_is_refused(value: object, sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        INSTANT.validate_python(value)
