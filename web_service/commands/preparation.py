"""What a first start needs: a database and its tables."""

from shared.commands.groups import command_group
from shared.commands.layout import command
from shared.commands.migrations import add_migration_commands, prepare_tables
from web_service.orm import APP, MODELS
from web_service.settings import PreparationSettings

commands = command_group()
add_migration_commands(commands, app=APP, models=MODELS, settings=PreparationSettings)


@command(commands, "prepare")
async def prepare(settings: PreparationSettings) -> None:
    """Make database and roles where a superuser's URL is given, and migrate."""
    await prepare_tables(settings, app=APP, runtime_url=settings.database_url)
