"""What PostgreSQL can say and Tortoise has no word for."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from pypika_tortoise.functions import Now
from pypika_tortoise.terms import Bracket, Function, ValueWrapper
from tortoise.expressions import Expression, ResolveContext, ResolveResult

from catalog_service.models import CatalogState


class TransactionTime(Expression):
    """The instant at which the transaction began, the same for all that it writes."""

    def resolve(self, resolve_context: ResolveContext) -> ResolveResult:
        del resolve_context
        return ResolveResult(term=Now())


class IsOneOf(Expression):
    """Whether a column has one of these values, however many, which go to PostgreSQL as one."""

    def __init__(self, column: str, values: Sequence[UUID]) -> None:
        """Take the column's name and the values."""
        self._column = column
        self._values = list(values)

    def resolve(self, resolve_context: ResolveContext) -> ResolveResult:
        """Be the comparison."""
        one_of = resolve_context.table[self._column] == Function("ANY", ValueWrapper(self._values))
        return ResolveResult(term=Bracket(one_of))


class _LockTaken(Expression):
    def __init__(self, key: int) -> None:
        self._key = key

    def resolve(self, resolve_context: ResolveContext) -> ResolveResult:
        del resolve_context
        return ResolveResult(term=Function("pg_try_advisory_xact_lock", self._key))


async def transaction_time() -> datetime:
    """Return what TransactionTime stands for, for where a value is needed."""
    state = await CatalogState.annotate(instant=TransactionTime()).get(id=1).values("instant")
    instant: datetime = state["instant"]
    return instant


async def lock_until_end(key: int) -> bool:
    """Take the advisory lock `key` until the transaction ends; False where another has it."""
    state = await CatalogState.annotate(taken=_LockTaken(key)).get(id=1).values("taken")
    return bool(state["taken"])
