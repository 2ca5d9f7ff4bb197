"""Administrators made at the command line, the first of them by the first start."""

import asyncio
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from tortoise.exceptions import IntegrityError
from tortoise.transactions import in_transaction

from auth_service.actor import OPERATOR
from auth_service.audit.service import Event, record
from auth_service.crypto.passwords import PasswordHasher
from auth_service.models import User
from auth_service.passwords.common import Known, objections
from auth_service.passwords.rules import SPECIAL_CHARACTERS
from shared.access.tokens import Role


class CannotMakeAdministrator(Exception):
    """The sentence says what is in the way and what to do."""


class AccountExists(CannotMakeAdministrator):
    """Email or phone belongs to somebody already."""


@dataclass(frozen=True, slots=True)
class FirstAdministrator:
    """Who it is; without a password one is made and written to `password_file`, mode 0600."""

    full_name: str
    email: str
    phone: str
    password: str | None
    password_file: Path | None


async def ensure_administrator(first: FirstAdministrator, *, hasher: PasswordHasher) -> User | None:
    """Create the first administrator unless there is one; return whom it created.

    Raises CannotMakeAdministrator. Of several that do this concurrently one account and one
    file come.
    """
    if await _is_there_one():
        return None
    try:
        return await create_administrator(first, hasher=hasher)
    except AccountExists:
        if await _is_there_one():  # another process was quicker
            return None
        raise CannotMakeAdministrator(
            f"{first.email} or {first.phone} belongs to an account that is no administrator; "
            "set AUTH_ADMIN_EMAIL and AUTH_ADMIN_PHONE to others."
        ) from None


async def forget_first_password(password_file: Path | None, *, hasher: PasswordHasher) -> bool:
    """Remove the file unless its password opens an administrator's account; tell whether it did.

    It does not once the password was changed, or when a backup brought other administrators.
    """
    password = _read_password(password_file)
    if password_file is None or password is None:
        return False
    owners = User.filter(
        roles__contains=[Role.ADMIN.value], password_change_required=True, archived_at=None
    )
    for owner in await owners:
        if (await hasher.verify(password, owner.password_hash)).is_valid:
            return False
    _remove(password_file)
    return True


async def create_administrator(new: FirstAdministrator, *, hasher: PasswordHasher) -> User:
    """Create an account with the role; until its password is changed it opens nothing else.

    Raises CannotMakeAdministrator.
    """
    password = new.password or _random_password()
    known = Known(new.full_name, new.email, new.phone)
    if found := await asyncio.to_thread(objections, password, known):
        too_easy, *advice = found
        raise CannotMakeAdministrator(
            f"The administrator's password {too_easy.lower()}. {' '.join(advice)}"
        )
    password_hash = await hasher.hash(password)
    try:
        async with in_transaction():
            user = await _create(new, password_hash)
            await record(Event.ADMINISTRATOR_CREATED, caller=OPERATOR.caller, subject_id=user.id)
            if new.password is None:
                _write_password(new.password_file, password)
            return user
    except IntegrityError:
        raise AccountExists(
            f"{new.email} or {new.phone} belongs to an account; set-role makes it an administrator."
        ) from None


async def _create(new: FirstAdministrator, password_hash: str) -> User:
    return await User.create(
        full_name=new.full_name,
        email=new.email,
        phone=new.phone,
        password_hash=password_hash,
        roles=[Role.USER.value, Role.ADMIN.value],
        is_email_verified=True,
        password_change_required=True,
    )


async def _is_there_one() -> bool:
    return await User.filter(roles__contains=[Role.ADMIN.value]).exists()


def _random_password() -> str:
    """Return 144 random bits in letters that keep the password rules."""
    return f"A{secrets.choice(SPECIAL_CHARACTERS)}{secrets.token_urlsafe(18)}"


def _read_password(path: Path | None) -> str | None:
    """Return what the file holds; None without one."""
    try:
        return path.read_text().strip() if path is not None else None
    except FileNotFoundError:
        return None


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise CannotMakeAdministrator(f"{path} cannot be removed: {error.strerror}.") from None


def _write_password(path: Path | None, password: str) -> None:
    if path is None:
        raise CannotMakeAdministrator(
            "Set AUTH_ADMIN_PASSWORD, or AUTH_ADMIN_PASSWORD_FILE to have one made and put there."
        )
    try:
        path.unlink(missing_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(f"{password}\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise CannotMakeAdministrator(f"{path} cannot be written: {error.strerror}.") from None
