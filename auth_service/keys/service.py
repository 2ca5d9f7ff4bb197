"""Use cases of signing keys: make, rotate, revoke, import; replicas agree through the database.

A key is published before it signs, so that every verifier knows it in time, and goes on being
published until the last token that it signed has expired.
"""

import asyncio
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from tortoise.exceptions import IntegrityError
from tortoise.expressions import Q
from tortoise.transactions import in_transaction

from auth_service.audit.service import Event, record
from auth_service.caller import Caller
from auth_service.crypto.signing_keys import SigningKeyPair
from auth_service.keys.issued_lifetimes import longest_lifetime
from auth_service.keys.states import State
from auth_service.models import SigningKey
from shared import clock
from shared.access.tokens import CLOCK_TOLERANCE
from shared.secret_box import SecretBox

PURPOSE = "signing key"
UNATTENDED = Caller(user_agent="auth_service")

logger = logging.getLogger(__name__)


class UnusableKey(Exception):
    """What was asked of a key cannot be done; the message says why."""


@dataclass(frozen=True, slots=True)
class KeyPolicy:
    """How long keys live in each state."""

    rotation_interval: timedelta
    published_ahead: timedelta
    access_token_lifetime: timedelta


async def honoured_after(policy: KeyPolicy) -> timedelta:
    """Return how long a retired key's tokens may still be valid."""
    longest = await longest_lifetime(policy.access_token_lifetime)
    return longest + timedelta(seconds=CLOCK_TOLERANCE)


