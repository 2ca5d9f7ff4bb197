"""A POST that is done once, also where the first response to it is lost."""

import asyncio
from typing import Final

from web_service.errors import ApiRefused, ApiUnavailable
from web_service.gateway_client.api import Api, ApiResponse
from web_service.gateway_client.client import service_of

KEY: Final = "Idempotency-Key"
ATTEMPT_SECONDS: Final = 4.0
"""How long one of several attempts waits for its response."""
PAUSE: Final = 0.5
RESERVE: Final = 1.5
"""Seconds that stay for the page that says what has happened."""
_UNDER_WAY: Final = frozenset({"request_in_progress", "order_in_progress"})


async def post_once(api: Api, path: str, body: object = None, *, key: str) -> ApiResponse:
    """Have something done under `key`, and ask again under it for as long as the page has time.

    Without a key it is asked once. Raises ApiRefused, and ApiUnavailable, whose `outcome_unknown`
    counts every attempt.
    """
    fields = {KEY: key} if key else None
    is_unknown = False
    while True:
        try:
            async with asyncio.timeout(min(ATTEMPT_SECONDS, api.seconds_left - RESERVE)):
                return await api.post(path, body, fields=fields)
        except TimeoutError:
            failed = ApiUnavailable(service_of(path), outcome_unknown=True)
        except ApiUnavailable as unavailable:
            failed = unavailable
        except ApiRefused as refused:
            if refused.error not in _UNDER_WAY:
                raise
            failed = ApiUnavailable(service_of(path), outcome_unknown=True)
        is_unknown = is_unknown or failed.outcome_unknown
        if not key or api.seconds_left <= RESERVE + PAUSE:
            raise ApiUnavailable(
                failed.service, outcome_unknown=is_unknown, retry_after=failed.retry_after
            )
        await asyncio.sleep(PAUSE)
