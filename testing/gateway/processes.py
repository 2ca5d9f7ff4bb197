"""The gateway as processes of its own, as `python -m gateway` runs it."""

import asyncio
import json
import os
import signal
import sys
import urllib.request
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prometheus_client.parser import text_string_to_metric_families

from standalone.ports import free_port
from testing.gateway.raw_client import Reply, ask, request
from testing.gateway.raw_service import RawService
from testing.tokens import access_token

INTERNAL_SECRET = "what the gateway presents to the auth service"
ROOT = Path(__file__).parents[2]
START_TIMEOUT = 30.0


@dataclass(slots=True)
class GatewayProcess:
    """`python -m gateway`."""

    process: Process
    port: int
    metrics_port: int
    log_lines: list[dict[str, Any]]

    async def ask(self, line: str, *fields: str, body: bytes = b"") -> Reply:
        """Send one request with a good token."""
        bearer = f"authorization: Bearer {access_token()}"
        return await ask(self.port, request(line, bearer, *fields, body=body))

    def messages(self) -> list[str]:
        """What it has logged."""
        return [line["message"] for line in self.log_lines]

    async def value(self, name: str, **labels: str) -> float:
        """Read one number off its metrics page."""
        return await asyncio.to_thread(self._value, name, labels)

    def _value(self, name: str, labels: dict[str, str]) -> float:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.metrics_port}/metrics") as page:
            text = page.read().decode()
        samples = (s for family in text_string_to_metric_families(text) for s in family.samples)
        wanted = labels.items()
        return sum(s.value for s in samples if s.name == name and wanted <= s.labels.items())

    async def until_ready(self) -> None:
        """Wait until it can do its work."""
        await eventually(self._is_ready)

    async def _is_ready(self) -> bool:
        with suppress(OSError):
            return (await self.ask("GET /health/ready")).status == 200
        return False


async def eventually(condition: Callable[[], Awaitable[bool]]) -> None:
    """Wait until the condition holds."""
    async with asyncio.timeout(START_TIMEOUT):
        while not await condition():
            await asyncio.sleep(0.05)


async def until_logged(gateway: GatewayProcess, message: str, times: int = 1) -> None:
    """Wait until it has logged this so many times."""

    async def has_logged() -> bool:
        return gateway.messages().count(message) >= times

    await eventually(has_logged)


@asynccontextmanager
async def gateway_process(
    auth: RawService, catalog: RawService, **changes: str
) -> AsyncIterator[GatewayProcess]:
    """Run one with these settings until the context ends, and leave nothing behind."""
    port, metrics_port = free_port(), free_port()
    settings = {
        "GATEWAY_PORT": str(port),
        "GATEWAY_METRICS_PORT": str(metrics_port),
        "GATEWAY_AUTH_URL": auth.url,
        "GATEWAY_CATALOG_URL": catalog.url,
        "GATEWAY_REVOCATIONS_INTERVAL": "0.1",
        "INTERNAL_SECRETS": json.dumps([INTERNAL_SECRET]),
        **changes,
    }
    command = (sys.executable, "-m", "gateway")
    process = await asyncio.create_subprocess_exec(
        *command, cwd=ROOT, env={**os.environ, **settings}, stderr=PIPE
    )
    gateway = GatewayProcess(process, port, metrics_port, [])
    reading = asyncio.create_task(_read(process, gateway.log_lines))
    try:
        await gateway.until_ready()
        yield gateway
    finally:
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
        await asyncio.wait_for(process.wait(), START_TIMEOUT)
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)


async def _read(process: Process, log_lines: list[dict[str, Any]]) -> None:
    assert process.stderr is not None
    async for line in process.stderr:
        with suppress(ValueError):
            log_lines.append(json.loads(line))
