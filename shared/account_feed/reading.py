"""One request for a page of the feed."""

import asyncio
from typing import Protocol

import httpx2

from shared.account_feed.batches import FeedPage
from shared.account_feed.settings import AccountFeedSettings

FETCH_TIMEOUT = 3.0
"""Seconds that one page may take."""


class FeedUnavailable(Exception):
    """There is no page to be had; the message says why, in words that a log can group."""


class PageSource(Protocol):
    """Where pages come from."""

    @property
    def url(self) -> str:
        """What a log calls it."""

    async def read(self, cursor: str) -> FeedPage:
        """Return what comes after a cursor; raises FeedUnavailable."""


class FeedReader:
    """Asks auth with the first of the internal secrets, over one kept connection."""

    def __init__(self, settings: AccountFeedSettings) -> None:
        self.url = settings.accounts_url
        secret = settings.internal_secrets[0].get_secret_value()
        self._client = httpx2.AsyncClient(
            headers={"Authorization": f"Bearer {secret}"}, timeout=None, trust_env=False
        )

    async def read(self, cursor: str) -> FeedPage:
        """Return what comes after a cursor; raises FeedUnavailable."""
        try:
            async with asyncio.timeout(FETCH_TIMEOUT):
                response = await self._client.get(self.url, params={"after": cursor})
            if response.status_code != httpx2.codes.OK:
                raise FeedUnavailable(f"status {response.status_code}")
            return FeedPage.model_validate_json(response.content)
        except (httpx2.HTTPError, TimeoutError, ValueError) as error:
            raise FeedUnavailable(type(error).__name__) from error

    async def close(self) -> None:
        """Close the connection."""
        await self._client.aclose()
