"""The first administrator, without whom nobody could appoint another."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from tortoise.exceptions import IntegrityError
from tortoise.transactions import in_transaction

from auth_service.common_passwords import TOO_EASY, Known, is_about
from auth_service.crypto.passwords import PasswordHasher
from auth_service.models import User
from auth_service.password_rules import SPECIAL_CHARACTERS
from shared.tokens import Role


class CannotMakeAdministrator(Exception):
    """The sentence says what is in the way and what to do."""


@dataclass(frozen=True, slots=True)
class FirstAdministrator:
    """Who he is; without a password one is made and written to `password_file`, mode 0600."""

    full_name: str
    email: str
    phone: str
    password: str | None
    password_file: Path | None


async def ensure_administrator(first: FirstAdministrator, *, hasher: PasswordHasher) -> User | None:
    """Create the first administrator unless there is one; return whom it created.

    Until he has changed his password, his tokens open nothing else. Raises
    CannotMakeAdministrator. When several do this at once, one account and one file come of it.
    """
    if await User.filter(roles__contains=[Role.ADMIN.value]).exists():
        return None
    password = first.password or _random_password()
    if is_about(password, Known(first.full_name, first.email, first.phone)):
        raise CannotMakeAdministrator(f"AUTH_ADMIN_PASSWORD is not usable: {TOO_EASY}.")
    password_hash = await hasher.hash(password)
    try:
        async with in_transaction():
            user = await _create(first, password_hash)
            if first.password is None:
                _write_password(first.password_file, password)
            return user
    except IntegrityError:
        await _explain_conflict(first)
        return None


async def _create(first: FirstAdministrator, password_hash: str) -> User:
    return await User.create(
        full_name=first.full_name,
        email=first.email,
        phone=first.phone,
        password_hash=password_hash,
        roles=[Role.USER.value, Role.ADMIN.value],
        is_email_verified=True,
        password_change_required=True,
    )


async def _explain_conflict(first: FirstAdministrator) -> None:
    if await User.filter(roles__contains=[Role.ADMIN.value]).exists():
        return  # another process was quicker
    raise CannotMakeAdministrator(
        f"{first.email} or {first.phone} belongs to an account that is no administrator; "
        "set AUTH_ADMIN_EMAIL and AUTH_ADMIN_PHONE to others."
    )


def _random_password() -> str:
    """Return 144 random bits in letters that keep the password rules."""
    return f"A{secrets.choice(SPECIAL_CHARACTERS)}{secrets.token_urlsafe(18)}"


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
