"""Brute force at the sign-in: exact limits by account and by address, and no lockout as a weapon.

An account that strangers guess at is closed to strangers: whoever comes from an address (IPv6: a
/64) at which the account has a running session has tries of his own.
"""

import hashlib
from dataclasses import dataclass

from auth_service.audit.service import Event, record
from auth_service.caller import Caller
from auth_service.errors import TooManyTries
from auth_service.identifiers import canonical_login
from auth_service.limits import (
    BY_ACCOUNT,
    BY_ADDRESS,
    Bucket,
    admit,
    forgive,
    give_back,
    is_full,
)
from auth_service.models import Session, User
from shared.addresses import subnet


@dataclass(frozen=True, slots=True)
class GuessingGuard:
    """Counts a try before the secret is looked at; `leave` says that it was right."""

    account: Bucket
    address: Bucket

    @classmethod
    async def enter(cls, user: User | None, login: str, *, caller: Caller) -> "GuessingGuard":
        """Count a try; raises TooManyTries. A login that names nobody is treated alike."""
        place = subnet(caller.address)
        guard = cls(_account_bucket(user, login), Bucket(f"sign-in:address:{place}", BY_ADDRESS))
        try:
            await admit(guard.account, guard.address)
        except TooManyTries:
            if user is None or not await guard._is_for_strangers_only(user, place):
                await _record_once(user, guard, caller)
                raise
            known = Bucket(f"{guard.account.key}:{place}", BY_ACCOUNT)
            guard = cls(known, guard.address)
            await admit(guard.account, guard.address)
        return guard

    async def _is_for_strangers_only(self, user: User, place: str) -> bool:
        """Tell whether only the account is closed, and its owner is signed in at this place."""
        return await is_full(self.account) and await _is_known_place(user, place)

    async def leave(self) -> None:
        """The secret was right: forget the account's tries, and give the address this one back."""
        await forgive(self.account.key)
        await give_back(self.address.key)


def _account_bucket(user: User | None, login: str) -> Bucket:
    name = str(user.id) if user else hashlib.sha256(_spelling(login).encode()).hexdigest()
    return Bucket(f"sign-in:account:{name}", BY_ACCOUNT)


def _spelling(login: str) -> str:
    return ":".join(canonical_login(login) or ("", login))


async def _is_known_place(user: User, place: str) -> bool:
    running = Session.filter(user_id=user.id, ended_at=None)
    addresses = await running.values_list("address", flat=True)
    return any(subnet(str(address)) == place for address in addresses if address)


async def _record_once(user: User | None, guard: GuessingGuard, caller: Caller) -> None:
    """Tell of a closed bucket when it is first met, not for every further guess."""
    told = Bucket(f"told:{guard.account.key}", BY_ACCOUNT)
    if not await is_full(told):
        await admit(told)
        subject = user.id if user else None
        await record(Event.SIGN_IN_THROTTLED, caller=caller, succeeded=False, subject_id=subject)
