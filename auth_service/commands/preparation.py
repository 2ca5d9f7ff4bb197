"""What a first start needs: a database, its tables, an administrator."""

from auth_service import orm
from auth_service.administration.first_administrator import (
    FirstAdministrator,
    ensure_administrator,
    forget_first_password,
)
from auth_service.commands.running import database, hasher
from auth_service.keys.setup import key_store
from auth_service.settings import PreparationSettings
from shared.commands.groups import command_group
from shared.commands.layout import CommandFailed, command
from shared.commands.migrations import add_migration_commands, prepare_tables
from shared.secret_box import CannotOpen

commands = command_group()
add_migration_commands(commands, app=orm.APP, models=orm.MODELS, settings=PreparationSettings)


@command(commands, "prepare")
async def prepare(settings: PreparationSettings) -> None:
    """Make database and roles where a superuser's URL is given, migrate, look after the admin."""
    await prepare_tables(settings, app=orm.APP, runtime_url=settings.database_url)
    await forget_password(settings)
    await _seal_keys_again(settings)
    await ensure_admin(settings)


async def _seal_keys_again(settings: PreparationSettings) -> None:
    """Have signing keys need none but the first of AUTH_SECRETS."""
    async with database(settings):
        try:
            changed = await key_store(settings).seal_again()
        except CannotOpen:
            raise CommandFailed(
                "a signing key was sealed with a secret that AUTH_SECRETS does not have any more: "
                "put it back, behind the others."
            ) from None
    if changed:
        print(f"auth: {changed} signing keys sealed with the first of AUTH_SECRETS")


@command(commands, "ensure-admin")
async def ensure_admin(settings: PreparationSettings) -> None:
    """Create the first administrator unless there is one."""
    password = settings.admin_password
    first = FirstAdministrator(
        full_name=settings.admin_full_name,
        email=settings.admin_email,
        phone=settings.admin_phone,
        password=password.get_secret_value() if password else None,
        password_file=settings.admin_password_file,
    )
    async with database(settings):
        user = await ensure_administrator(first, hasher=hasher(settings))
    if user is not None and password is None:
        print(f"auth: first administrator {user.email}, password in {first.password_file}")
    elif user is not None:
        print(f"auth: first administrator {user.email}")


@command(commands, "forget-first-password")
async def forget_password(settings: PreparationSettings) -> None:
    """Remove the file with the first administrator's password if that is not valid any more."""
    file = settings.admin_password_file
    async with database(settings):
        if await forget_first_password(file, hasher=hasher(settings)):
            print(f"auth: {file} is removed, because its password is not valid any more")
