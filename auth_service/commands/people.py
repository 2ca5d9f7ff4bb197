"""What operators do to accounts: the same as administrators, without a token."""

import sys
from getpass import getpass
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from auth_service.actor import OPERATOR
from auth_service.administration import service
from auth_service.administration.first_administrator import FirstAdministrator, create_administrator
from auth_service.administration.schemas import RolesChange
from auth_service.commands.running import database, find_person, hasher, outbox
from auth_service.fields.contact import FullName, Phone
from auth_service.passwords.rules import MAX_LENGTH, broken_rules
from auth_service.settings import AuthSettings
from shared.access.tokens import Role
from shared.commands.groups import command_group
from shared.commands.layout import CommandFailed, command
from shared.values.email_addresses import Email
from shared.values.schemas import Schema

commands = command_group()

Person = Annotated[str, typer.Argument(help="Email, phone or id.")]
PasswordFile = Annotated[
    Path | None,
    typer.Option(help="Where a random password is written, with mode 0600."),
]
PasswordStdin = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from the first line.")
]
Roles = Annotated[list[Role], typer.Argument(metavar="ROLE...")]


@command(commands, "create-admin")
async def create_admin(
    settings: AuthSettings,
    email: str,
    phone: str,
    full_name: str,
    *,
    password_file: PasswordFile = None,
    password_stdin: PasswordStdin = False,
) -> None:
    """Create an administrator, who must change the password before anything else."""
    if (password_file is None) is not password_stdin:
        raise typer.BadParameter("Give one of --password-file and --password-stdin.")
    password = _read_password() if password_stdin else None
    identity = _identity(email=email, phone=phone, full_name=full_name)
    new = FirstAdministrator(
        full_name=identity.full_name,
        email=identity.email,
        phone=identity.phone,
        password=password,
        password_file=password_file,
    )
    async with database(settings):
        await create_administrator(new, hasher=hasher(settings))
    where = "" if password else f", password in {password_file}"
    print(f"auth: administrator {new.email}{where}")


@command(commands, "set-role")
async def set_role(settings: AuthSettings, person: Person, roles: Roles) -> None:
    """Give a person exactly these roles, and `user`."""
    change = RolesChange(roles=roles)
    async with database(settings):
        found = await find_person(person)
        user = await service.set_roles(found.id, change.sorted_roles(), actor=OPERATOR)
    print(f"auth: {user.email} is {', '.join(user.roles)}")


@command(commands, "block")
async def block(settings: AuthSettings, person: Person) -> None:
    """Close an account: its sessions end, its owner gets an email."""
    async with database(settings):
        found = await find_person(person)
        await service.block(found.id, actor=OPERATOR, outbox=outbox(settings))
    print(f"auth: {found.email} is blocked")


@command(commands, "unblock")
async def unblock(settings: AuthSettings, person: Person) -> None:
    """Open an account again."""
    async with database(settings):
        found = await find_person(person)
        await service.unblock(found.id, actor=OPERATOR)
    print(f"auth: {found.email} may sign in")


class _Identity(Schema):
    email: Email
    phone: Phone
    full_name: FullName


def _identity(**given: str) -> _Identity:
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
