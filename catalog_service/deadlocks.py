"""Whoever loses a deadlock begins again: nothing of his transaction is left."""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from asyncpg import DeadlockDetectedError

ParametersT = ParamSpec("ParametersT")
ResultT = TypeVar("ResultT")

TRIES = 3


def repeated_after_deadlock(
    use_case: Callable[ParametersT, Awaitable[ResultT]],
) -> Callable[ParametersT, Awaitable[ResultT]]:
    """Let `use_case`, which is one transaction, have TRIES tries."""

    @wraps(use_case)
    async def repeated(*args: ParametersT.args, **kwargs: ParametersT.kwargs) -> ResultT:
        for _ in range(TRIES - 1):
            try:
                return await use_case(*args, **kwargs)
            except DeadlockDetectedError:
                continue
        return await use_case(*args, **kwargs)

    return repeated
