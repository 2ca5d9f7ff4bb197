"""What a first start needs: a database, its tables, and products for a demonstration."""

from typing import Annotated

import typer

from catalog_service.commands.transfer import load_demo_products
from catalog_service.orm import APP, MODELS
from catalog_service.settings import CatalogSettings, PreparationSettings
from shared.commands.groups import command_group
from shared.commands.layout import command
from shared.commands.migrations import add_migration_commands, prepare_tables

commands = command_group()
add_migration_commands(commands, app=APP, models=MODELS, settings=PreparationSettings)

Demo = Annotated[bool, typer.Option("--demo", help="Load demo products into an empty catalog.")]


@command(commands, "prepare")
async def prepare(settings: PreparationSettings, *, demo: Demo = False) -> None:
    """Make database and roles where a superuser's URL is given, and migrate."""
    await prepare_tables(settings, app=APP, runtime_url=settings.database_url)
    if demo:
        await load_demo_products(settings)


@command(commands, "load-demo")
async def load_demo(settings: CatalogSettings) -> None:
    """Load demo products, unless there are products."""
    await load_demo_products(settings)
