"""The feed as a service has it: read in the background, written by the service's own function."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from math import inf
from typing import Any

from tortoise.transactions import in_transaction

from shared import clock
from shared.account_feed.batches import Apply, Batch
from shared.account_feed.lease import Lease
from shared.account_feed.models import FeedPosition
from shared.account_feed.reading import FeedReader, FeedUnavailable, PageSource
from shared.account_feed.settings import AccountFeedSettings
from shared.database.connection import UNAVAILABLE
from shared.outages import Outage
from shared.periodic import every
from shared.telemetry.metrics import Metrics

REST = 5.0
"""Seconds after a batch that could not be applied."""

logger = logging.getLogger(__name__)


class AccountFeed:
    """Keeps a service's copy of the accounts up to date while it is `running`."""

    def __init__(
        self, settings: AccountFeedSettings, position: type[FeedPosition], apply: Apply
    ) -> None:
        """Write what comes with `apply`, and how far that is into the table of `position`."""
        self._settings = settings
        self._apply = apply
        self._lease = Lease(position, settings.accounts_interval)
        self._position: FeedPosition | None = None  # as it was last seen
        self._is_reader = False
        self._rests_until = -inf
        self._outage = Outage(logger, "accounts fetch failed", "accounts fetched again")

    @property
    def age(self) -> float:
        """Seconds since the moment up to which every change is known; infinite before the first."""
        if self._position is None or self._position.news_at is None:
            return inf
        return max(0.0, (clock.now() - self._position.news_at).total_seconds())

    @property
    def is_copied(self) -> bool:
        """Whether all accounts are there: nothing that needs them starts before."""
        return self._position is not None and self._position.copied_at is not None

    def is_current(self, max_age: timedelta) -> bool:
        """Tell whether all accounts are there, and as they were no longer ago than that."""
        return self.is_copied and self.age <= max_age.total_seconds()

    def show(self, metrics: Metrics) -> None:
        """Show how old the service's knowledge of accounts is."""
        documentation = "Seconds since the accounts were known as auth has them."
        metrics.watch("gauge", "vitrina_account_feed_age_seconds", documentation, lambda: self.age)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Follow the feed for as long as the context lasts; another process goes on afterwards."""
        reader = FeedReader(self._settings)

        async def follow() -> None:
            await self.follow(reader)

        try:
            async with every(self._settings.accounts_interval, follow, name="follow accounts"):
                yield
        finally:
            await reader.close()
            with suppress(*UNAVAILABLE):
                await self._lease.give_back()

    async def follow(self, source: PageSource) -> None:
        """Read all that there is, unless another process does."""
        if clock.monotonic() < self._rests_until:
            return
        if not self._is_reader or self._position is None:
            self._position, self._is_reader = await self._lease.take()
        try:
            while self._is_reader and await self._read_page(source, self._position):
                pass
        except FeedUnavailable as error:
            self._is_reader = False  # another process may have better luck
            self._outage.goes_on(str(error), url=source.url)
        except UNAVAILABLE:
            self._is_reader = False
            raise
        except Exception:
            self._rests_until = clock.monotonic() + REST
            self._is_reader = False
            raise

    async def _read_page(self, source: PageSource, position: FeedPosition) -> bool:
        """Read and write one page; tell whether there may be more."""
        asked_at = clock.now()
        page = await source.read(position.cursor)
        self._outage.ends()
        copy_number = position.copy_number + page.restarts
        completes_copy = page.complete and (page.restarts or position.copied_at is None)
        changes: dict[str, Any] = {"cursor": page.cursor, "copy_number": copy_number}
        if page.complete:
            changes["news_at"] = asked_at
        if page.restarts or completes_copy:
            changes["copied_at"] = asked_at if completes_copy else None
        self._is_reader = await self._write(
            Batch(page.accounts, copy_number, completes_copy), position, changes
        )
        return not page.complete

    async def _write(self, batch: Batch, position: FeedPosition, changes: dict[str, Any]) -> bool:
        """Move the position and apply the batch in one transaction, if it is ours to move."""
        if batch.accounts or batch.completes_copy:
            async with in_transaction():
                if is_moved := await self._lease.move(position, **changes):
                    await self._apply(batch)
        else:
            is_moved = await self._lease.move(position, **changes)
        if is_moved:
            position.update_from_dict(changes)
        return is_moved
