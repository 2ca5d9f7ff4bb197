"""What people do to their own accounts."""

from tortoise.exceptions import IntegrityError

from auth_service.accounts.archiving import archive
from auth_service.accounts.confirmations import Confirmations
from auth_service.accounts.folding import with_words
from auth_service.accounts.locking import lock
from auth_service.accounts.lookup import read, taken
from auth_service.accounts.proof import prove_password
from auth_service.audit.attempts import attempt
from auth_service.audit.service import Event, record
from auth_service.caller import Caller
from auth_service.crypto.passwords import PasswordHasher
from auth_service.errors import NoSuchUser, WrongPassword
from auth_service.mail.outbox import Kind, Outbox
from auth_service.models import User
from auth_service.users.schemas import AccountDeletion, EmailChange, PhoneChange, ProfileChange
from auth_service.users.service import chosen
from auth_service.verification.service import request_email_change
from shared import clock
from shared.access.principal import Principal
from shared.errors import Unauthorized


async def change_profile(principal: Principal, change: ProfileChange, *, caller: Caller) -> User:
    """Change what needs no further proof; return the account as it is then."""
    changes = chosen(change)
    if changes:
        async with attempt(
            Event.PROFILE_CHANGED,
            caller=caller,
            actor_id=principal.user_id,
            subject_id=principal.user_id,
            session_id=principal.session_id,
            fields=sorted(change.model_fields_set),
        ):
            own = User.filter(id=principal.user_id, is_active=True)
            await own.update(**with_words(changes), updated_at=clock.now())
    return await read(principal.user_id)


async def change_email(
    principal: Principal,
    change: EmailChange,
    *,
    caller: Caller,
    hasher: PasswordHasher,
    confirmations: Confirmations,
) -> None:
    """Send an email to the new address; the change takes effect when it is confirmed there.

    Raises WrongPassword, TooManyTries, EmailUnchanged, EmailTaken or TooManyEmails.
    """
    user = await _prove(
        Event.EMAIL_CHANGE_REQUESTED,
        principal,
        change.current_password,
        caller=caller,
        hasher=hasher,
    )
    await request_email_change(user, change.email, caller=caller, confirmations=confirmations)


async def change_phone(
    principal: Principal,
    change: PhoneChange,
    *,
    caller: Caller,
    hasher: PasswordHasher,
    outbox: Outbox,
) -> None:
    """Set another phone, immediately: it is a name to sign in with, and is not verified.

    Raises WrongPassword, TooManyTries or PhoneTaken. The owner learns of it by email.
    """
    user = await _prove(
        Event.PHONE_CHANGED, principal, change.current_password, caller=caller, hasher=hasher
    )
    if user.phone == change.phone:
        return
    async with attempt(
        Event.PHONE_CHANGED,
        caller=caller,
        actor_id=user.id,
        subject_id=user.id,
        session_id=principal.session_id,
    ):
        await _set_phone(user, change.phone)
        await outbox.put_for(user, Kind.PHONE_CHANGED, {"address": caller.address})


async def delete_account(
    principal: Principal, deletion: AccountDeletion, *, caller: Caller, hasher: PasswordHasher
) -> None:
    """Archive one's own account: see `archive`.

    Raises WrongPassword, TooManyTries, or LastAdministrator.
    """
    user = await _prove(
        Event.ACCOUNT_DELETED, principal, deletion.current_password, caller=caller, hasher=hasher
    )
    async with attempt(
        Event.ACCOUNT_DELETED,
        caller=caller,
        actor_id=user.id,
        subject_id=user.id,
        session_id=principal.session_id,
    ):
        try:
            locked = await lock(user.id)
        except NoSuchUser:
            raise Unauthorized("no_such_user") from None
        if locked.user.password_hash != user.password_hash or not locked.user.is_active:
            raise Unauthorized("account_changed")
        locked.require_another_administrator()
        await archive(user.id, because="deleted_by_owner")


async def _set_phone(user: User, phone: str) -> None:
    """Store a phone for an account that has not changed since; raises PhoneTaken."""
    unchanged = User.filter(id=user.id, is_active=True, password_hash=user.password_hash)
    try:
        if not await unchanged.update(phone=phone, updated_at=clock.now()):
            raise Unauthorized("account_changed")
    except IntegrityError as error:
        raise taken(error) from None


async def _prove(
    event: Event, principal: Principal, password: str, *, caller: Caller, hasher: PasswordHasher
) -> User:
    try:
        return await prove_password(principal, password, hasher=hasher)
    except WrongPassword:
        await record(
            event,
            caller=caller,
            succeeded=False,
            actor_id=principal.user_id,
            subject_id=principal.user_id,
            session_id=principal.session_id,
            reason=WrongPassword.error or "",
        )
        raise
