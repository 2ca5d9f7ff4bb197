"""Use cases of an account."""

from typing import Any

from tortoise.exceptions import IntegrityError
from tortoise.transactions import in_transaction

from auth_service.accounts.confirmations import Confirmations
from auth_service.accounts.lookup import taken
from auth_service.audit.service import Event, record
from auth_service.caller import Caller
from auth_service.crypto.passwords import PasswordHasher
from auth_service.models import User
from auth_service.passwords.rules import refuse_guessable
from auth_service.tallies import REGISTRATIONS
from auth_service.users.schemas import Registration
from auth_service.verification.sending import send_first_verification
from shared import clock
from shared.language.translation import DEFAULT_LANGUAGE
from shared.values.schemas import Schema


async def register(
    registration: Registration,
    *,
    caller: Caller,
    hasher: PasswordHasher,
    confirmations: Confirmations,
    default_time_zone: str,
) -> User:
    """Create an account that can sign in immediately, and an email to verify its address.

    Raises EmailTaken, PhoneTaken, TooManyEmails, TooManyTries, or UnprocessableEntity for a
    password that others can guess.
    """
    await refuse_guessable(
        registration.password,
        full_name=registration.full_name,
        email=registration.email,
        phone=registration.phone,
    )
    await confirmations.by_address.admit_registration(caller)
    password_hash = await hasher.hash(registration.password)
    now = clock.now()
    try:
        async with in_transaction():
            user = await User.create(
                full_name=registration.full_name,
                email=registration.email,
                phone=registration.phone,
                language=registration.language or caller.language or DEFAULT_LANGUAGE,
                is_language_chosen=registration.language is not None,
                time_zone=registration.time_zone or default_time_zone,
                password_hash=password_hash,
                created_at=now,
                updated_at=now,
            )
            await record(Event.REGISTERED, caller=caller, actor_id=user.id, subject_id=user.id)
            await send_first_verification(user, caller=caller, confirmations=confirmations)
    except IntegrityError as error:
        await record(Event.REGISTERED, caller=caller, succeeded=False)
        raise taken(error) from None
    REGISTRATIONS.count()
    return user


def chosen(change: Schema) -> dict[str, Any]:
    """Return the columns that a change of a profile sets; a language is chosen by it."""
    changes = change.model_dump(exclude_unset=True)
    return {**changes, "is_language_chosen": True} if "language" in changes else changes
