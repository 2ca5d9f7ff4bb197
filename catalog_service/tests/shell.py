"""Commands, run as an operator runs them, but within the test's own process."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import pytest

from catalog_service import cli
from testing.database import ServiceDatabase


@dataclass(frozen=True, slots=True)
class Outcome:
    code: int
    out: str
    err: str


@dataclass(frozen=True, slots=True)
class Shell:
    """Runs commands beside the test's event loop and sees what they say."""

    capsys: pytest.CaptureFixture[str]

    async def run(self, *arguments: str | Path) -> Outcome:
        self.capsys.readouterr()
        code = await asyncio.to_thread(cli.main, [str(argument) for argument in arguments])
        said = self.capsys.readouterr()
        return Outcome(code, said.out, said.err)


async def count(database: ServiceDatabase) -> int:
    """Return how many products there are."""
    connection = await asyncpg.connect(database.runtime_url)
    try:
        products: int = await connection.fetchval("SELECT count(*) FROM product")
        return products
    finally:
        await connection.close()
