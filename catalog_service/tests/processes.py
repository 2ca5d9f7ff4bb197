"""The service and its commands as processes of their own."""

import json
import os
import sys
from asyncio.subprocess import PIPE, Process, create_subprocess_exec
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Protocol

from testing.database import ServiceDatabase

ROOT = Path(__file__).parents[2]


class Start(Protocol):
    """Starts `python …` with these settings beside the usual ones."""

    async def __call__(self, *arguments: str, **settings: str) -> Process: ...


@asynccontextmanager
async def processes_on(database: ServiceDatabase, secrets: list[str]) -> AsyncIterator[Start]:
    """Let processes begin that know the database; whatever is left of them at the end is killed."""
    processes: list[Process] = []
    environment = {
        **os.environ,
        "CATALOG_DATABASE_URL": database.runtime_url,
        "CATALOG_MIGRATION_DATABASE_URL": database.owner_url,
        "CATALOG_SECRETS": json.dumps(secrets),
        "INTERNAL_SECRETS": json.dumps(secrets),
        "CATALOG_ACCOUNTS_INTERVAL": "60",
        "CATALOG_PORT": "0",
    }

    async def start(*arguments: str, **settings: str) -> Process:
        command, changed = (sys.executable, *arguments), {**environment, **settings}
        process = await create_subprocess_exec(
            *command, cwd=ROOT, env=changed, stdout=PIPE, stderr=PIPE
        )
        processes.append(process)
        return process

    yield start
    for process in processes:
        with suppress(ProcessLookupError):
            process.kill()
        await process.communicate()
