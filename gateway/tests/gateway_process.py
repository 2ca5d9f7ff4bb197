"""A gateway in a process of its own, whose memory and descriptors are its alone."""

import asyncio
import json
import os
import resource
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import psutil

from testing.gateway.raw_client import ask, request
from testing.gateway.raw_service import RawService

FEW_DESCRIPTORS = 20
"""More than before that are no leak: what the process opens as it goes along."""


@dataclass(frozen=True, slots=True)
class GatewayProcess:
    """Where it listens, and what it takes."""

    port: int
    process: psutil.Process

    @property
    def memory(self) -> float:
        """Resident memory in MiB."""
        return float(self.process.memory_info().rss) / 2**20

    @property
    def descriptors(self) -> int:
        return int(self.process.num_fds())


@asynccontextmanager
async def gateway_process(
    auth: RawService, catalog: RawService, **settings: str
) -> AsyncIterator[GatewayProcess]:
    """Run `python -m gateway` until the context ends, and wait until it is ready."""
    allow_many_descriptors()
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    environment = {
        "GATEWAY_PORT": str(port),
        "GATEWAY_METRICS_PORT": "0",
        "GATEWAY_AUTH_URL": auth.url,
        "GATEWAY_CATALOG_URL": catalog.url,
        "GATEWAY_ADDRESS_LIMIT": "0",
        "GATEWAY_USER_LIMIT": "0",
        "GATEWAY_SIGN_IN_LIMIT": "0",
        "GATEWAY_ADDRESS_CONCURRENCY": "0",
        "GATEWAY_USER_CONCURRENCY": "0",
        "GATEWAY_ACCESS_LOG": "false",
        "INTERNAL_SECRETS": json.dumps(["x" * 32]),
        **settings,
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "gateway", env={**os.environ, **environment}
    )
    try:
        await _until_ready(port)
        yield GatewayProcess(port, psutil.Process(process.pid))
    finally:
        process.terminate()
        await process.wait()


def allow_many_descriptors() -> None:
    """Let this process, and those that it starts, have as many as the machine allows."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


async def _until_ready(port: int) -> None:
    async with asyncio.timeout(20):
        while True:
            try:
                if (await ask(port, request("GET /health/ready"))).status == 200:
                    return
            except OSError:
                pass
            await asyncio.sleep(0.05)
