"""Which access tokens are refused before they expire, as the auth service says every second.

That is a snapshot of everything that can still concern a token. Without news for long
the gateway fails closed: it no longer knows which tokens are good.
"""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from math import inf
from time import monotonic

from pydantic import SecretStr

from gateway.upstream.errors import UpstreamError
from gateway.upstream.fetch import Document, fetch
from gateway.upstream.pool import Upstream
from shared.access.jwks import JwksCache
from shared.access.tokens import AccessClaims
from shared.errors import ServiceUnavailable
from shared.outages import Outage
from shared.tasks import end

PATH = b"/internal/revocations?members=lifetime"
FETCH_TIMEOUT = 2.0
"""Seconds that one look may take."""

MAX_SIZE = 32 * 1024 * 1024
"""Bytes of a snapshot, which then has some 800,000 entries."""

UNAVAILABLE = "revocation snapshot unavailable"
"""What is logged, with the cause, while no snapshot can be fetched."""

KEY_REVOKED = "key_revoked"
LIVES_TOO_LONG = "lives_too_long"

UNSETTLED = frozenset({KEY_REVOKED, LIVES_TOO_LONG})
"""Reasons that may be gone with the next snapshot: the token may be newer than this one."""

_MEMBERS = {"kids", "sids", "versions"}

logger = logging.getLogger(__name__)


class BadSnapshot(ValueError):
    """The auth service sent something else than a snapshot."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The `kid`s that are honoured, the `sid`s that are not, the lowest `ver` of some `sub`s.

    No token lives longer than `lifetime` seconds; an earlier auth service does not say it.
    """

    kids: frozenset[str]
    sids: frozenset[str]
    versions: Mapping[str, int]
    lifetime: float = inf

    def reason_against(self, claims: AccessClaims) -> str | None:
        """Return why these claims are refused, a word out of a bounded set, or None."""
        if claims.key_id not in self.kids:
            return KEY_REVOKED
        if claims.expires_at - claims.issued_at > self.lifetime:
            return LIVES_TOO_LONG
        if claims.session_id in self.sids:
            return "session_ended"
        floor = self.versions.get(claims.subject)
        return "version_revoked" if floor is not None and claims.version < floor else None


def parse_snapshot(document: bytes) -> Snapshot:
    """Return the snapshot in this JSON; raises BadSnapshot for anything else, even a bit more."""
    try:
        members = json.loads(document)
    except (ValueError, RecursionError):
        raise BadSnapshot("not JSON") from None
    if not isinstance(members, dict) or members.keys() - {"lifetime"} != _MEMBERS:
        raise BadSnapshot("other members")
    kids, sids, versions = members["kids"], members["sids"], members["versions"]
    if not (_are_texts(kids) and kids and _are_texts(sids) and _are_versions(versions)):
        raise BadSnapshot("members of other types")
    lifetime = members.get("lifetime", inf)
    if lifetime is not inf and (type(lifetime) is not int or lifetime <= 0):
        raise BadSnapshot("members of other types")
    return Snapshot(frozenset(kids), frozenset(sids), versions, lifetime)


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and set(map(type, value)) <= {str}


def _are_versions(value: object) -> bool:
    return isinstance(value, dict) and set(map(type, value.values())) <= {int}


class Revocations:
    """The last good snapshot. A key that it names and `keys` lacks is fetched immediately."""

    def __init__(
        self,
        upstream: Upstream,
        secret: SecretStr,
        keys: JwksCache,
        *,
        interval: float = 1.0,
        max_age: float = 900.0,
    ) -> None:
        """Look every `interval` seconds, and trust what was seen for `max_age` seconds."""
        self._upstream = upstream
        self._authorization = b"authorization: Bearer " + secret.get_secret_value().encode()
        self._keys = keys
        self._interval = interval
        self._max_age = max_age
        self._snapshot: Snapshot | None = None
        self._etag: bytes | None = None
        self._news_at = 0.0  # of monotonic(), when the look began that brought them
        self._outage = Outage(logger, UNAVAILABLE, "revocation snapshot fetched again")
        self._next_look = asyncio.Event()  # of the look that has not begun yet

    def current(self) -> Snapshot:
        """Return the snapshot; raises ServiceUnavailable while there is none to rely on."""
        snapshot = self._snapshot
        if snapshot is None or monotonic() - self._news_at > self._max_age:
            raise ServiceUnavailable
        return snapshot

    async def newer(self) -> Snapshot:
        """Return what a look brings that begins from now on, or the current one if it fails."""
        await self._next_look.wait()
        return self.current()

    @property
    def awaiting_keys(self) -> bool:
        """A key is honoured that we cannot verify with yet."""
        return bool(self.current().kids - self._keys.keys.keys())

    @property
    def age(self) -> float:
        """Seconds since the last news; infinite before the first."""
        return inf if self._snapshot is None else monotonic() - self._news_at

    async def check(self) -> None:
        """Raise while there is no snapshot to rely on."""
        self.current()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Look, and again and again for as long as the context lasts."""
        first_look = self._next_look
        tasks = [asyncio.create_task(self._look_forever())]
        tasks.append(asyncio.create_task(self._follow_keys()))
        try:
            await first_look.wait()  # no token is refused before the first look
            yield
        finally:
            await end(*tasks)

    async def _look_forever(self) -> None:
        while True:
            began = monotonic()
            look, self._next_look = self._next_look, asyncio.Event()
            self._report(await self._look())
            look.set()
            await asyncio.sleep(began + self._interval - monotonic())

    async def _follow_keys(self) -> None:
        """Beside the looking, which must not wait for a key set."""
        while True:
            await self._next_look.wait()
            if self._snapshot is not None:
                await self._keys.follow(self._snapshot.kids)

    async def _look(self) -> str | None:
        """Take in what there is to know; return what went wrong."""
        began = monotonic()
        try:
            async with asyncio.timeout(FETCH_TIMEOUT):
                fields = [self._authorization]
                if self._etag is not None:
                    fields.append(b"if-none-match: " + self._etag)
                self._take(await fetch(self._upstream, PATH, *fields, limit=MAX_SIZE))
        except UpstreamError as error:
            return error.reason
        except (TimeoutError, ValueError) as error:
            return str(error) or "timeout"
        except Exception:
            logger.exception("unexpected error")  # and go on looking
            return "unexpected"
        self._news_at = began
        return None

    def _take(self, response: Document) -> None:
        if response.status == HTTPStatus.OK:
            self._snapshot = parse_snapshot(response.body)
            self._etag = response.value(b"etag")
        elif response.status != HTTPStatus.NOT_MODIFIED or self._etag is None:
            raise BadSnapshot(f"status {response.status}")

    def _report(self, trouble: str | None) -> None:
        if trouble is None:
            self._outage.ends()
        else:
            self._outage.goes_on(trouble)
