"""The service as processes of their own, which may be killed."""

import json
import os
import sys
from asyncio.subprocess import PIPE, Process, create_subprocess_exec
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Protocol

from testing.database import ServiceDatabase
from testing.processes import address_of
from web_service.tests.conftest import SECRETS
from web_service.tests.fake_gateway import FakeGateway

ROOT = Path(__file__).parents[2]


class StartService(Protocol):
    """Starts a process of the service; returns it and its URL."""

    async def __call__(self) -> tuple[Process, str]: ...


@asynccontextmanager
async def services_on(
    database: ServiceDatabase, gateway: FakeGateway
) -> AsyncIterator[StartService]:
    """Let processes begin; what is left of them at the end is killed."""
    processes: list[Process] = []
    environment = {
        **os.environ,
        "WEB_DATABASE_URL": database.runtime_url,
        "WEB_SECRETS": json.dumps(SECRETS),
        "ON_BEHALF_SECRETS": json.dumps(SECRETS),
        "WEB_GATEWAY_URL": gateway.url,
        "WEB_PORT": "0",
        "LOG_FORMAT": "json",
    }

    async def start() -> tuple[Process, str]:
        process = await create_subprocess_exec(
            sys.executable, "-m", "web_service", cwd=ROOT, env=environment, stdout=PIPE, stderr=PIPE
        )
        processes.append(process)
        return process, await address_of(process)

    try:
        yield start
    finally:
        for process in processes:
            with suppress(ProcessLookupError):
                process.kill()
            await process.communicate()
