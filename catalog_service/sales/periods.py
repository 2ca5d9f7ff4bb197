"""Days on somebody's clock, as the instants at which they begin."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from catalog_service.sales.schemas import DEFAULT_DAYS, MAX_DAYS, SalesQuery
from shared import clock
from shared.errors import FieldProblem, UnprocessableEntity
from shared.language.translation import Sentence

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Days:
    """Some days in a row."""

    first: date
    last: date
    time_zone: str

    @classmethod
    def of(cls, query: SalesQuery) -> Self:
        """Return what `query` asks for; raises UnprocessableEntity for none, or for too many."""
        last = query.last_day or clock.now().astimezone(ZoneInfo(query.time_zone)).date()
        first = query.first_day or last - (DEFAULT_DAYS - 1) * _DAY
        if first > last:
            raise _refusal("first_day", Sentence("Must not come after the last day"))
        if last - first >= MAX_DAYS * _DAY:
            raise _refusal("last_day", Sentence("At most {most} days together", most=MAX_DAYS))
        return cls(first, last, query.time_zone)

    @property
    def each(self) -> list[date]:
        """All of them, in order."""
        return [self.first + n * _DAY for n in range((self.last - self.first).days + 1)]

    @property
    def starts(self) -> list[datetime]:
        """When each begins, in UTC, and when the last one is over."""
        zone = ZoneInfo(self.time_zone)
        days = [*self.each, self.last + _DAY]
        return [datetime.combine(day, time.min, zone).astimezone(UTC) for day in days]


def _refusal(field: str, message: Sentence) -> UnprocessableEntity:
    return UnprocessableEntity([FieldProblem(field, message)])
