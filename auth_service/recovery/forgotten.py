"""Use cases of a forgotten password: ask for a link, and set a new password by it.

Who asks learns nothing: what depends on whether there is such an account happens after the answer,
and happens even if this process ends in between.
"""

from tortoise.transactions import in_transaction

from auth_service.accounts.confirmations import Confirmations, Purpose
from auth_service.accounts.devices import forget_devices
from auth_service.accounts.sessions import end_sessions
from auth_service.audit.service import Event, record_about
from auth_service.caller import Caller
from auth_service.crypto.passwords import PasswordHasher
from auth_service.email_requests import requests
from auth_service.email_requests.requests import Asked
from auth_service.errors import InvalidLink
from auth_service.limits.buckets import BY_ADDRESS, Bucket, admit
from auth_service.mail.outbox import Kind
from auth_service.models import User
from auth_service.passwords.rules import refuse_guessable
from auth_service.recovery.schemas import PasswordReset
from auth_service.recovery.service import replace_password
from auth_service.sessions.guessing import forgive_guesses
from auth_service.verification.sending import LINK_REQUESTS
from auth_service.verification.service import mark_verified
from shared.values.addresses import subnet


async def request_link(login: str, *, caller: Caller, confirmations: Confirmations) -> None:
    """Write down that a link is asked for, whomever `login` names; raises TooManyTries.

    It is no guess: what it may cost is an email, and the mailboxes have limits of their own.
    """
    await admit(Bucket(f"forgot:address:{subnet(caller.address)}", LINK_REQUESTS))
    await confirmations.by_address.admit_email(caller)
    await requests.put(Asked(login, caller), box=confirmations.outbox.box)


async def reset_password(
    reset: PasswordReset, *, caller: Caller, hasher: PasswordHasher, confirmations: Confirmations
) -> None:
    """Set a new password by the token of a link; all sessions end, the email is verified.

    Only tokens that are not right are counted: nobody guesses one, and a right one is never kept
    waiting. Raises InvalidLink, TooManyTries, or UnprocessableEntity for a password that is easy to
    guess.
    """
    seen = await _whose(reset.token, confirmations)
    user = None
    if seen is not None:
        await refuse_guessable(
            reset.password, full_name=seen.full_name, email=seen.email, phone=seen.phone
        )
        new_hash = await hasher.hash(reset.password)
        user = await _reset(reset.token, new_hash, caller=caller, confirmations=confirmations)
    if user is None:
        await admit(Bucket(f"link:address:{subnet(caller.address)}", BY_ADDRESS))
        await record_about(Event.PASSWORD_RESET, seen, caller, succeeded=False)
        raise InvalidLink
    await forgive_guesses(user)


async def _whose(token: str, confirmations: Confirmations) -> User | None:
    """Look, before the long work of a hash, whether the token is good at all."""
    found = await confirmations.find(token, Purpose.RESET_PASSWORD)
    if found is None:
        return None
    return await User.get_or_none(id=found.user_id, is_active=True, email=found.email)


async def _reset(
    token: str, new_hash: str, *, caller: Caller, confirmations: Confirmations
) -> User | None:
    """Use up the token and set the password, in one transaction; None where it came too late."""
    async with in_transaction():
        used = await confirmations.use_token(token, Purpose.RESET_PASSWORD)
        if used is None:
            return None
        confirmation, user = used
        if user.email != confirmation.email or not await replace_password(user, new_hash):
            return None
        await end_sessions(user_id=user.id, because="password_reset")
        await forget_devices(user.id)
        await mark_verified(user, confirmation.email, caller=caller, outbox=confirmations.outbox)
        await record_about(Event.PASSWORD_RESET, user, caller, succeeded=True)
        values = {"address": caller.address}
        await confirmations.outbox.put_for(user, Kind.PASSWORD_CHANGED, values)
        return user
