"""Statements that are written once: what Tortoise and pypika write, with slots to be filled."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pypika_tortoise.queries import QueryBuilder
from pypika_tortoise.terms import Parameterizer
from tortoise.connection import get_connection
from tortoise.queryset import QuerySet

Rows = Sequence[Mapping[str, Any]]
Run = Callable[[str, list[Any]], Awaitable[Rows]]
"""Has a server run a statement with these values."""


async def primary(text: str, values: list[Any]) -> Rows:
    """Have the primary run it: the one server that is written to."""
    _, rows = await get_connection("default").execute_query(text, values)
    return rows


@dataclass(frozen=True, slots=True)
class Slot:
    """Stands in a query for a value that comes later."""

    name: str


@dataclass(frozen=True, slots=True)
class Statement:
    """A query's text, and which values it takes."""

    text: str
    slots: tuple[str, ...]

    @classmethod
    def of(cls, query: QueryBuilder) -> "Statement":
        """Write `query` down; what is no slot in it becomes a part of the text."""
        slots = _Slots()
        text = query.get_sql(query.QUERY_CLS.SQL_CONTEXT.copy(parameterizer=slots))
        return cls(text, tuple(slot.name for slot in slots.values))

    async def fetch(self, run: Run, **values: Any) -> Rows:
        """Have `run` run it."""
        return await run(self.text, [values[name] for name in self.slots])


class _Slots(Parameterizer):
    def should_parameterize(self, value: Any) -> bool:
        return isinstance(value, Slot)


async def fetch(query: QueryBuilder, run: Run) -> Rows:
    """Write `query` and have `run` run it."""
    return await run(*query.get_parameterized_sql())


def build(rows: QuerySet[Any], *names: str) -> QueryBuilder:
    """Return what Tortoise makes of these columns of `rows`, for pypika to go on with."""
    values = rows.values(*names)
    values.sql()  # makes the query
    return values.query