class KeyStore:
    """The signing keys in the database, sealed with the service's secrets."""

    def __init__(self, box: SecretBox, policy: KeyPolicy) -> None:
        self._box = box
        self._policy = policy

    async def longest_lifetime(self) -> timedelta:
        """Return the longest life of the access tokens that may be out."""
        return await longest_lifetime(self._policy.access_token_lifetime)

    async def valid(self) -> list[SigningKey]:
        """Return the keys whose tokens are honoured, the oldest first."""
        cutoff = clock.now() - await honoured_after(self._policy)
        honoured = Q(state__in=[State.CURRENT, State.NEXT]) | Q(
            state=State.PREVIOUS, retired_at__gt=cutoff
        )
        return await SigningKey.filter(honoured).order_by("created_at", "kid")

    async def all(self) -> list[SigningKey]:
        """Return every key that there is a row of, the oldest first."""
        return await SigningKey.all().order_by("created_at", "kid")

    def open(self, row: SigningKey) -> SigningKeyPair:
        """Return the key pair; raises CannotOpen."""
        der = self._box.open(bytes(row.sealed_private_key), purpose=PURPOSE)
        return SigningKeyPair.from_der(der)

    async def make_missing(self) -> None:
        """Make the current and the next key where there is none; of several makers one wins."""
        for state in (State.CURRENT, State.NEXT):
            if not await SigningKey.filter(state=state).exists():
                pair = await _generate()
                try:
                    await self._create(pair, state)
                    logger.info("made a signing key", extra={"kid": pair.kid, "state": state})
                except IntegrityError:
                    logger.info("another process made the signing key", extra={"state": state})

    async def seal_again(self) -> int:
        """Seal every key with the first of the secrets; return how many were not.

        Before that no secret can be taken out of the list. Raises CannotOpen.
        """
        changed = 0
        for row in await SigningKey.all():
            sealed = bytes(row.sealed_private_key)
            if not self._box.is_sealed_with_the_first(sealed, purpose=PURPOSE):
                plain = self._box.open(sealed, purpose=PURPOSE)
                again = self._box.seal(plain, purpose=PURPOSE)
                same = SigningKey.filter(kid=row.kid, sealed_private_key=sealed)
                changed += await same.update(sealed_private_key=again)
        return changed

    async def rotate(self, caller: Caller = UNATTENDED) -> str | None:
        """Let the next key sign from now on; return its `kid`, or None if another was quicker.

        Raises UnusableKey while the next key has not been published for long enough.
        """
        successor = await _generate()
        async with in_transaction():
            upcoming = await SigningKey.filter(state=State.NEXT).select_for_update().first()
            if upcoming is None:
                return None
            self._check_published(upcoming)
            return await self._promote(upcoming, successor, caller)

    async def rotate_if_due(self) -> str | None:
        """Rotate when the current key has signed for long enough; return the new one's `kid`."""
        due = clock.now() - self._policy.rotation_interval
        if not await SigningKey.filter(state=State.CURRENT, activated_at__lte=due).exists():
            return None
        try:
            return await self.rotate()
        except UnusableKey:
            return None

    async def revoke(self, kid: str, caller: Caller = UNATTENDED) -> None:
        """Honour nothing that this key has signed, from now on; raises UnusableKey.

        When it is the one that signs, the next one takes over immediately.
        """
        successor = await _generate()
        async with in_transaction():
            row = await SigningKey.filter(kid=kid).select_for_update().first()
            if row is None or row.state == State.REVOKED:
                raise UnusableKey(f"There is no valid key {kid}.")
            await self._retire(row.kid, State.REVOKED)
            await record(Event.KEY_REVOKED, caller=caller, kid=kid)
            if row.state == State.CURRENT:
                upcoming = await SigningKey.filter(state=State.NEXT).select_for_update().first()
                if upcoming is not None:
                    await self._activate(upcoming)
            await self._create_if_free(successor)

    async def import_next(self, pair: SigningKeyPair, caller: Caller = UNATTENDED) -> None:
        """Make `pair` the next key, in place of the one that was; raises UnusableKey."""
        try:
            async with in_transaction():
                await SigningKey.filter(state=State.NEXT, kid__not=pair.kid).delete()
                await self._create(pair, State.NEXT)
                await record(Event.KEY_IMPORTED, caller=caller, kid=pair.kid)
        except IntegrityError:
            raise UnusableKey(f"The key {pair.kid} is here already.") from None

    async def forget_expired(self) -> int:
        """Remove previous keys whose tokens have all expired; return how many."""
        cutoff = clock.now() - 2 * await honoured_after(self._policy)
        return await SigningKey.filter(state=State.PREVIOUS, retired_at__lt=cutoff).delete()

    async def _promote(
        self, upcoming: SigningKey, successor: SigningKeyPair, caller: Caller
    ) -> str | None:
        current = await SigningKey.filter(state=State.CURRENT).select_for_update().first()
        if current is not None:
            await self._retire(current.kid, State.PREVIOUS)
        await self._activate(upcoming)
        await self._create(successor, State.NEXT)
        await record(Event.KEY_ROTATED, caller=caller, kid=upcoming.kid)
        return upcoming.kid

    async def _retire(self, kid: str, state: State) -> None:
        await SigningKey.filter(kid=kid).update(state=state, retired_at=clock.now())

    async def _activate(self, row: SigningKey) -> None:
        await SigningKey.filter(kid=row.kid).update(state=State.CURRENT, activated_at=clock.now())

    async def _create(self, pair: SigningKeyPair, state: State) -> None:
        await SigningKey.create(
            kid=pair.kid,
            state=state,
            sealed_private_key=self._box.seal(pair.to_der(), purpose=PURPOSE),
            public_jwk=pair.public_jwk(),
            activated_at=clock.now() if state is State.CURRENT else None,
        )

    async def _create_if_free(self, pair: SigningKeyPair) -> None:
        if not await SigningKey.filter(state=State.NEXT).exists():
            await self._create(pair, State.NEXT)

    def _check_published(self, upcoming: SigningKey) -> None:
        ready_at: datetime = upcoming.created_at + self._policy.published_ahead
        if clock.now() < ready_at:
            raise UnusableKey(
                f"The next key {upcoming.kid} is published since {upcoming.created_at:%H:%M:%S} "
                f"UTC only; verifiers know it from {ready_at:%H:%M:%S} UTC on."
            )


async def _generate() -> SigningKeyPair:
    return await asyncio.to_thread(SigningKeyPair.generate)
