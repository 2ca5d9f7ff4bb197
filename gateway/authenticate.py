"""Whose request it is: the bearer token, verified once and then remembered."""

from collections.abc import Mapping

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from shared import clock
from shared.authentication import TokenVerifier, bearer_token
from shared.errors import Unauthorized
from shared.tokens import AccessClaims, InvalidToken

CAPACITY = 10_000
"""Tokens that are remembered at most; the oldest goes first."""


class Authenticator:
    """Remembers verified tokens only, and only under the keys that they were verified with."""

    def __init__(self, verifier: TokenVerifier, *, capacity: int = CAPACITY) -> None:
        self._verifier = verifier
        self._capacity = capacity
        self._keys: Mapping[str, RSAPublicKey] = {}
        self._verified: dict[bytes, AccessClaims] = {}

    @property
    def remembered(self) -> int:
        """The number of tokens in memory."""
        return len(self._verified)

    def recall(self, authorization: list[bytes]) -> AccessClaims | None:
        """Return the claims of a token that was verified before and still holds."""
        self._follow_keys()
        if len(authorization) != 1:
            return None
        claims = self._verified.get(authorization[0])
        if claims is None or claims.expires_at > clock.timestamp():
            return claims
        del self._verified[authorization[0]]
        return None

    async def verify(self, authorization: list[bytes]) -> AccessClaims:
        """Return the claims of the one token in the Authorization fields.

        Raises Unauthorized, or ServiceUnavailable while no key is known.
        """
        try:
            token = bearer_token((b"authorization", value) for value in authorization)
            claims = await self._verifier.verify(token)
        except InvalidToken as error:
            raise Unauthorized(error.reason) from None
        self._follow_keys()
        if len(self._verified) >= self._capacity:
            del self._verified[next(iter(self._verified))]
        self._verified[authorization[0]] = claims
        return claims

    def _follow_keys(self) -> None:
        """Forget everything once the key set is another one."""
        keys = self._verifier.source.keys
        if keys is not self._keys:
            if keys != self._keys:
                self._verified.clear()
            self._keys = keys
