"""Retrying a transaction that lost a race: nothing of it is left."""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import ParamSpec, TypeVar

ParametersT = ParamSpec("ParametersT")
ResultT = TypeVar("ResultT")
UseCase = Callable[ParametersT, Awaitable[ResultT]]

TRIES = 3


def retried_after(
    *errors: type[Exception],
) -> Callable[[UseCase[ParametersT, ResultT]], UseCase[ParametersT, ResultT]]:
    """Give a use case, which is one transaction, TRIES tries as long as it ends in `errors`."""

    def decorate(use_case: UseCase[ParametersT, ResultT]) -> UseCase[ParametersT, ResultT]:
        @wraps(use_case)
        async def retried(*args: ParametersT.args, **kwargs: ParametersT.kwargs) -> ResultT:
            for _ in range(TRIES - 1):
                try:
                    return await use_case(*args, **kwargs)
                except errors:
                    continue
            return await use_case(*args, **kwargs)

        return retried

    return decorate
