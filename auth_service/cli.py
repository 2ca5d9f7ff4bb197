"""Commands for operators: `python -m auth_service.cli COMMAND`."""

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable

import asyncpg

from auth_service import orm
from auth_service.administration.first_administrator import (
    CannotMakeAdministrator,
    FirstAdministrator,
    ensure_administrator,
)
from auth_service.crypto.passwords import Argon2Parameters, PasswordHasher
from auth_service.settings import PreparationSettings
from shared.bootstrap import prepare_database
from shared.database import UNAVAILABLE, connected_here, tortoise_config
from shared.migrate import draft, migrate
from shared.settings import load


async def _migrate(settings: PreparationSettings) -> None:
    """Make database and roles where a superuser's URL is given, then apply new migrations."""
    if settings.bootstrap_database_url is not None:
        await prepare_database(
            settings.bootstrap_database_url.get_secret_value(),
            owner_url=settings.migration_database_url.get_secret_value(),
            runtime_url=settings.database_url.get_secret_value(),
        )
    done = await migrate(settings.migration_database_url, app=orm.APP, models=orm.MODELS)
    print(f"auth: {len(done)} migrations applied", *done, sep="\n  ")


async def _ensure_admin(settings: PreparationSettings) -> None:
    """Create the first administrator unless there is one."""
    password = settings.admin_password
    first = FirstAdministrator(
        full_name=settings.admin_full_name,
        email=settings.admin_email,
        phone=settings.admin_phone,
        password=password.get_secret_value() if password else None,
        password_file=settings.admin_password_file,
    )
    async with connected_here(
        tortoise_config(settings.database_url, app=orm.APP, models=orm.MODELS, pool_size=1)
    ):
        user = await ensure_administrator(first, hasher=_hasher(settings))
    if user is not None and password is None:
        print(f"auth: first administrator {user.email}, password in {first.password_file}")
    elif user is not None:
        print(f"auth: first administrator {user.email}")


async def _prepare(settings: PreparationSettings) -> None:
    """Do all that a first start needs: migrate, then ensure-admin."""
    await _migrate(settings)
    await _ensure_admin(settings)


async def _draft(settings: PreparationSettings, name: str) -> None:
    url = settings.migration_database_url
    file = await draft(url, app=orm.APP, models=orm.MODELS, name=name)
    print(f"Wrote {file}; now add its constraints." if file else "The models have not changed.")


def _hasher(settings: PreparationSettings) -> PasswordHasher:
    parameters = Argon2Parameters(
        settings.argon2_memory_kib, settings.argon2_time_cost, settings.argon2_parallelism
    )
    return PasswordHasher(parameters, workers=1)


COMMANDS: dict[str, Callable[[PreparationSettings], Awaitable[None]]] = {
    "prepare": _prepare,
    "migrate": _migrate,
    "ensure-admin": _ensure_admin,
}


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m auth_service.cli", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, command in COMMANDS.items():
        commands.add_parser(name, help=command.__doc__)
    drafting = commands.add_parser("draft-migration", help="Write a migration from the models.")
    drafting.add_argument("name")
    chosen = parser.parse_args(arguments)
    settings = load(PreparationSettings)
    try:
        if chosen.command == "draft-migration":
            asyncio.run(_draft(settings, chosen.name))
        else:
            asyncio.run(_run(chosen.command, settings))
    except CannotMakeAdministrator as error:
        return _fail(str(error))
    except (asyncpg.PostgresError, *UNAVAILABLE) as error:
        return _fail(f"the database cannot be used: {error or type(error).__name__}.")
    return 0


async def _run(command: str, settings: PreparationSettings) -> None:
    await COMMANDS[command](settings)


def _fail(sentence: str) -> int:
    sys.stderr.write(f"auth: {sentence}\n")
    return 1


if __name__ == "__main__":
    raise SystemExit(main())
