"""Exchange the tokens of a session for new ones: one call at a time, for all who want them.

A refresh token is good for one use, and one that is used twice looks stolen. So the call is made by
the holder of a lease in the session's row, in a task that outlives the page that wanted it. If its
outcome is unknown it is repeated with the same token for as long as auth gives the successor again
(AUTH_REFRESH_GRACE); after that the token is only good to be revoked.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from shared import clock, tasks
from shared.periodic import every
from shared.secret_box import SecretBox
from web_service.errors import ApiRefused, ApiUnavailable, SignInFirst
from web_service.gateway_client.api import Api
from web_service.gateway_client.client import GatewayClient
from web_service.models import BrowserSession
from web_service.sessions import revoking, service
from web_service.sessions.tokens import Tokens

REFRESH: Final = "/api/v1/auth/refresh"
EARLY: Final = timedelta(seconds=10)
"""How long before its end an access token is exchanged."""
REPEATED_FOR: Final = timedelta(seconds=25)
"""How long a call of unknown outcome is repeated; auth gives the successor for 30 s."""
CALL_SECONDS: Final = 5.0
LEASE: Final = timedelta(seconds=2)
"""How long another waits for the holder of a lease that is not renewed."""
RENEWED_EVERY: Final = 0.5
WAIT_SECONDS: Final = 5.0
LOOK_EVERY: Final = 0.05
"""Seconds between two looks whether the holder of the lease is done."""
PAUSE_SECONDS: Final = 0.5
SWEEP_EVERY: Final = timedelta(seconds=1)
SWEPT_AT_MOST: Final = 50
_TOO_MANY: Final = 429

logger = logging.getLogger(__name__)


class Refresher:
    """The refreshes of one process."""

    def __init__(self, client: GatewayClient, box: SecretBox) -> None:
        """Call the gateway by `client`; `box` opens and seals tokens."""
        self._client = client
        self._box = box
        self._tasks: dict[UUID, asyncio.Task[None]] = {}

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Take over what a process has left that died, and finish what is under way at the end."""
        async with every(SWEEP_EVERY, self.take_over, name="take over refreshes"):
            yield
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def refreshed(self, session: BrowserSession, fields: Mapping[str, str]) -> Tokens:
        """Return tokens that are newer than those of `session`, which gets them, too.

        `fields` say for whom the call is made. Raises SignInFirst where the session is over, and
        ApiUnavailable where it is not known in time, or where auth cannot be reached.
        """
        old, ends = session.access_expires_at, clock.monotonic() + WAIT_SECONDS
        while True:
            task = self._tasks.get(session.id) or await self._begun(session.id, old, fields)
            seconds = max(ends - clock.monotonic(), 0.0)
            if task is not None:
                done, _ = await asyncio.wait([task], timeout=seconds)
                if done:
                    task.result()
            newer = await BrowserSession.get_or_none(id=session.id)
            if newer is None:
                raise SignInFirst
            if newer.access_expires_at != old:
                return self._taken_over(session, newer)
            if clock.monotonic() >= ends:
                raise ApiUnavailable("auth", outcome_unknown=False)
            await asyncio.sleep(LOOK_EVERY)

    async def take_over(self) -> None:
        """Go on with what another process has begun and not finished in its lease."""
        orphans = BrowserSession.filter(
            refreshing_until__lt=clock.now(), refresh_began_at__isnull=False
        )
        for session in await orphans.order_by("refreshing_until").limit(SWEPT_AT_MOST):
            if session.id not in self._tasks:
                await self._begun(session.id, session.access_expires_at, {})

    async def _begun(
        self, session_id: UUID, old: Any, fields: Mapping[str, str]
    ) -> asyncio.Task[None] | None:
        """Return the task of a call, if the lease is to be had."""
        now = clock.now()
        free = BrowserSession.filter(
            Q(refreshing_until=None) | Q(refreshing_until__lt=now),
            id=session_id,
            access_expires_at=old,
        )
        if not await free.update(refreshing_until=now + LEASE) or session_id in self._tasks:
            return self._tasks.get(session_id)
        task = asyncio.create_task(self._exchange(session_id, fields))
        self._tasks[session_id] = task
        task.add_done_callback(lambda done: self._forget(session_id, done))
        return task

    def _forget(self, session_id: UUID, task: asyncio.Task[None]) -> None:
        self._tasks.pop(session_id, None)
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.warning("session refresh failed", extra={"cause": type(error).__name__})

    async def _exchange(self, session_id: UUID, fields: Mapping[str, str]) -> None:
        """Have the tokens exchanged under the lease that this holds, and keep the new ones."""
        session = await BrowserSession.get(id=session_id)
        tokens = service.tokens_of(session, self._box)
        if tokens is None:
            await service.end(session)
            return
        row = BrowserSession.filter(id=session_id, access_expires_at=session.access_expires_at)
        is_unknown = session.refresh_began_at is not None
        began = session.refresh_began_at or clock.now()
        await row.update(refresh_began_at=began)
        while clock.now() < began + REPEATED_FOR:
            try:
                async with _held(row):
                    api = Api(self._client, fields=fields, seconds=CALL_SECONDS)
                    response = await api.post(REFRESH, {"refresh_token": tokens.refresh})
            except ApiRefused as refused:
                if refused.status != _TOO_MANY:
                    await service.end(session)
                    return
                failure = ApiUnavailable("auth", outcome_unknown=False)
            except ApiUnavailable as unavailable:
                failure = unavailable
            else:
                await row.update(**service.renewed(Tokens.given(response.data), self._box))
                return
            is_unknown = is_unknown or failure.outcome_unknown
            if not is_unknown:  # auth has seen nothing of it: the token is as good as before
                await row.update(refreshing_until=None, refresh_began_at=None)
                raise failure
            await asyncio.sleep(PAUSE_SECONDS)
        logger.warning("session refresh given up", extra={"session": str(session_id)})
        await revoking.end_and_revoke(session, tokens.refresh, self._box)

    def _taken_over(self, session: BrowserSession, newer: BrowserSession) -> Tokens:
        """Give what the row has now to the object that the page knows."""
        changed = ("sealed_tokens", "access_expires_at", "is_verified", "must_change_password")
        session.update_from_dict({name: getattr(newer, name) for name in changed})
        session.rights_changed = session.roles != newer.roles
        session.roles = newer.roles
        tokens = service.tokens_of(session, self._box)
        if tokens is None:
            raise SignInFirst
        return tokens


