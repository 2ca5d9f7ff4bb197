"""Windows on the wall clock of a zone: when one begins and ends, repeats, and is quiet.

A wall time that a change of clocks leaves out (DST gap) is moved forward by the length of the gap,
as RFC 5545 section 3.3.5 says: 02:30 becomes 03:30. One that comes twice (overlap) is the first of
the two. A day of the month that a month lacks is its last day. Each occurrence is counted from the
first, so that one which was moved moves no later one.
"""

import calendar
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from mailing_service.models.mailings import Repeat

_DAYS = {Repeat.DAILY: 1, Repeat.WEEKLY: 7}
LONGEST = {
    Repeat.NONE: timedelta(days=366),
    Repeat.DAILY: timedelta(days=1),
    Repeat.WEEKLY: timedelta(days=7),
    Repeat.MONTHLY: timedelta(days=28),
}
"""How long a window may be on the wall clock, so that two runs never overlap."""


def instant_of(wall: datetime, zone: str) -> datetime:
    """Return the instant, in UTC, at which the clock of `zone` shows `wall`."""
    return wall.replace(tzinfo=ZoneInfo(zone), fold=0).astimezone(UTC)


def wall_of(instant: datetime, zone: str) -> datetime:
    """Return what the clock of `zone` shows at `instant`."""
    return instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)


@dataclass(frozen=True, slots=True)
class Occurrence:
    """When a run begins, and when its window is over, in UTC."""

    starts_at: datetime
    ends_at: datetime


Fits = Callable[[Occurrence], bool]


@dataclass(frozen=True, slots=True)
class Window:
    """The window of the first run, as instants and on the wall clock of `zone`, and its repeats."""

    first: Occurrence
    wall_starts_at: datetime
    wall_ends_at: datetime
    zone: str
    repeat: Repeat

    def occurrence(self, number: int) -> Occurrence:
        """Return the one `number` repeats after the first."""
        if number == 0:
            return self.first
        starts = _moved(self.wall_starts_at, self.repeat, number)
        ends = starts + (self.wall_ends_at - self.wall_starts_at)
        return Occurrence(instant_of(starts, self.zone), instant_of(ends, self.zone))

    def next_after(self, instant: datetime) -> Occurrence | None:
        """Return the first occurrence that begins after `instant`, None where there is none."""
        return self._find(lambda one: one.starts_at > instant, since=instant)

    def open_at(self, instant: datetime) -> Occurrence | None:
        """Return the first occurrence whose window is not over at `instant`, if any."""
        return self._find(lambda one: one.ends_at > instant, since=instant)

    def _find(self, fits: Fits, *, since: datetime) -> Occurrence | None:
        if fits(self.first):
            return self.first
        if self.repeat is Repeat.NONE:
            return None
        number = max(1, self._repeats_until(since) - 2)
        while not fits(found := self.occurrence(number)):
            number += 1
        return found

    def _repeats_until(self, instant: datetime) -> int:
        """Return about how many repeats begin before `instant`, at most one too many."""
        wall = wall_of(instant, self.zone)
        if self.repeat is Repeat.MONTHLY:
            first = self.wall_starts_at
            return (wall.year - first.year) * 12 + wall.month - first.month
        return (wall - self.wall_starts_at).days // _DAYS[self.repeat]


def _moved(wall: datetime, repeat: Repeat, number: int) -> datetime:
    if repeat is not Repeat.MONTHLY:
        return wall + timedelta(days=_DAYS[repeat] * number)
    months = wall.year * 12 + wall.month - 1 + number
    year, month = divmod(months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return wall.replace(year=year, month=month + 1, day=min(wall.day, last))


@dataclass(frozen=True, slots=True)
class QuietHours:
    """The hours of each day in which nothing is sent; they may go over midnight."""

    starts: time
    ends: time
    zone: str

    def is_quiet(self, instant: datetime) -> bool:
        """Tell whether the clock of the zone shows a quiet hour at `instant`."""
        shown = wall_of(instant, self.zone).time()
        if self.starts < self.ends:
            return self.starts <= shown < self.ends
        return shown >= self.starts or shown < self.ends

    def covers(self, occurrence: Occurrence) -> bool:
        """Tell whether the whole window is quiet."""
        if not self.is_quiet(occurrence.starts_at):
            return False
        begun = wall_of(occurrence.starts_at, self.zone)
        ends = datetime.combine(begun.date(), self.ends)
        if ends <= begun:
            ends += timedelta(days=1)
        return instant_of(ends, self.zone) >= occurrence.ends_at
