"""What a first start needs: a database, its tables, an administrator."""

from argparse import Namespace
from typing import Any

from auth_service import orm
from auth_service.administration.first_administrator import (
    FirstAdministrator,
    ensure_administrator,
    forget_first_password,
)
from auth_service.commands.running import CommandFailed, database, hasher, runs
from auth_service.crypto.secret_box import CannotOpen
from auth_service.keys.setup import key_store
from auth_service.settings import PreparationSettings
from shared.bootstrap import prepare_database
from shared.migrate import add_downgrade_options, downgrade, draft, migrate


def add_to(commands: Any) -> None:
    """Offer `prepare`, `migrate`, `downgrade`, `ensure-admin` and the like."""
    for name, run in {
        "prepare": _prepare,
        "migrate": _migrate,
        "ensure-admin": _ensure_admin,
        "forget-first-password": _forget_first_password,
    }.items():
        runs(commands.add_parser(name, help=run.__doc__), run, PreparationSettings)
    downgrading = commands.add_parser("downgrade", help=_downgrade.__doc__)
    add_downgrade_options(downgrading)
    runs(downgrading, _downgrade, PreparationSettings)
    drafting = commands.add_parser("draft-migration", help=_draft.__doc__)
    drafting.add_argument("name")
    runs(drafting, _draft, PreparationSettings)


async def _prepare(arguments: Namespace, settings: PreparationSettings) -> None:
    """Make database and roles where a superuser's URL is given, migrate, look after the admin."""
    if settings.bootstrap_database_url is not None:
        await prepare_database(
            settings.bootstrap_database_url.get_secret_value(),
            owner_url=settings.migration_database_url.get_secret_value(),
            runtime_url=settings.database_url.get_secret_value(),
        )
    await _migrate(arguments, settings)
    await _forget_first_password(arguments, settings)
    await _seal_keys_again(settings)
    await _ensure_admin(arguments, settings)


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


async def _migrate(_arguments: Namespace, settings: PreparationSettings) -> None:
    """Bring the tables up to date."""
    done = await migrate(
        settings.migration_database_url, app=orm.APP, limits=settings.migration_limits
    )
    print(f"auth: {len(done)} migrations applied", *done, sep="\n  ")


async def _downgrade(arguments: Namespace, settings: PreparationSettings) -> None:
    """Take back the newest change of the tables."""
    done = await downgrade(
        settings.migration_database_url,
        app=orm.APP,
        to=arguments.to,
        lose_data=arguments.lose_data,
        limits=settings.migration_limits,
    )
    print(f"auth: {len(done)} migrations taken back", *done, sep="\n  ")


async def _ensure_admin(_arguments: Namespace, settings: PreparationSettings) -> None:
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


async def _forget_first_password(_arguments: Namespace, settings: PreparationSettings) -> None:
    """Remove the file with the first administrator's password if that is not valid any more."""
    file = settings.admin_password_file
    async with database(settings):
        if await forget_first_password(file, hasher=hasher(settings)):
            print(f"auth: {file} is removed, because its password is not valid any more")


async def _draft(arguments: Namespace, settings: PreparationSettings) -> None:
    """Write a migration from the models."""
    url = settings.migration_database_url
    file = await draft(url, app=orm.APP, models=orm.MODELS, name=arguments.name)
    print(f"Wrote {file}; now add its constraints." if file else "The models have not changed.")
