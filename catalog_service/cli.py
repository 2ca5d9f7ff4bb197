"""The catalog's commands: `python -m catalog_service.cli --help`.

Each ends with exit code 0, or with a sentence on standard error: 1 when it could not do its work,
2 when the settings or the arguments are wrong, 75 when a migration met locks and can be tried
again.
"""

import argparse
import asyncio
import signal
import sys
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import asyncpg
from pydantic import SecretStr
from tortoise.exceptions import BaseORMException

from catalog_service.commands.transfer import LinesRefused, export_file, import_file, load_demo
from catalog_service.errors import ImportRefused
from catalog_service.orm import APP, MODELS
from catalog_service.settings import CatalogSettings, PreparationSettings
from catalog_service.transfer.files import UnusableFile
from catalog_service.transfer.prices import PriceUnit
from catalog_service.transfer.schemas import FileFormat
from shared.bootstrap import prepare_database
from shared.database import UNAVAILABLE
from shared.errors import ServiceError
from shared.migrate import add_downgrade_options, downgrade, draft, migrate
from shared.migration_steps import MigrationFailed
from shared.settings import ServiceSettings, load

NO_DATABASE = SecretStr("postgres://nobody@localhost/none")

Command: TypeAlias = Callable[[Any, argparse.Namespace], Coroutine[Any, Any, None]]


async def _prepare(settings: PreparationSettings, options: argparse.Namespace) -> None:
    if settings.bootstrap_database_url:
        await prepare_database(
            settings.bootstrap_database_url.get_secret_value(),
            owner_url=settings.migration_database_url.get_secret_value(),
            runtime_url=settings.database_url.get_secret_value(),
        )
    await _migrate(settings, options)
    if options.demo:
        await _load_demo(settings, options)


async def _migrate(settings: PreparationSettings, _options: argparse.Namespace) -> None:
    applied = await migrate(
        settings.migration_database_url, app=APP, limits=settings.migration_limits
    )
    print("Migrations applied:", ", ".join(applied) or "none, all were there", flush=True)


async def _downgrade(settings: PreparationSettings, options: argparse.Namespace) -> None:
    taken_back = await downgrade(
        settings.migration_database_url,
        app=APP,
        to=options.to,
        lose_data=options.lose_data,
        limits=settings.migration_limits,
    )
    print("Migrations taken back:", ", ".join(taken_back) or "none", flush=True)


async def _load_demo(settings: CatalogSettings, _options: argparse.Namespace) -> None:
    await load_demo(settings)


async def _draft_migration(_settings: ServiceSettings, options: argparse.Namespace) -> None:
    file = await draft(NO_DATABASE, app=APP, models=MODELS, name=options.name)
    print(f"Wrote {file}; now add its constraints." if file else "The models have not changed.")


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m catalog_service.cli", description="Prepare and fill the catalog's database."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(
        name: str, run: Command, settings: type[ServiceSettings], text: str
    ) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=text, description=text)
        command.set_defaults(run=run, settings=settings)
        return command

    prepare = add("prepare", _prepare, PreparationSettings, "Make database and roles, and migrate.")
    prepare.add_argument("--demo", action="store_true", help="load demo products into an empty one")
    add("migrate", _migrate, PreparationSettings, "Bring the tables up to date.")
    downgrading = add("downgrade", _downgrade, PreparationSettings, "Take back the newest change.")
    add_downgrade_options(downgrading)
    _add_transfer(add)
    add("load-demo", _load_demo, CatalogSettings, "Load demo products, unless there are products.")
    drafting = add(
        "draft-migration", _draft_migration, ServiceSettings, "Write down how the models changed."
    )
    drafting.add_argument("name", help="what changes, in snake_case")
    return parser.parse_args(arguments)


def _add_transfer(add: Callable[..., argparse.ArgumentParser]) -> None:
    importing = add("import", import_file, CatalogSettings, "Add and change products from a file.")
    importing.add_argument(
        "file", type=Path, help="a .csv (name,price[,sku][,is_active]) or .jsonl file"
    )
    importing.add_argument("--dry-run", action="store_true", help="check it, write nothing")
    importing.add_argument(
        "--skip-errors", action="store_true", help="import the good lines; without it all or none"
    )
    importing.add_argument(
        "--price-unit",
        choices=[*PriceUnit],
        help="what whole numbers count: the smallest unit (minor, as in the API), or not (major);"
        " decimals like 199.00 need no word",
    )
    exporting = add("export", export_file, CatalogSettings, "Write products to a file.")
    exporting.add_argument("file", type=Path, help="a .csv or .jsonl file to write, or -")
    exporting.add_argument(
        "--format", choices=[*FileFormat], default=FileFormat.CSV, help="what to write to -"
    )
    exporting.add_argument(
        "--include-inactive", action="store_true", help="also what is not for sale"
    )


def _explain(error: BaseException) -> str:
    match error:
        case ImportRefused():
            told = "\n".join(f"{problem.field}: {problem.message}" for problem in error.fields)
            return f"{told}\n{error.message}"
        case LinesRefused():
            return "An import would be refused."
        case ServiceError():
            return error.message
        case UnusableFile():
            return str(error)
        case _:
            return f"The catalog's database cannot be used: {error or type(error).__name__}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    options = _parse(arguments)
    settings = load(options.settings)
    try:
        asyncio.run(options.run(settings, options))
    except MigrationFailed as error:
        print(error, file=sys.stderr)
        return error.exit_code
    except (
        LinesRefused,
        ServiceError,
        UnusableFile,
        BaseORMException,
        asyncpg.PostgresError,
        *UNAVAILABLE,
    ) as error:
        print(_explain(error), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    # A shell that starts this in the background has it ignored; here it always means to stop.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.exit(main())
