"""The signing keys as this process holds them: from the database, made on the first start."""

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from auth_service.crypto.signing_keys import SigningKeyPair
from auth_service.keys.service import KeyStore
from auth_service.keys.states import State
from auth_service.models import SigningKey
from shared.access.jwks import TOKEN_LIFETIME, parse_jwks
from shared.access.tokens import MAX_LIFETIME
from shared.database.connection import UNAVAILABLE
from shared.database.outage import DATABASE_OUTAGE
from shared.errors import ServiceUnavailable
from shared.outages import Outage
from shared.periodic import every
from shared.secret_box import CannotOpen

RELOAD_INTERVAL = timedelta(seconds=1)
_COOLDOWN = 1.0

logger = logging.getLogger(__name__)


class KeyRing:
    """All valid keys, and the one that signs. Replicas agree through the database."""

    def __init__(self, store: KeyStore) -> None:
        self.keys: Mapping[str, RSAPublicKey] = {}
        self.jwks: bytes = b'{"keys":[]}'
        self.token_lifetime = MAX_LIFETIME
        self._store = store
        self._current: SigningKeyPair | None = None
        self._seen: Sequence[tuple[str, str]] = ()
        self._loaded_at = -_COOLDOWN
        self._loading = asyncio.Lock()
        self._unreadable = Outage(
            logger,
            "no signing keys: no secret of AUTH_SECRETS opens them",
            "signing keys are there again",
            grace=0,
        )

    @property
    def current(self) -> SigningKeyPair:
        """The key that signs; raises ServiceUnavailable before the first load."""
        if self._current is None:
            raise ServiceUnavailable
        return self._current

    async def load(self) -> None:
        """Take the valid keys from the database; make those that are missing."""
        async with self._loading:
            rows = await self._store.valid()
            if {State.CURRENT, State.NEXT} - {row.state for row in rows}:
                await self._store.make_missing()
                rows = await self._store.valid()
            lifetime = await self._store.longest_lifetime()
            self._take(rows, int(lifetime.total_seconds()))

    async def refresh(self) -> bool:
        """Look for newer keys unless that was done a moment ago; tell whether it was done now."""
        if time.monotonic() - self._loaded_at < _COOLDOWN:
            return False
        await self.load()
        return True

    async def check(self) -> None:
        """Raise while there is no key to sign with."""
        _ = self.current

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Load now, and in the background every second for as long as the context lasts.

        A database that is away does not keep the process from starting, only from being ready.
        """
        await self._try_to_load()
        async with every(RELOAD_INTERVAL, self._try_to_load, name="load signing keys"):
            yield

    async def _try_to_load(self) -> None:
        try:
            await self.load()
        except UNAVAILABLE as error:
            DATABASE_OUTAGE.report(error, job="load signing keys")
        except CannotOpen as error:
            self._unreadable.goes_on(type(error).__name__)
        else:
            self._unreadable.ends()

    def _take(self, rows: list[SigningKey], token_lifetime: int) -> None:
        self._loaded_at = time.monotonic()
        seen = [(row.kid, row.state) for row in rows]
        if seen == self._seen and token_lifetime == self.token_lifetime:
            return
        self._current = next(self._store.open(row) for row in rows if row.state == State.CURRENT)
        self.jwks = json.dumps(
            {"keys": [row.public_jwk for row in rows], TOKEN_LIFETIME: token_lifetime}
        ).encode()
        self.keys = parse_jwks(self.jwks)
        self._seen, self.token_lifetime = seen, token_lifetime
