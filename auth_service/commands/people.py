"""What operators do to accounts: the same as administrators, without a token."""

import sys
from argparse import Namespace
from getpass import getpass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from auth_service.actor import OPERATOR
from auth_service.administration import service
from auth_service.administration.first_administrator import FirstAdministrator, create_administrator
from auth_service.administration.schemas import RolesChange
from auth_service.commands.running import (
    CommandFailed,
    database,
    find_person,
    hasher,
    outbox,
    runs,
)
from auth_service.fields.contact import Email, FullName, Phone
from auth_service.passwords.rules import MAX_LENGTH, broken_rules
from auth_service.settings import AuthSettings
from shared.schemas import Schema
from shared.tokens import Role

_PERSON = "email, phone or id"


def add_to(commands: Any) -> None:
    """Offer `create-admin`, `set-role`, `block` and `unblock`."""
    creating = commands.add_parser("create-admin", help=_create_admin.__doc__)
    for name in ("email", "phone", "full_name"):
        creating.add_argument(name)
    password = creating.add_mutually_exclusive_group(required=True)
    password.add_argument(
        "--password-file", type=Path, help="where a random password is written, with mode 0600"
    )
    password.add_argument(
        "--password-stdin", action="store_true", help="read the password from the first line"
    )
    runs(creating, _create_admin)
    setting = commands.add_parser("set-role", help=_set_role.__doc__)
    setting.add_argument("person", help=_PERSON)
    setting.add_argument("roles", nargs="+", choices=list(Role), metavar="role")
    runs(setting, _set_role)
    for name, run in {"block": _block, "unblock": _unblock}.items():
        parser = commands.add_parser(name, help=run.__doc__)
        parser.add_argument("person", help=_PERSON)
        runs(parser, run)


async def _create_admin(arguments: Namespace, settings: AuthSettings) -> None:
    """Create an administrator, who must change his password before anything else."""
    password = _read_password() if arguments.password_stdin else None
    identity = _identity(arguments)
    new = FirstAdministrator(
        full_name=identity.full_name,
        email=identity.email,
        phone=identity.phone,
        password=password,
        password_file=arguments.password_file,
    )
    async with database(settings):
        await create_administrator(new, hasher=hasher(settings))
    where = "" if password else f", password in {arguments.password_file}"
    print(f"auth: administrator {new.email}{where}")


async def _set_role(arguments: Namespace, settings: AuthSettings) -> None:
    """Give a person exactly these roles, and `user`."""
    change = RolesChange(roles=[Role(role) for role in arguments.roles])
    async with database(settings):
        person = await find_person(arguments.person)
        user = await service.set_roles(person.id, change.sorted_roles(), actor=OPERATOR)
    print(f"auth: {user.email} is {', '.join(user.roles)}")


async def _block(arguments: Namespace, settings: AuthSettings) -> None:
    """Close an account: its sessions end, its owner is told."""
    async with database(settings):
        person = await find_person(arguments.person)
        await service.block(person.id, actor=OPERATOR, outbox=outbox(settings))
    print(f"auth: {person.email} is blocked")


async def _unblock(arguments: Namespace, settings: AuthSettings) -> None:
    """Open an account again."""
    async with database(settings):
        person = await find_person(arguments.person)
        await service.unblock(person.id, actor=OPERATOR)
    print(f"auth: {person.email} may sign in")


class _Identity(Schema):
    email: Email
    phone: Phone
    full_name: FullName


def _identity(arguments: Namespace) -> _Identity:
    given = {name: getattr(arguments, name) for name in _Identity.model_fields}
    try:
        return _Identity.model_validate(given)
    except ValidationError as error:
        mistakes = [f"{mistake['loc'][0]}: {mistake['msg']}" for mistake in error.errors()]
        raise CommandFailed("; ".join(mistakes)) from None


def _read_password() -> str:
    """Return the first line of standard input, if it keeps the rules; it is shown to nobody."""
    try:
        typed = getpass() if sys.stdin.isatty() else sys.stdin.readline(2 * MAX_LENGTH)
    except UnicodeDecodeError:
        raise CommandFailed("the password: Must consist of printable ASCII characters") from None
    password = typed.rstrip("\r\n")
    if broken := broken_rules(password):
        raise CommandFailed(f"the password: {'; '.join(broken)}")
    return password
