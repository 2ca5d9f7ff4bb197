"""Whose request it is: the bearer token, verified once, remembered, and refused once revoked."""

from collections.abc import Sequence
from typing import Protocol

from gateway.access.revocations import UNSETTLED, Snapshot
from shared import clock
from shared.access.authentication import TokenVerifier, only_token
from shared.access.tokens import AccessClaims, InvalidToken, UnknownKey
from shared.access.verified_tokens import VerifiedTokens
from shared.errors import ServiceUnavailable, Unauthorized

CAPACITY = 65_536
"""Tokens that are remembered at most; the oldest goes first."""


_SPACES = b"  "


class RevocationSource(Protocol):
    """Where an authenticator learns what is revoked; raises ServiceUnavailable when unknown."""

    @property
    def awaiting_keys(self) -> bool:
        """A key is honoured that the key set lacks so far."""

    def current(self) -> Snapshot:
        """Return what is known now."""

    async def newer(self) -> Snapshot:
        """Return what is known after another look."""


class Authenticator:
    """Remembers verified tokens only, and only under the keys that they were verified with.

    Raises ServiceUnavailable for a good token while it is not known what is revoked; without one
    it is a 401 even then.
    """

    def __init__(
        self, verifier: TokenVerifier, revocations: RevocationSource, *, capacity: int = CAPACITY
    ) -> None:
        self._verifier = verifier
        self._revocations = revocations
        self._verified = VerifiedTokens[bytes](verifier.source, capacity=capacity)
        self.recalled = self.missed = 0  # times that a token was found in memory, and was not

    @property
    def remembered(self) -> int:
        """The number of tokens in memory."""
        return len(self._verified)

    def recall(self, authorization: Sequence[bytes]) -> AccessClaims | None:
        """Return the claims of a token that was verified before and still holds."""
        name = authorization[0] if len(authorization) == 1 else b""
        claims = self._verified.get(name)
        if claims is None and _SPACES in name:
            name = _usual(name)
            claims = self._verified.get(name)
        if claims is None:
            self.missed += 1
            return None
        snapshot = self._revocations.current()
        if claims.expires_at > clock.timestamp() and snapshot.reason_against(claims) is None:
            self.recalled += 1
            return claims
        self._verified.forget(name)
        self.missed += 1
        return None

    def verify_now(self, authorization: Sequence[bytes]) -> AccessClaims | None:
        """Return the claims of the one token, or None where that takes waiting.

        Raises Unauthorized, or ServiceUnavailable while nothing is known of revocations.
        """
        try:
            token = only_token(authorization)
            claims = self._verifier.verify_synchronously(token)
        except UnknownKey:
            return None
        except InvalidToken as error:
            raise Unauthorized(error.reason) from None
        reason = self._revocations.current().reason_against(claims)
        if reason in UNSETTLED:
            return None
        if reason is not None:
            raise Unauthorized(reason)
        self._verified.keep(_usual(authorization[0]), claims)
        return claims

    async def verify(self, authorization: Sequence[bytes]) -> AccessClaims:
        """Return the claims of the one token in the Authorization fields, however long that takes.

        Raises Unauthorized, or ServiceUnavailable while no key is known.
        """
        try:
            token = only_token(authorization)
            claims = await self._verifier.verify(token)
        except UnknownKey as error:
            if self._revocations.awaiting_keys:
                raise ServiceUnavailable from None
            raise Unauthorized(error.reason) from None
        except InvalidToken as error:
            raise Unauthorized(error.reason) from None
        await self._refuse_revoked(claims)
        self._verified.keep(_usual(authorization[0]), claims)
        return claims

    async def _refuse_revoked(self, claims: AccessClaims) -> None:
        reason = self._revocations.current().reason_against(claims)
        if reason in UNSETTLED:  # or the token is so new that this snapshot does not know better
            reason = (await self._revocations.newer()).reason_against(claims)
        if reason is not None:
            raise Unauthorized(reason)


def _usual(authorization: bytes) -> bytes:
    """Return the field with one space in it, so that a token is remembered once."""
    scheme, _, token = authorization.partition(b" ")
    return scheme + b" " + token.lstrip(b" ")
