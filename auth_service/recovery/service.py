"""Use cases of a password: change it."""

from tortoise.expressions import F
from tortoise.transactions import in_transaction

from auth_service.accounts.confirmations import Purpose, make_void
from auth_service.accounts.devices import forget_other_devices
from auth_service.accounts.proof import prove_password
from auth_service.accounts.sessions import end_sessions
from auth_service.audit.service import Event, record
from auth_service.caller import Caller
from auth_service.crypto.passwords import PasswordHasher
from auth_service.errors import WrongPassword
from auth_service.mail.outbox import Kind, Outbox
from auth_service.models import User
from auth_service.passwords.rules import refuse_guessable
from auth_service.recovery.schemas import PasswordChange
from shared import clock
from shared.access.principal import Principal


async def change_password(
    principal: Principal,
    change: PasswordChange,
    *,
    caller: Caller,
    hasher: PasswordHasher,
    outbox: Outbox,
) -> None:
    """Set a new password, end all other sessions and revoke all access tokens.

    Raises WrongPassword or TooManyTries. Of two concurrent changes one wins: the other no longer
    knows the current password.
    """
    try:
        user = await prove_password(principal, change.current_password, hasher=hasher)
    except WrongPassword:
        await _record(principal, caller, succeeded=False)
        raise
    await refuse_guessable(
        change.password, full_name=user.full_name, email=user.email, phone=user.phone
    )
    new_hash = await hasher.hash(change.password)
    async with in_transaction():
        if not await replace_password(user, new_hash):
            raise WrongPassword
        await end_sessions(
            user_id=user.id, id__not=principal.session_id, because="password_changed"
        )
        await forget_other_devices(user.id, principal.session_id)
        await _record(principal, caller, succeeded=True)
        await outbox.put_for(user, Kind.PASSWORD_CHANGED, {"address": caller.address})


async def replace_password(seen: User, new_hash: str) -> bool:
    """Store the new hash unless the account has changed since it was `seen`; tell whether.

    Access tokens issued before are revoked, and links that were asked for before are void: who
    knew the old password may have asked. Call it in a transaction.
    """
    unchanged = User.filter(id=seen.id, is_active=True, password_hash=seen.password_hash)
    now = clock.now()
    is_stored = await unchanged.update(
        password_hash=new_hash,
        password_change_required=False,
        token_version=F("token_version") + 1,
        tokens_revoked_at=now,
        updated_at=now,
    )
    if is_stored:
        await make_void(seen.id, Purpose.RESET_PASSWORD, Purpose.CHANGE_EMAIL, Purpose.SIGN_IN)
    return bool(is_stored)


async def _record(principal: Principal, caller: Caller, *, succeeded: bool) -> None:
    await record(
        Event.PASSWORD_CHANGED,
        caller=caller,
        succeeded=succeeded,
        actor_id=principal.user_id,
        subject_id=principal.user_id,
        session_id=principal.session_id,
    )
