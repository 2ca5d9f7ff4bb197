"""Write the email with a link that sets a new password."""

from auth_service.accounts.confirmations import Confirmations, Purpose, lock_user
from auth_service.accounts.lookup import find_by_login
from auth_service.audit.service import Event, record_about
from auth_service.caller import Caller
from auth_service.email_requests.requests import Asked
from auth_service.errors import TooManyEmails
from auth_service.mail.outbox import Kind
from auth_service.models import User
from auth_service.verification.sending import count_email


async def send_link(asked: Asked, *, confirmations: Confirmations) -> None:
    """Write the email, in a transaction, if the name is that of somebody who may have one now."""
    user = await find_by_login(asked.login)
    is_sent = user is not None and await _send(user, asked.caller, confirmations)
    if not is_sent:
        await record_about(Event.PASSWORD_RESET_REQUESTED, user, asked.caller, succeeded=False)


async def _send(user: User, caller: Caller, confirmations: Confirmations) -> bool:
    if user.email is None or not user.is_active:
        return False
    try:
        await count_email(user.email, Kind.RESET)
    except TooManyEmails:
        return False
    locked = await lock_user(user.id)
    if locked is None or locked.email != user.email:
        return False
    values = await confirmations.issue(locked, Purpose.RESET_PASSWORD, email=user.email)
    await confirmations.outbox.put_for(locked, Kind.RESET, values, asked_by=caller)
    await record_about(Event.PASSWORD_RESET_REQUESTED, locked, caller, succeeded=True)
    return True
