"""Brute force at the sign-in: rates that leak, and never a lock that strangers could close.

What was typed is counted, so that guesses at an email do not show on the phone of its account, and
where it was typed. A known device is counted by itself, because only its owner can use that up.
"""

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

from auth_service.accounts.devices import KnownDevice
from auth_service.audit.service import Event, record
from auth_service.caller import Caller
from auth_service.errors import TooManyTries
from auth_service.fields.identifiers import canonical_login
from auth_service.limits.buckets import BY_ADDRESS, Bucket, Limit, Try, admit, forgive, trying
from auth_service.models import User
from shared.values.addresses import subnet

BY_NAME = Limit(burst=10, interval=timedelta(minutes=6))
"""From all unknown places together. An account has two names, an email and a phone: that makes 20
guesses an hour, and 500 a day at most."""
BY_DEVICE = Limit(burst=10, interval=timedelta(minutes=6))
"""For guesses with a stolen device token, which nobody else can use up."""
_ONCE_AN_HOUR = Limit(burst=1, interval=timedelta(hours=1))


@asynccontextmanager
async def guessing(
    user: User | None, login: str, *, device: KnownDevice | None, caller: Caller
) -> AsyncIterator[Try]:
    """Count a try at a password; raises TooManyTries.

    A login that names nobody is treated alike.
    """
    try:
        async with trying(*_buckets(login, device, caller)) as this_try:
            yield this_try
    except TooManyTries as refused:
        await _record_once(refused.bucket, user, caller)
        raise


async def forgive_guesses(user: User) -> None:
    """Forget what was guessed at both names of an account."""
    await forgive(*(_by_name(name).key for name in (user.email, user.phone) if name))


def _buckets(login: str, device: KnownDevice | None, caller: Caller) -> tuple[Bucket, ...]:
    if device is not None:
        return (Bucket(f"sign-in:device:{device.id}", BY_DEVICE),)
    place = Bucket(f"sign-in:address:{subnet(caller.address)}", BY_ADDRESS)
    return (_by_name(login), place)


def _by_name(login: str) -> Bucket:
    name = ":".join(canonical_login(login) or ("", login))
    return Bucket(f"sign-in:name:{hashlib.sha256(name.encode()).hexdigest()}", BY_NAME)


async def _record_once(bucket: str, user: User | None, caller: Caller) -> None:
    """Write down a full bucket when it is first met, not each try that it refuses.

    It does the same, and takes the same time, whether or not there is such a user.
    """
    with suppress(TooManyTries):
        await admit(Bucket(f"recorded:{bucket}", _ONCE_AN_HOUR))
        subject_id = user.id if user else None
        await record(Event.SIGN_IN_THROTTLED, caller=caller, succeeded=False, subject_id=subject_id)
