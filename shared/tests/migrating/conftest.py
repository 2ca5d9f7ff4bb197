"""A desk at which tests write migrations, and a database for them."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from aerich.utils import get_formatted_compressed_data
from pydantic import SecretStr

from shared.database.bootstrap import prepare_database
from shared.migrating import run as migrating
from shared.migrating.limits import Limits
from testing.database import ServiceDatabase, new_database

FIRST = """
    CREATE TABLE aerich (id serial PRIMARY KEY, version text, app text, content jsonb);
    CREATE TABLE tea (id int);
    CREATE TABLE cup (id int)
"""
HASTY = Limits(lock=timedelta(milliseconds=100), statement=timedelta(seconds=60))


class Desk:
    """Where migrations are written for one database of the tests, and run."""

    def __init__(self, folder: Path, database: ServiceDatabase) -> None:
        self.folder, self.database = folder, database
        folder.mkdir()
        self.write("0_first", FIRST, "DROP TABLE tea")

    def write(self, name: str, upgrade: str, downgrade: str = "", **says: Any) -> None:
        said = {"RUN_IN_TRANSACTION": True, **says}
        lines = [f"{key} = {value!r}" for key, value in said.items()]
        for direction, script in (("upgrade", upgrade), ("downgrade", downgrade)):
            lines.append(f"async def {direction}(db):\n    return {script!r}")
        lines.append(f"MODELS_STATE = (\n{get_formatted_compressed_data({})}\n)")
        (self.folder / f"{name}.py").write_text("\n".join(lines))

    async def migrate(self, limits: Limits = HASTY) -> list[str]:
        url = SecretStr(self.database.owner_url)
        return await migrating.migrate(url, app="desk", limits=limits)

    async def downgrade(self, *, to: int | None = None, lose_data: bool = False) -> list[str]:
        url = SecretStr(self.database.owner_url)
        return await migrating.downgrade(url, app="desk", to=to, lose_data=lose_data, limits=HASTY)

    async def ask(self, query: str) -> Any:
        connection = await asyncpg.connect(self.database.owner_url)
        try:
            return await connection.fetchval(query)
        finally:
            await connection.close()

    async def applied(self) -> list[str]:
        return await self.ask("SELECT array_agg(version ORDER BY id) FROM aerich") or []


@pytest.fixture
async def desk(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Desk]:
    database = new_database(postgres_url, "desk")
    await prepare_database(
        postgres_url, owner_url=database.owner_url, runtime_url=database.runtime_url
    )
    monkeypatch.setattr(migrating, "LOCATION", str(tmp_path / "{app}"))
    monkeypatch.setattr("shared.migrating.steps.PAUSES", (0.05, 0.05))
    yield Desk(tmp_path / "desk", database)
    await database.drop()


@pytest.fixture
async def customer(desk: Desk) -> AsyncIterator[asyncpg.Connection]:
    """A connection of the service, which reads and writes meanwhile."""
    await desk.migrate()
    connection = await asyncpg.connect(desk.database.runtime_url)
    yield connection
    await connection.close()