@asynccontextmanager
async def _held(row: QuerySet[BrowserSession]) -> AsyncIterator[None]:
    """Renew the lease for as long as the context lasts: it ends soon after its holder dies."""

    async def renew() -> None:
        while True:
            await row.update(refreshing_until=clock.now() + LEASE)
            await asyncio.sleep(RENEWED_EVERY)

    renewing = asyncio.create_task(renew())
    try:
        yield
    finally:
        await tasks.end(renewing)


class SessionTokens:
    """The tokens of one session, for one page."""

    def __init__(
        self,
        session: BrowserSession,
        *,
        box: SecretBox,
        refresher: Refresher,
        fields: Mapping[str, str],
    ) -> None:
        """Have them refreshed by `refresher`, for whom `fields` say."""
        self._session = session
        self._box = box
        self._refresher = refresher
        self._fields = fields

    async def access_token(self, was_refused: bool) -> str:  # noqa: FBT001 - a TokenSource
        """Return a token that is good for now; raises as `Refresher.refreshed`."""
        tokens = service.tokens_of(self._session, self._box)
        if tokens is None:
            raise SignInFirst
        if was_refused or tokens.expires_at < clock.now() + EARLY:
            tokens = await self._refresher.refreshed(self._session, self._fields)
        return tokens.access
