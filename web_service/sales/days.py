"""Days as addresses and date fields have them, on the reader's clock."""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from web_service.languages.formats import zone

_SHAPE: Final = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_FIRST: Final = date(2000, 1, 1)
_LAST: Final = date(2200, 1, 1)
_TICK: Final = timedelta(microseconds=1)


def day_in(text: str | None) -> date | None:
    """Return the day that `text` is, or None."""
    if text is None or not _SHAPE.fullmatch(text):
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if _FIRST <= day <= _LAST else None


def begins(day: date, time_zone: str) -> str:
    """Return the instant at which a day begins."""
    return _instant(datetime.combine(day, time.min, zone(time_zone)))


def ends(day: date, time_zone: str) -> str:
    """Return the last instant of a day."""
    after = datetime.combine(day + timedelta(days=1), time.min, zone(time_zone))
    return _instant(after.astimezone(UTC) - _TICK)


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()
