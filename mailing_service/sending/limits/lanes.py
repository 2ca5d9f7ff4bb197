"""What a worker knows of a recipient domain that it has leased, and how that is written."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache

from pypika_tortoise.dialects import PostgreSQLQuery
from pypika_tortoise.terms import Parameter

from mailing_service.models.sending import DomainRate


@dataclass(slots=True)
class Lane:
    """A domain that this worker has leased; times are monotonic.

    Nobody else has it before `certain_until`.
    """

    tokens: float
    filled_at: float
    used_at: float
    certain_until: float
    in_flight: int = 0
    failures: int = 0
    slow_until: datetime | None = None

    def go_on_as(self, before: "Lane") -> None:
        """Take over what is under way, where a lease that had become uncertain is certain again."""
        self.tokens = min(self.tokens, before.tokens)
        self.in_flight, self.slow_until = before.in_flight, before.slow_until


@cache
def update_of_rate() -> str:
    """Return the statement that writes the row of a domain."""
    table = DomainRate._meta.basetable
    names = ("tokens", "tokens_at", "failures", "slow_until", "leased_by", "leased_until")
    query = PostgreSQLQuery.update(table)
    for number, name in enumerate(names, start=1):
        query = query.set(name, Parameter(f"${number}"))
    return query.where(table.domain == Parameter(f"${len(names) + 1}")).get_sql()
