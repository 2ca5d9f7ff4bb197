"""Tokens that were verified before need no second look at their signature."""

from collections import OrderedDict
from collections.abc import Mapping
from typing import Generic, TypeVar

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from shared import clock
from shared.access.authentication import KeySource, TokenVerifier
from shared.access.tokens import AccessClaims

CAPACITY = 4096
"""Tokens that are remembered at most; the oldest goes first."""

KeyT = TypeVar("KeyT", str, bytes)


class VerifiedTokens(Generic[KeyT]):
    """Claims of good tokens, by the tokens, for as long as the keys are those of `source`.

    Of more than `capacity` the oldest goes first. Whether they have expired is the caller's to see.
    """

    def __init__(self, source: KeySource, *, capacity: int) -> None:
        self._source = source
        self._capacity = capacity
        self._keys: Mapping[str, RSAPublicKey] = {}
        self._claims: OrderedDict[KeyT, AccessClaims] = (
            OrderedDict()
        )  # its first is found without a search

    def __len__(self) -> int:
        return len(self._claims)

    def get(self, token: KeyT) -> AccessClaims | None:
        """Return what was kept for `token` under the keys of now."""
        self._follow_keys()
        return self._claims.get(token)

    def keep(self, token: KeyT, claims: AccessClaims) -> None:
        """Remember `claims`, which the keys of now have verified."""
        self._follow_keys()
        if len(self._claims) >= self._capacity:
            self._claims.popitem(last=False)
        self._claims[token] = claims

    def forget(self, token: KeyT) -> None:
        """Forget a token that is there."""
        del self._claims[token]

    def _follow_keys(self) -> None:
        """Forget everything once the key set is another one."""
        keys = self._source.keys
        if keys is not self._keys:
            if keys != self._keys:
                self._claims.clear()
            self._keys = keys


class RememberingVerifier:
    """Verifies tokens, and remembers good ones for as long as they and the keys last."""

    def __init__(self, verifier: TokenVerifier, *, capacity: int = CAPACITY) -> None:
        self._verifier = verifier
        self._verified = VerifiedTokens[str](verifier.source, capacity=capacity)

    async def verify(self, token: str) -> AccessClaims:
        """Return the claims of `token`; raises what the verifier raises."""
        claims = self.recall(token)
        if claims is None:
            claims = await self._verifier.verify(token)
            self._verified.keep(token, claims)
        return claims

    def recall(self, token: str) -> AccessClaims | None:
        """Return the claims of a token that was verified before and still holds."""
        claims = self._verified.get(token)
        if claims is None or claims.expires_at > clock.timestamp():
            return claims
        self._verified.forget(token)
        return None
