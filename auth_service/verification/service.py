"""Use cases of an email address: verify it, ask for the email again, change it.

A verified person's next access token says so: nothing is revoked, nobody is logged out.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from tortoise.exceptions import IntegrityError
from tortoise.transactions import in_transaction

from auth_service.accounts.confirmations import (
    EMAIL_PURPOSES,
    Confirmations,
    Purpose,
    lock_user,
    make_void,
)
from auth_service.accounts.lookup import read
from auth_service.audit.service import Event, record
from auth_service.caller import Caller
from auth_service.errors import (
    EmailAlreadyVerified,
    EmailTaken,
    EmailUnchanged,
    InvalidCode,
    InvalidLink,
)
from auth_service.limits.buckets import BY_ADDRESS, Bucket, Limit, admit, trying
from auth_service.mail.outbox import Content, Kind, Outbox, language_of
from auth_service.models import Confirmation, User
from auth_service.verification.sending import count_email, send_verification
from shared import clock
from shared.access.principal import Principal
from shared.errors import Unauthorized
from shared.values.addresses import subnet

CODES = Limit(burst=5, interval=timedelta(minutes=1))
"""For a person who is signed in, beside the tries of each code."""


async def verify_by_code(
    principal: Principal, code: str, *, caller: Caller, confirmations: Confirmations
) -> None:
    """Confirm an email by the code of an email.

    Raises InvalidCode, TooManyTries, or EmailTaken where another account got it meanwhile.
    """
    async with trying(Bucket(f"code:account:{principal.user_id}", CODES)) as this_try:
        async with _email_taken(), in_transaction():
            use = await confirmations.use_code(principal.user_id, code)
            is_right = use.used is not None and await _confirm(
                *use.used, caller=caller, outbox=confirmations.outbox
            )
        if is_right or use.is_old:
            this_try.give_back()
    if not is_right:
        await _record_failure(caller, principal)
        raise InvalidCode


async def confirm_by_link(token: str, *, caller: Caller, confirmations: Confirmations) -> None:
    """Confirm an email, new or changed, by the token of an email's link.

    Only tokens that are not right are counted: nobody guesses one. Raises InvalidLink,
    TooManyTries, or EmailTaken where another account got it meanwhile.
    """
    async with _email_taken(), in_transaction():
        used = await confirmations.use_token(token, *EMAIL_PURPOSES)
        is_right = used is not None and await _confirm(
            *used, caller=caller, outbox=confirmations.outbox
        )
    if not is_right:
        await admit(Bucket(f"link:address:{subnet(caller.address)}", BY_ADDRESS))
        await _record_failure(caller)
        raise InvalidLink


async def resend(principal: Principal, *, caller: Caller, confirmations: Confirmations) -> None:
    """Send another code and link; raises EmailAlreadyVerified or TooManyEmails."""
    seen = await read(principal.user_id)
    if seen.is_email_verified or seen.email is None:
        raise EmailAlreadyVerified
    await confirmations.by_address.admit_email(caller)
    await count_email(seen.email, Kind.VERIFY)
    async with in_transaction():
        user = await lock_user(seen.id)
        if user is None:
            raise Unauthorized("no_such_user")
        if user.is_email_verified:
            raise EmailAlreadyVerified
        await send_verification(user, caller=caller, confirmations=confirmations)


async def request_email_change(
    user: User, new_email: str, *, caller: Caller, confirmations: Confirmations
) -> None:
    """Ask the new address for a confirmation; until then nothing changes.

    The caller has proven to know the password; `new_email` is canonical. Raises
    EmailUnchanged, EmailTaken, TooManyEmails. A request for another address makes an earlier one
    void.
    """
    if new_email == user.email:
        raise EmailUnchanged
    if await User.exists(email=new_email):
        raise EmailTaken
    await confirmations.by_address.admit_email(caller)
    await count_email(new_email, Kind.CONFIRM_EMAIL)
    async with in_transaction():
        locked = await lock_user(user.id)
        if locked is None:
            raise Unauthorized("no_such_user")
        await make_void(locked.id, Purpose.CHANGE_EMAIL, but_email=new_email)
        values = await confirmations.issue(locked, Purpose.CHANGE_EMAIL, email=new_email)
        content = Content(new_email, language_of(locked, asked_by=caller), values)
        await confirmations.outbox.put(Kind.CONFIRM_EMAIL, content, user_id=locked.id)
        await _record(Event.EMAIL_CHANGE_REQUESTED, locked, caller)


async def mark_verified(user: User, email: str, *, caller: Caller, outbox: Outbox) -> bool:
    """Mark the email of `user`, who is locked, as verified; return whether it is still the same."""
    if user.email != email:
        return False
    unverified = User.filter(id=user.id, email=email, is_active=True, is_email_verified=False)
    if await unverified.update(is_email_verified=True, updated_at=clock.now()):
        user.is_email_verified = True
        await make_void(user.id, Purpose.VERIFY_EMAIL)
        await _record(Event.EMAIL_VERIFIED, user, caller)
        await outbox.put_for(user, Kind.WELCOME, {})
    return True


async def _confirm(
    confirmation: Confirmation, user: User, *, caller: Caller, outbox: Outbox
) -> bool:
    if confirmation.purpose == Purpose.VERIFY_EMAIL:
        return await mark_verified(user, confirmation.email, caller=caller, outbox=outbox)
    await User.filter(id=user.id).update(
        email=confirmation.email, is_email_verified=True, updated_at=clock.now()
    )
    await make_void(user.id, *Purpose)  # what was sent to the old address is good for nothing
    await _record(Event.EMAIL_CHANGED, user, caller)
    await outbox.put_for(user, Kind.EMAIL_CHANGED, {"address": caller.address})
    return True


@asynccontextmanager
async def _email_taken() -> AsyncIterator[None]:
    """The one thing that can be in the way of a confirmed change."""
    try:
        yield
    except IntegrityError:
        raise EmailTaken from None


async def _record(event: Event, user: User, caller: Caller) -> None:
    await record(event, caller=caller, actor_id=user.id, subject_id=user.id)


async def _record_failure(caller: Caller, principal: Principal | None = None) -> None:
    person = principal.user_id if principal else None
    await record(
        Event.EMAIL_VERIFIED, caller=caller, succeeded=False, actor_id=person, subject_id=person
    )
