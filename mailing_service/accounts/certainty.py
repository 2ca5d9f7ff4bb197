"""What the account of a person forbids is said only when it is certain to be so.

Auth's feed brings a change half a second after it. Somebody who verifies their email, or whom an
administrator unblocks, may act sooner: what was true of the account then is no reason to refuse.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Final, ParamSpec, TypeVar

from mailing_service.errors import AccountsOutdated, NoVerifiedAddress, OwnerBlocked
from mailing_service.models.accounts import AccountPosition
from shared import clock

WAITS: Final = timedelta(seconds=2)
"""So long a request waits for news of accounts: four times as long as the feed takes."""
_LOOKS_EVERY: Final = timedelta(milliseconds=100)

ParamsT = ParamSpec("ParamsT")
ResultT = TypeVar("ResultT")


async def are_known_since(moment: datetime) -> bool:
    """Tell whether all accounts are there, and as they were at `moment` or later."""
    known = AccountPosition.filter(copied_at__not_isnull=True, news_at__gte=moment)
    return await known.exists()


async def news_since(moment: datetime) -> bool:
    """Wait, without a connection, until accounts are known since `moment`; tell whether they are.

    After WAITS it is False.
    """
    last = clock.monotonic() + WAITS.total_seconds()
    while not await are_known_since(moment):
        if clock.monotonic() >= last:
            return False
        await asyncio.sleep(_LOOKS_EVERY.total_seconds())
    return True


def certain(
    do: Callable[ParamsT, Awaitable[ResultT]],
) -> Callable[ParamsT, Awaitable[ResultT]]:
    """Let a use case refuse what it does for an account only by news younger than its call.

    It is done again where it raised NoVerifiedAddress or OwnerBlocked, once there are such news.
    Without them it raises AccountsOutdated.
    """

    @wraps(do)
    async def done(*args: ParamsT.args, **kwargs: ParamsT.kwargs) -> ResultT:
        asked_at = clock.now()
        try:
            return await do(*args, **kwargs)
        except (NoVerifiedAddress, OwnerBlocked):
            if not await news_since(asked_at):
                raise AccountsOutdated from None
        return await do(*args, **kwargs)

    return done
