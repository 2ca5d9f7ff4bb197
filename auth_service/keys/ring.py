"""The signing keys as this process holds them: from the database, made on the first start."""

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from tortoise.exceptions import IntegrityError

from auth_service.crypto.secret_box import CannotOpen, SecretBox
from auth_service.crypto.signing_keys import SigningKeyPair
from auth_service.models import SigningKey
from shared.database import UNAVAILABLE
from shared.errors import ServiceUnavailable
from shared.jwks import parse_jwks

CURRENT = "current"
RELOAD_INTERVAL = timedelta(minutes=1)
RETRY_INTERVAL = timedelta(seconds=1)
_COOLDOWN = 10.0
_PURPOSE = "signing key"

_RETRIED: tuple[type[Exception], ...] = (*UNAVAILABLE, CannotOpen)

logger = logging.getLogger(__name__)


class KeyRing:
    """All valid keys, and the one that signs. Replicas agree through the database."""

    def __init__(self, box: SecretBox) -> None:
        self.keys: Mapping[str, RSAPublicKey] = {}
        self.jwks: bytes = b'{"keys":[]}'
        self._box = box
        self._current: SigningKeyPair | None = None
        self._loaded_at = -_COOLDOWN

    @property
    def current(self) -> SigningKeyPair:
        """The key that signs; raises ServiceUnavailable before the first load."""
        if self._current is None:
            raise ServiceUnavailable
        return self._current

    async def load(self) -> None:
        """Take the keys from the database; make the first one where there is none."""
        rows = await SigningKey.all().order_by("created_at")
        if not any(row.state == CURRENT for row in rows):
            await self._make_first()
            rows = await SigningKey.all().order_by("created_at")
        self._take(rows)

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
        """Load now, and in the background every minute for as long as the context lasts.

        A database that is away does not keep the process from starting, only from being ready.
        """
        await self._try_to_load()
        task = asyncio.create_task(self._run())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            wait = RELOAD_INTERVAL if self._current else RETRY_INTERVAL
            await asyncio.sleep(wait.total_seconds())
            await self._try_to_load()

    async def _try_to_load(self) -> None:
        try:
            await self.load()
        except _RETRIED as error:
            logger.warning("no signing keys", extra={"cause": type(error).__name__})

    async def _make_first(self) -> None:
        pair = await asyncio.to_thread(SigningKeyPair.generate)
        try:
            await SigningKey.create(
                kid=pair.kid,
                state=CURRENT,
                sealed_private_key=self._box.seal(pair.to_der(), purpose=_PURPOSE),
                public_jwk=pair.public_jwk(),
            )
            logger.info("made the first signing key", extra={"kid": pair.kid})
        except IntegrityError:
            logger.info("another process made the first signing key")

    def _take(self, rows: list[SigningKey]) -> None:
        current = next(row for row in rows if row.state == CURRENT)
        if self._current is None or self._current.kid != current.kid:
            self._current = self._open(current)
        self.jwks = json.dumps({"keys": [row.public_jwk for row in rows]}).encode()
        self.keys = parse_jwks(self.jwks)
        self._loaded_at = time.monotonic()

    def _open(self, row: SigningKey) -> SigningKeyPair:
        der = self._box.open(bytes(row.sealed_private_key), purpose=_PURPOSE)
        return SigningKeyPair.from_der(der)
