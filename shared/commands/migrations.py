"""The commands for the tables of a service with a database."""

from collections.abc import Sequence
from typing import Annotated

import typer
from pydantic import SecretStr

from shared.commands.layout import command
from shared.database.bootstrap import prepare_database
from shared.migrating.files import number_of
from shared.migrating.run import downgrade, draft, migrate
from shared.migrating.settings import MigrationSettings
from shared.settings import DatabaseUrl, ServiceSettings

_NO_DATABASE = SecretStr("postgres://nobody@localhost/none")

Version = Annotated[
    int | None,
    typer.Option(
        "--to",
        parser=number_of,
        metavar="MIGRATION",
        help="The migration that stays the newest, by number or name.",
    ),
]
LoseData = Annotated[
    bool, typer.Option("--lose-data", help="Even where rows or values are lost by it.")
]


def add_migration_commands(
    group: typer.Typer, *, app: str, models: Sequence[str], settings: type[ServiceSettings]
) -> None:
    """Offer `migrate`, `downgrade` and `draft-migration`; `settings` are MigrationSettings too."""

    @command(group, "migrate", settings=settings)
    async def migrate_tables(settings: MigrationSettings) -> None:
        """Bring the tables up to date."""
        await apply_migrations(settings, app=app)

    @command(group, "downgrade", settings=settings)
    async def take_back(
        settings: MigrationSettings, to: Version = None, *, lose_data: LoseData = False
    ) -> None:
        """Take back the newest change of the tables."""
        taken_back = await downgrade(
            settings.migration_database_url,
            app=app,
            to=to,
            lose_data=lose_data,
            limits=settings.migration_limits,
        )
        print("Migrations taken back:", ", ".join(taken_back) or "none", flush=True)

    @command(group, "draft-migration")
    async def draft_migration(
        _settings: ServiceSettings,
        name: Annotated[str, typer.Argument(help="What changes, in snake_case.")],
    ) -> None:
        """Write down how the models changed."""
        file = await draft(_NO_DATABASE, app=app, models=[*models], name=name)
        print(f"Wrote {file}; now add its constraints." if file else "The models have not changed.")


async def prepare_tables(
    settings: MigrationSettings, *, app: str, runtime_url: DatabaseUrl
) -> None:
    """Make the database and its roles where a superuser's URL is given, and apply migrations."""
    if settings.bootstrap_database_url is not None:
        await prepare_database(
            settings.bootstrap_database_url.get_secret_value(),
            owner_url=settings.migration_database_url.get_secret_value(),
            runtime_url=runtime_url.get_secret_value(),
        )
    await apply_migrations(settings, app=app)


async def apply_migrations(settings: MigrationSettings, *, app: str) -> None:
    """Bring the tables up to date, and print what was applied."""
    applied = await migrate(
        settings.migration_database_url, app=app, limits=settings.migration_limits
    )
    print("Migrations applied:", ", ".join(applied) or "none, all were there", flush=True)
