"""Send a person what verifies their address, and never too many emails to one mailbox."""

import hashlib
from contextlib import suppress
from datetime import timedelta

from auth_service.accounts.confirmations import Confirmations, Purpose
from auth_service.audit.service import Event, record
from auth_service.caller import Caller
from auth_service.errors import TooManyEmails, TooManyTries
from auth_service.limits.buckets import Bucket, Limit, admit
from auth_service.mail.outbox import Kind
from auth_service.models import User

_MINUTE, _TEN_MINUTES = timedelta(minutes=1), timedelta(minutes=10)

ONE_A_MINUTE = Limit(burst=1, interval=_MINUTE)
THREE_IN_TEN_MINUTES = Limit(burst=3, interval=_TEN_MINUTES / 3)
TEN_IN_TEN_MINUTES = Limit(burst=10, interval=_TEN_MINUTES / 10)
LINK_REQUESTS = Limit(burst=60, interval=timedelta(seconds=1))
"""For links, from one address: as many as an office could ask for on its worst morning."""


async def send_verification(user: User, *, caller: Caller, confirmations: Confirmations) -> None:
    """Write the email with code and link, in the transaction of its cause.

    The caller has made or locked `user`, who has an address, and counted the email.
    """
    assert user.email is not None  # noqa: S101 - only an archived account has none
    values = await confirmations.issue(user, Purpose.VERIFY_EMAIL, email=user.email)
    await confirmations.outbox.put_for(user, Kind.VERIFY, values, asked_by=caller)
    await record(Event.VERIFICATION_SENT, caller=caller, actor_id=user.id, subject_id=user.id)


async def send_first_verification(
    user: User, *, caller: Caller, confirmations: Confirmations
) -> None:
    """Send a new account its first email, in its transaction; raises TooManyEmails.

    It counts for the next one; only ten names of one mailbox in ten minutes are too many.
    """
    name = mailbox(user.email or "")
    with suppress(TooManyEmails):
        await _admit(_one(name, Kind.VERIFY))
    await _admit(_ten(name))
    await send_verification(user, caller=caller, confirmations=confirmations)


async def count_email(email: str, kind: Kind) -> None:
    """Count an email that is asked for (again).

    Raises TooManyEmails within a minute of one of its kind, and beyond ten in ten minutes. What
    strangers can ask for has a share of that, so that they cannot keep others from theirs.
    """
    name = mailbox(email)
    buckets = [_one(name, kind), _ten(name)]
    if kind is not Kind.VERIFY:
        buckets.append(Bucket(f"letter:share:{kind}:{name}", THREE_IN_TEN_MINUTES))
    await _admit(*buckets)


async def count_sign_in_link(email: str, *, is_verified: bool) -> None:
    """Count an email with a link to sign in by; raises TooManyEmails.

    A verified address is counted by itself: emails that strangers ask for, or have sent to other
    names of the same mailbox, take none of these from its owner.
    """
    kind, own = Kind.SIGN_IN_LINK, _digest(email)
    buckets = [_one(own, kind), Bucket(f"letter:share:{kind}:{own}", THREE_IN_TEN_MINUTES)]
    if not is_verified:
        buckets.append(_ten(mailbox(email)))
    await _admit(*buckets)


def mailbox(email: str) -> str:
    """Return what emails are counted by, as a digest: with any +tag it is the same mailbox."""
    local, _, domain = email.rpartition("@")
    name = f"{local.partition('+')[0] or local}@{domain}"
    return _digest(name)


def _digest(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


def _one(name: str, kind: Kind) -> Bucket:
    return Bucket(f"letter:minute:{kind}:{name}", ONE_A_MINUTE)


def _ten(name: str) -> Bucket:
    return Bucket(f"letter:ten-minutes:{name}", TEN_IN_TEN_MINUTES)


async def _admit(*buckets: Bucket) -> None:
    try:
        await admit(*buckets)
    except TooManyTries as error:
        raise TooManyEmails(error.retry_after) from None
