"""What every measurement of mailing's use cases stands on: a filled database, questions, times."""

import argparse
import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from statistics import median, quantiles
from typing import NamedTuple

import asyncpg
from pydantic import SecretStr

from bench.harness.rows import Target, at_most, print_targets
from mailing_service.orm import APP, orm_config
from mailing_service.settings import MailingSettings
from shared.database.connection import connected
from standalone.postgres.server import temporary_server
from testing.database import migrated_database

SECRET = "a-secret-of-the-benchmark-and-of-nothing-else"
RECIPIENTS = """
    INSERT INTO recipients (owner_id, email, canonical_email, email_hash, full_name, searchable,
        comment, custom_fields)
    SELECT $1::uuid, a, a, md5(a || ($1::uuid)::text)::uuid, n, lower(n), '', '{}'
    FROM (SELECT 'person' || i || '@example' || (i % 97) || '.com' AS a,
        (ARRAY['Anna','Boris','Vera','Gleb','Daria','Egor','Zoya','Ivan','Kira','Lev'])[1 + i % 10]
        || ' ' || (ARRAY['Smirnova','Ivanov','Popova','Sokolov','Lebedeva'])[1 + (i / 10) % 5]
        || i % 20011 AS n
        FROM generate_series(1, $2::int) AS i) AS people
"""
"""Writes recipients of an owner ($1), so many ($2)."""

Ask = Callable[[], Awaitable[object]]
Question = tuple[Ask, float | None]
"""What is asked, and in how many milliseconds it is to be answered, if that is promised."""


class Testbed(NamedTuple):
    """A database that the use cases are connected to; `owner_url` is for filling it."""

    settings: MailingSettings
    owner_url: str

    async def fill(self, *statements: tuple[object, ...]) -> None:
        """Run statements, each a text and its values."""
        connection = await asyncpg.connect(self.owner_url)
        for statement in statements:
            await connection.execute(*statement)
        await connection.close()


@asynccontextmanager
async def testbed(admin_url: str) -> AsyncIterator[Testbed]:
    """Make an empty database, and connect to it as the service does."""
    async with migrated_database(admin_url, app=APP) as database:
        settings = MailingSettings(
            database_url=SecretStr(database.runtime_url),
            secrets=[SecretStr(SECRET)],
            internal_secrets=[SecretStr(SECRET)],
        )
        async with connected(orm_config(settings), None):
            yield Testbed(settings, database.owner_url)


async def answered(questions: Mapping[str, Question], tries: int) -> list[Target]:
    """Ask each question so many times; print the times, and return what was promised of them."""
    targets = []
    for what, (ask, limit) in questions.items():
        times = await _times(ask, tries)
        p95 = quantiles(times, n=20)[-1]
        print(f"{what}: median {median(times):.2f} ms, p95 {p95:.2f} ms", flush=True)
        if limit is not None:
            targets.append(at_most(what, median(times), limit, "ms"))
    return targets


def run(
    description: str | None,
    measure: Callable[[str, argparse.Namespace], Awaitable[list[Target]]],
    *,
    tries: int = 50,
    **sizes: int,
) -> None:
    """Measure with the options `--tries` and `--{size}`, on a server that exists meanwhile."""
    parser = argparse.ArgumentParser(description=description)
    for size, default in {**sizes, "tries": tries}.items():
        parser.add_argument(f"--{size}", type=int, default=default)
    options = parser.parse_args()

    async def targets(admin_url: str) -> list[Target]:
        return await measure(admin_url, options)

    with temporary_server({"shared_buffers": "1GB"}) as admin_url:
        print_targets(asyncio.run(targets(admin_url)))


async def _times(ask: Ask, tries: int) -> list[float]:
    times = []
    for _ in range(tries):
        began = time.perf_counter()
        await ask()
        times.append(1000 * (time.perf_counter() - began))
    return times
