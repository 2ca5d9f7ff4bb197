"""From what an owner says to a window, and back from a row."""

from datetime import datetime, timedelta
from typing import Any

from mailing_service.mailings.schemas import QuietHoursChoice, clock_time
from mailing_service.mailings.wall_clock import (
    LONGEST,
    Occurrence,
    QuietHours,
    Window,
    instant_of,
    wall_of,
)
from mailing_service.models.mailings import Mailing, Repeat
from shared.errors import FieldProblem, UnprocessableEntity
from shared.language.translation import Sentence

ONE_DAY = timedelta(days=1)


def choose_window(
    starts_at: datetime, ends_at: datetime | None, *, zone: str, repeat: Repeat
) -> Window:
    """Return the window between two chosen times; raises UnprocessableEntity."""
    starts, wall_starts = _both(starts_at, zone)
    ends, wall_ends = _both(ends_at or wall_starts + ONE_DAY, zone)
    if ends <= starts or wall_ends <= wall_starts:
        raise _refused("ends_at", Sentence("Must be after starts_at"))
    if wall_ends - wall_starts > LONGEST[repeat]:
        most = Sentence("At most {days} days after starts_at", days=LONGEST[repeat].days)
        raise _refused("ends_at", most)
    return Window(Occurrence(starts, ends), wall_starts, wall_ends, zone, repeat)


def instant_in(zone: str, chosen: datetime) -> datetime:
    """Return the instant of a chosen time."""
    return _both(chosen, zone)[0]


def choose_quiet_hours(choice: QuietHoursChoice | None, window: Window) -> QuietHours | None:
    """Return the quiet hours of a mailing; raises UnprocessableEntity where all is quiet."""
    if choice is None:
        return None
    hours = QuietHours(clock_time(choice.starts), clock_time(choice.ends), window.zone)
    if hours.starts == hours.ends:
        raise _refused("quiet_hours", Sentence("Must end at another time than they start"))
    if hours.covers(window.first):
        raise _refused("quiet_hours", Sentence("Must leave a part of the window"))
    return hours


def window_of(mailing: Mailing) -> Window:
    """Return the window of a stored mailing."""
    return Window(
        Occurrence(mailing.starts_at, mailing.ends_at),
        datetime.fromisoformat(mailing.wall_starts_at),
        datetime.fromisoformat(mailing.wall_ends_at),
        mailing.time_zone,
        mailing.repeat,
    )


def quiet_hours_of(mailing: Mailing) -> QuietHours | None:
    """Return the quiet hours of a stored mailing, if it has any."""
    choice = quiet_choice_of(mailing)
    if choice is None:
        return None
    return QuietHours(clock_time(choice.starts), clock_time(choice.ends), mailing.time_zone)


def window_columns(window: Window, quiet: QuietHoursChoice | None) -> dict[str, Any]:
    """Return the columns that hold a window and quiet hours."""
    return {
        "starts_at": window.first.starts_at,
        "ends_at": window.first.ends_at,
        "wall_starts_at": window.wall_starts_at.isoformat(),
        "wall_ends_at": window.wall_ends_at.isoformat(),
        "time_zone": window.zone,
        "repeat": window.repeat,
        "quiet_from": quiet.starts if quiet else None,
        "quiet_until": quiet.ends if quiet else None,
    }


def chosen_times_of(mailing: Mailing, *, moves_zone: bool) -> tuple[datetime, datetime]:
    """Return the times of a stored window as they were chosen.

    They are wall times, or instants where the wall time alone would be another instant; in another
    zone they are wall times.
    """
    window = window_of(mailing)
    pairs = (
        (window.wall_starts_at, window.first.starts_at),
        (window.wall_ends_at, window.first.ends_at),
    )
    starts, ends = (
        wall if moves_zone or instant_of(wall, window.zone) == instant else instant
        for wall, instant in pairs
    )
    return starts, ends


def quiet_choice_of(mailing: Mailing) -> QuietHoursChoice | None:
    """Return the quiet hours of a stored mailing as they were chosen."""
    if mailing.quiet_from is None or mailing.quiet_until is None:
        return None
    return QuietHoursChoice(starts=mailing.quiet_from, ends=mailing.quiet_until)


def _both(chosen: datetime, zone: str) -> tuple[datetime, datetime]:
    """Return the instant, and what the clock of `zone` shows at it or was chosen to show."""
    if chosen.tzinfo is None:
        return instant_of(chosen, zone), chosen
    return chosen, wall_of(chosen, zone)


def _refused(field: str, message: str) -> UnprocessableEntity:
    return UnprocessableEntity([FieldProblem(field, message)])
