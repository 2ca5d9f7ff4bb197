"""Tokens that were verified before need no second look at their signature."""

from collections.abc import Mapping

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from shared import clock
from shared.authentication import TokenVerifier
from shared.tokens import AccessClaims

CAPACITY = 4096
"""Tokens that are remembered at most; the oldest goes first."""


class RememberingVerifier:
    """Verifies tokens, and remembers good ones for as long as they and the keys last."""

    def __init__(self, verifier: TokenVerifier, *, capacity: int = CAPACITY) -> None:
        self._verifier = verifier
        self._capacity = capacity
        self._keys: Mapping[str, RSAPublicKey] = {}
        self._verified: dict[str, AccessClaims] = {}

    async def verify(self, token: str) -> AccessClaims:
        """Return the claims of `token`; raises what the verifier raises."""
        claims = self.recall(token)
        if claims is None:
            claims = await self._verifier.verify(token)
            self._follow_keys()
            if len(self._verified) >= self._capacity:
                del self._verified[next(iter(self._verified))]
            self._verified[token] = claims
        return claims

    def recall(self, token: str) -> AccessClaims | None:
        """Return the claims of a token that was verified before and still holds."""
        self._follow_keys()
        claims = self._verified.get(token)
        if claims is None or claims.expires_at > clock.timestamp():
            return claims
        del self._verified[token]
        return None

    def _follow_keys(self) -> None:
        """Forget everything once the key set is another one."""
        keys = self._verifier.source.keys
        if keys is not self._keys:
            if keys != self._keys:
                self._verified.clear()
            self._keys = keys
