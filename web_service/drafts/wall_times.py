"""Times as a form has them, on the clock of a zone, and the instants that they are."""

from datetime import UTC, datetime
from typing import Final

from web_service.languages.formats import zone

_SHAPES: Final = ("%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S")
_FIRST_YEAR, _LAST_YEAR = 1970, 9000


def wall_time(instant: str, time_zone: str) -> str:
    """Return what a field shows of an instant."""
    return datetime.fromisoformat(instant).astimezone(zone(time_zone)).strftime(_SHAPES[0])


def instant_of(typed: str, time_zone: str) -> datetime | None:
    """Return the instant that was typed; None where it is none, or the clocks go past it."""
    for shape in _SHAPES:
        try:
            wall = datetime.strptime(typed, shape).replace(tzinfo=zone(time_zone))
        except ValueError:
            continue
        if not _FIRST_YEAR <= wall.year <= _LAST_YEAR:
            return None
        instant = wall.astimezone(UTC)
        is_there = instant.astimezone(wall.tzinfo).replace(tzinfo=None) == wall.replace(tzinfo=None)
        return instant if is_there else None
    return None
