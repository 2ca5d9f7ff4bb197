"""Use cases of an account."""

from typing import Any
from uuid import UUID

from tortoise.exceptions import IntegrityError
from tortoise.transactions import in_transaction

from auth_service.audit.service import Event, record
from auth_service.caller import Caller
from auth_service.crypto.passwords import PasswordHasher
from auth_service.errors import EmailTaken, PhoneTaken
from auth_service.identifiers import canonical_login
from auth_service.models import User
from auth_service.password_rules import refuse_guessable
from auth_service.tallies import REGISTRATIONS
from auth_service.users.schemas import Registration
from auth_service.verification.confirmations import Confirmations
from auth_service.verification.sending import send_first_verification
from shared import clock
from shared.errors import ServiceError, Unauthorized
from shared.schemas import Schema
from shared.translation import DEFAULT_LANGUAGE

_TAKEN: dict[str, type[ServiceError]] = {
    "users_email_key": EmailTaken,
    "users_phone_key": PhoneTaken,
}


async def register(
    registration: Registration,
    *,
    caller: Caller,
    hasher: PasswordHasher,
    confirmations: Confirmations,
    default_time_zone: str,
) -> User:
    """Create an account that can sign in at once, and a letter to verify its email with.

    Raises EmailTaken, PhoneTaken, TooManyLetters, TooManyTries, or UnprocessableEntity for a
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


async def find_by_login(login: str) -> User | None:
    """Return whom an email or a phone names, in whatever spelling a person uses."""
    name = canonical_login(login)
    if name is None:
        return None
    kind, value = name
    return await User.filter(**{kind: value}).get_or_none()


async def read(user_id: UUID) -> User:
    """Return the account that an access token was issued for; raises Unauthorized if it is gone."""
    user = await User.get_or_none(id=user_id, is_active=True)
    if user is None:
        raise Unauthorized("no_such_user")
    return user


def taken(error: IntegrityError) -> Exception:
    """Tell by the violated constraint's name which identifier is taken."""
    constraint = getattr(error.args[0], "constraint_name", None)
    known = _TAKEN.get(str(constraint))
    return known() if known else error
