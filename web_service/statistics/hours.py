"""Hours of attempts, made into the points of a plot: by hour, or by day where there are many."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from babel.dates import format_date, format_datetime

from web_service.languages.formats import zone

MOST_POINTS: Final = 30
Point = tuple[str, int]


def points(
    hours: Sequence[Mapping[str, Any]], outcome: str, *, time_zone: str, language: str
) -> list[Point]:
    """Return the number of attempts with this outcome, in order, on the clock of `time_zone`."""
    by_hour = [
        (datetime.fromisoformat(one["hour"]).astimezone(zone(time_zone)), one["attempts"])
        for one in hours
    ]
    if len(by_hour) <= MOST_POINTS:
        return [
            (format_datetime(at, "d MMM HH:mm", locale=language), attempts.get(outcome, 0))
            for at, attempts in by_hour
        ]
    by_day: dict[Any, int] = {}
    for at, attempts in by_hour:
        by_day[at.date()] = by_day.get(at.date(), 0) + attempts.get(outcome, 0)
    days = list(by_day.items())[-MOST_POINTS:]
    return [(format_date(day, "d MMM", locale=language), count) for day, count in days]
