"""Write the email with a link that lets a new device sign in."""

from auth_service.accounts.confirmations import Confirmations, Purpose, lock_user
from auth_service.accounts.lookup import find_by_login
from auth_service.audit.service import Event, record_about
from auth_service.caller import Caller
from auth_service.email_requests.requests import Asked
from auth_service.errors import TooManyEmails
from auth_service.mail.outbox import Kind
from auth_service.models import User
from auth_service.verification.sending import count_sign_in_link


async def send_link(asked: Asked, *, confirmations: Confirmations) -> None:
    """Write the email, in a transaction, if the name is that of somebody who may have one now."""
    user = await find_by_login(asked.login)
    is_sent = user is not None and await _send(user, asked.caller, confirmations)
    await record_about(Event.SIGN_IN_LINK_REQUESTED, user, asked.caller, succeeded=is_sent)


async def _send(user: User, caller: Caller, confirmations: Confirmations) -> bool:
    if user.email is None or not user.is_active:
        return False
    try:
        await count_sign_in_link(user.email, is_verified=user.is_email_verified)
    except TooManyEmails:
        return False
    locked = await lock_user(user.id)
    if locked is None or locked.email != user.email:
        return False
    values = await confirmations.issue(locked, Purpose.SIGN_IN, email=user.email)
    values["address"] = caller.address
    await confirmations.outbox.put_for(locked, Kind.SIGN_IN_LINK, values, asked_by=caller)
    return True
