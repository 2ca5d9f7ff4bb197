"""The public keys of the auth service: parsed strictly, fetched in the background, never lost."""

import asyncio
import base64
import hashlib
import json
import logging
import math
import time
from collections import deque
from collections.abc import AsyncIterator, Mapping, Set
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import httpx2
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt.algorithms import RSAAlgorithm
from jwt.exceptions import InvalidKeyError

from shared.access.tokens import ALGORITHM, MAX_LIFETIME
from shared.outages import Outage
from shared.tasks import end

MIN_KEY_BITS = 2048
TOKEN_LIFETIME = "token_lifetime"  # noqa: S105 - a member of the key set, which may have more
REFRESH_INTERVAL = timedelta(minutes=5)
FOLLOW_INTERVAL = 1.0
"""Seconds between two tries at keys that are known to exist."""

_FETCH_TIMEOUT = 3.0
_PRIVATE_MEMBERS = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})

logger = logging.getLogger(__name__)


class InvalidKeySet(Exception):
    """The document is not a key set that this system would publish."""


def thumbprint(jwk: Mapping[str, Any]) -> str:
    """Return the RFC 7638 thumbprint of an RSA key: SHA-256, base64url, without padding."""
    members = {name: jwk[name] for name in ("e", "kty", "n")}
    canonical = json.dumps(members, separators=(",", ":"), sort_keys=True).encode()
    return base64.urlsafe_b64encode(hashlib.sha256(canonical).digest()).rstrip(b"=").decode()


def parse_jwks(document: bytes) -> dict[str, RSAPublicKey]:
    """Return the keys of a JWK set by their `kid`, or raise InvalidKeySet.

    A set without keys is none: this system always has one, and no news costs no key.

    Refused are private or symmetric keys, RSA below 2048 bits, another use or algorithm than
    RS256 signatures, and a `kid` that is not the key's own thumbprint.
    """
    try:
        keys = [_parse_key(jwk) for jwk in json.loads(document)["keys"]]
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError, InvalidKeyError):
        raise InvalidKeySet("not a JWK set of RSA signing keys") from None
    if not keys:
        raise InvalidKeySet("an empty JWK set")
    return dict(keys)


def lifetime_in(document: bytes) -> int:
    """Return the seconds that no token lives longer than, by the member `token_lifetime`.

    Auth services of before do not tell it, and no setting allows more than a day. Raises
    InvalidKeySet.
    """
    lifetime = json.loads(document).get(TOKEN_LIFETIME, MAX_LIFETIME)
    if type(lifetime) is not int or lifetime <= 0:
        raise InvalidKeySet(f"{TOKEN_LIFETIME} is no number of seconds")
    return lifetime


def _parse_key(jwk: dict[str, Any]) -> tuple[str, RSAPublicKey]:
    if jwk["kty"] != "RSA" or jwk["use"] != "sig" or jwk["alg"] != ALGORITHM:
        raise ValueError("not an RS256 signing key")
    if _PRIVATE_MEMBERS & jwk.keys() or jwk["kid"] != thumbprint(jwk):
        raise ValueError("not a public key under its own thumbprint")
    key = RSAAlgorithm.from_jwk(jwk)
    if not isinstance(key, RSAPublicKey) or key.key_size < MIN_KEY_BITS:
        raise ValueError("too short")
    return jwk["kid"], key


class JwksCache:
    """The key set of the auth service, as it was last seen.

    However many tokens name unknown keys, the set is fetched in vain once in a `cooldown`; when
    it cannot be fetched, the keys known so far go on being used. A key that is revoked is missing
    from the set, and is known for no longer than `interval`.
    """

    def __init__(
        self,
        *urls: str,
        cooldown: timedelta = timedelta(seconds=10),
        interval: timedelta = REFRESH_INTERVAL,
    ) -> None:
        """Fetch from one of `urls`, and from the next one once that fails."""
        self._urls = deque(urls)
        self.keys: Mapping[str, RSAPublicKey] = {}
        self.token_lifetime = MAX_LIFETIME
        self._document = b""  # that the keys are from
        self._client: httpx2.AsyncClient | None = None  # while `running`
        self._cooldown = cooldown.total_seconds()
        self._interval = interval.total_seconds()
        self._tried_at = self._found_nothing_at = -math.inf  # of time.monotonic()
        self._lock = asyncio.Lock()
        self._outage = Outage(logger, "JWKS fetch failed", "JWKS fetched again")

    async def refresh(self) -> bool:
        """Fetch the set unless that brought nothing new within the cooldown; tell whether it came.

        Concurrent callers share one fetch and its outcome.
        """
        known = self.keys
        async with self._lock:
            if self.keys is not known:
                return True
            if time.monotonic() - self._found_nothing_at < self._cooldown:
                return False
            return await self._try()

    async def follow(self, kids: Set[str]) -> None:
        """Fetch the set if it is not that of these keys, whatever the cooldown, once a second."""
        async with self._lock:
            late = time.monotonic() - self._tried_at >= FOLLOW_INTERVAL
            if late and self.keys.keys() != kids:
                await self._try()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Fetch the set, and again and again in the background for as long as the context lasts.

        It is there from the beginning, if it is to be had: who asks first is not refused for it.
        """
        async with _new_client() as client:
            self._client = client
            task = asyncio.create_task(self._run(came=await self._fetch()))
            try:
                yield
            finally:
                await end(task)
                self._client = None

    async def check(self) -> None:
        """Raise when no key is known, for the readiness of what needs them."""
        if not self.keys:
            raise InvalidKeySet("no keys yet")

    async def _run(self, *, came: bool) -> None:
        """Fetch the set until it comes, then again after each `interval`, for ever."""
        delay = 0.1
        while not came:
            await asyncio.sleep(delay)
            delay = min(delay * 2, 5.0)
            came = await self._fetch()
        while True:
            await asyncio.sleep(self._interval)
            async with self._lock:  # or what is older might come later
                await self._fetch()

    async def _try(self) -> bool:
        self._tried_at, known = time.monotonic(), self.keys.keys()
        came = await self._fetch()
        if self.keys.keys() == known:
            self._found_nothing_at = self._tried_at
        return came

    async def _fetch(self) -> bool:
        url = self._urls[0]
        try:
            async with asyncio.timeout(_FETCH_TIMEOUT):
                document = await self._get(url)
            if document != self._document:
                keys, self.token_lifetime = parse_jwks(document), lifetime_in(document)
                self.keys, self._document = keys, document
        except Exception as error:  # whatever it is, the keys known so far go on being used
            self._outage.goes_on(type(error).__name__, url=url)
            self._urls.rotate(-1)
            return False
        self._outage.ends()
        return True

    async def _get(self, url: str) -> bytes:
        if self._client is None:
            async with _new_client() as client:
                response = await client.get(url)
        else:
            response = await self._client.get(url)
        return response.raise_for_status().content


def _new_client() -> httpx2.AsyncClient:
    return httpx2.AsyncClient(timeout=None, trust_env=False)
