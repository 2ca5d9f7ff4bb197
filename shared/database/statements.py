"""Statements that are written once, by Tortoise and pypika, and then run with other values.

Building a query costs several times what running it does, and the same one is built every time.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

from pypika_tortoise.context import SqlContext
from pypika_tortoise.queries import QueryBuilder
from pypika_tortoise.terms import Parameterizer, Term
from tortoise.connection import get_connection
from tortoise.expressions import Expression, ResolveContext, ResolveResult
from tortoise.queryset import AwaitableQuery, QuerySet

Rows = Sequence[Mapping[str, Any]]
Run = Callable[[str, list[Any]], Awaitable[Rows]]
"""Has a server run a statement with these values."""


async def primary(text: str, values: list[Any]) -> Rows:
    """Run it on the primary, the one server that is written to; in the transaction, if any."""
    _, rows = await get_connection("default").execute_query(text, values)
    return rows


class Slot(Term, Expression):
    """Stands for a value that comes later: in a filter, in an update, in what pypika is given.

    The value goes to the database as it is (an enumeration's value, JSON as text), because no field
    converts it.
    """

    def __init__(self, name: str) -> None:
        """Take the keyword under which the value will come."""
        super().__init__()
        self.name = name

    def get_sql(self, ctx: SqlContext) -> str:
        """Write the placeholder; only a Statement has one."""
        assert ctx.parameterizer is not None  # noqa: S101 - a Statement writes it
        return ctx.parameterizer.create_param(self).get_sql(ctx)

    def resolve(self, resolve_context: ResolveContext) -> ResolveResult:  # noqa: ARG002
        """Be what Tortoise sets in an update."""
        return ResolveResult(term=self)


class Statement:
    """A query with named slots, whose text is written when it is first needed.

    What is no slot in it becomes a part of the text: nothing that people send may be.
    """

    def __init__(self, build: Callable[[], QueryBuilder | AwaitableQuery[Any]]) -> None:
        """Take how to build the query, which has to wait until the models are connected."""
        self._build = build

    @property
    def text(self) -> str:
        """The SQL, with placeholders."""
        return self._written[0]

    async def fetch(self, run: Run, **values: Any) -> Rows:
        """Have `run` run it with a value for each slot; return the rows."""
        text, slots = self._written
        return await run(text, [values[name] for name in slots])

    async def rows(self, **values: Any) -> Rows:
        """Run it on the primary, in the transaction if there is one; return the rows."""
        text, slots = self._written
        bound = [values[name] for name in slots]
        _, rows = await get_connection("default").execute_query(text, bound)
        return rows

    async def changed(self, **values: Any) -> int:
        """Run it likewise; return how many rows it changed."""
        text, slots = self._written
        bound = [values[name] for name in slots]
        count, _ = await get_connection("default").execute_query(text, bound)
        return count

    @cached_property
    def _written(self) -> tuple[str, tuple[str, ...]]:
        query = self._build()
        if isinstance(query, AwaitableQuery):
            query = _query_of(query)
        slots = _Slots()
        text = query.get_sql(query.QUERY_CLS.SQL_CONTEXT.copy(parameterizer=slots))
        return text, tuple(slot.name for slot in slots.values)


class _Slots(Parameterizer):
    def should_parameterize(self, value: Any) -> bool:
        return isinstance(value, Slot)


async def fetch(query: QueryBuilder, run: Run) -> Rows:
    """Write `query` and have `run` run it."""
    return await run(*query.get_parameterized_sql())


def build(rows: QuerySet[Any], *names: str) -> QueryBuilder:
    """Return what Tortoise makes of these columns of `rows`, for pypika to go on with."""
    return _query_of(rows.values(*names))


def _query_of(query: AwaitableQuery[Any]) -> QueryBuilder:
    query.sql()  # makes it
    return query.query
