"""What PostgreSQL can say and Tortoise has no word for."""

from datetime import datetime

from pypika_tortoise.functions import Now
from pypika_tortoise.terms import Function
from tortoise.expressions import Expression, ResolveContext, ResolveResult

from catalog_service.models import CatalogState


class TransactionTime(Expression):
    """The instant at which the transaction began, the same for all that it writes."""

    def resolve(self, resolve_context: ResolveContext) -> ResolveResult:
        del resolve_context
        return ResolveResult(term=Now())


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
