"""Workers and a mail server as processes, which can be killed."""

import asyncio
import json
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

SECRETS = ["a-secret-of-the-tests-and-of-nothing-else"]


@dataclass
class SinkProcess:
    """`python -m testing.smtp.sink`, and what it counted once it has ended."""

    process: Process
    port: int
    figures: dict[str, int] = field(default_factory=dict)


@asynccontextmanager
async def sink_process() -> AsyncIterator[SinkProcess]:
    """Run a mail server that takes everything."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "testing.smtp.sink", stdout=PIPE
    )
    assert process.stdout is not None
    sink = SinkProcess(process, json.loads(await process.stdout.readline())["port"])
    try:
        yield sink
    finally:
        process.terminate()
        sink.figures = json.loads(await process.stdout.readline())
        await process.wait()


async def start_worker(
    database_url: str, port: int, *, is_real: bool = False, **changes: Any
) -> Process:
    """Start a worker without rates, and wait until it sends; see `worker_process` for `is_real`."""
    settings = {
        "database_url": database_url,
        "secrets": SECRETS,
        "INTERNAL_SECRETS": SECRETS,
        "public_url": "https://shop.example",
        "MAILING_FROM": "Shop <news@shop.example>",
        "smtp_host": "127.0.0.1",
        "smtp_port": port,
        "server_rate": 0,
        "domain_rate": 0,
        "domain_connections": 0,
        "owner_quota": 10_000_000,
        "retry_first": 1,
        "smtp_timeout": 2,
        "lease_margin": 1,
        **changes,
    }
    worker = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "mailing_service.tests.sending.worker_process",
        json.dumps(settings),
        *(["real"] if is_real else []),
        stdout=PIPE,
        stderr=DEVNULL,
    )
    assert worker.stdout is not None
    assert await worker.stdout.readline() == b"sending\n"
    return worker
