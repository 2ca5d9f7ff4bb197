"""The catalog's commands: `python -m catalog_service.cli --help`.

Each ends with exit code 0, or with a sentence on standard error: 1 when it could not do its work,
2 when the settings or the arguments are wrong.
"""

import argparse
import asyncio
import sys
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import asyncpg
from pydantic import SecretStr
from tortoise.exceptions import BaseORMException

from catalog_service.orm import APP, MODELS, orm_config
from catalog_service.products.files import UnusableFile, open_products
from catalog_service.products.loading import (
    NothingToLoad,
    ProductsRefused,
    is_catalog_empty,
    load_products,
)
from catalog_service.settings import CatalogSettings, PreparationSettings
from shared.bootstrap import prepare_database
from shared.database import UNAVAILABLE, connected
from shared.migrate import draft, migrate, one_at_a_time
from shared.settings import ServiceSettings, load

DEMO = Path(__file__).parent / "demo" / "products.csv"
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
    applied = await migrate(settings.migration_database_url, app=APP, models=MODELS)
    print("Migrations applied:", ", ".join(applied) or "none, all were there", flush=True)


async def _load_file(settings: CatalogSettings, options: argparse.Namespace) -> None:
    with open_products(options.file) as rows:
        async with connected(orm_config(settings)):
            count = await load_products(rows, on_progress=_show_progress)
    print(f"Loaded {count} products from {options.file}.")


async def _load_demo(settings: CatalogSettings, _options: argparse.Namespace) -> None:
    async with one_at_a_time(settings.database_url), connected(orm_config(settings)):
        if not await is_catalog_empty():
            print("There are products already: no demo products loaded.")
            return
        with open_products(DEMO) as rows:
            count = await load_products(rows, on_progress=lambda _: None)
    print(f"Loaded {count} demo products.")


async def _draft_migration(_settings: ServiceSettings, options: argparse.Namespace) -> None:
    file = await draft(NO_DATABASE, app=APP, models=MODELS, name=options.name)
    print(f"Wrote {file}; now add its constraints." if file else "The models have not changed.")


def _show_progress(count: int) -> None:
    end = "\r" if sys.stderr.isatty() else "\n"
    print(f"{count} lines read", end=end, file=sys.stderr, flush=True)


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
    load_file = add("load", _load_file, CatalogSettings, "Add the products of a file, all or none.")
    load_file.add_argument("file", type=Path, help="a .csv (name,price[,is_active]) or .jsonl file")
    add("load-demo", _load_demo, CatalogSettings, "Load demo products, unless there are products.")
    drafting = add(
        "draft-migration", _draft_migration, ServiceSettings, "Write down how the models changed."
    )
    drafting.add_argument("name", help="what changes, in snake_case")
    return parser.parse_args(arguments)


def _explain(error: BaseException) -> str:
    match error:
        case ProductsRefused():
            told = "\n".join(map(str, error.lines))
            more = error.total - len(error.lines)
            rest = f"\nand {more} more bad lines" if more else ""
            return f"{told}{rest}\n{error.total} bad lines: nothing was loaded."
        case NothingToLoad():
            return "There are no products in it: nothing was loaded."
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
    except (
        ProductsRefused,
        NothingToLoad,
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
    sys.exit(main())
