"""`python -m bench.mail_outage`: p95 of the API while the mail server hangs, beside the quiet one.

The mailing service and a worker are processes of their own; the mail server takes connections and
says nothing. Rounds alternate, so that a noisy neighbour hits both alike.
"""

import argparse
import asyncio
import json
import os
import signal
import sys
import time
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from uuid import UUID, uuid4

import httpx2

from bench.harness.processes import wait_for
from bench.harness.rows import Target, print_targets
from mailing_service.orm import APP
from standalone.ports import free_port
from standalone.postgres.server import temporary_server
from testing.database import ServiceDatabase, migrated_database
from testing.mailing.processes import SECRETS, start_worker
from testing.mailing.runs import addresses, orm, running_run
from testing.servers import serving_document
from testing.tokens import access_token, jwks, signing_key

PATH = "/api/v1/recipients"
CLIENTS = 4
MAX_SLOWER = 1.2
MAX_MEMORY = 100.0


@asynccontextmanager
async def _service(database: ServiceDatabase, jwks_url: str, log: Path) -> AsyncIterator[Process]:
    port = free_port()
    settings = {
        "MAILING_DATABASE_URL": database.runtime_url,
        "MAILING_SECRETS": json.dumps(SECRETS),
        "INTERNAL_SECRETS": json.dumps(SECRETS),
        "MAILING_JWKS_URL": jwks_url,
        "MAILING_PORT": str(port),
        "MAILING_METRICS_PORT": "0",
        "MAILING_ACCESS_LOG": "false",
    }
    command = (sys.executable, "-m", "mailing_service")
    with log.open("w") as output:
        process = await asyncio.create_subprocess_exec(
            *command, env={**os.environ, **settings}, stdout=output, stderr=output
        )
    process.port = port  # type: ignore[attr-defined]
    try:
        await asyncio.to_thread(wait_for, f"http://127.0.0.1:{port}/health/live", {}, log)
        yield process
    finally:
        process.terminate()
        await process.wait()


class _Hanging(asyncio.Protocol):
    """A mail server that says nothing."""


async def _ask(url: str, token: str, seconds: float) -> list[float]:
    times: list[float] = []
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx2.AsyncClient(headers=headers) as client:
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            begun = time.perf_counter()
            response = await client.get(url)
            times.append(1000 * (time.perf_counter() - begun))
            if response.status_code != 200:
                raise SystemExit(response.text)
    return times


async def _p95(url: str, token: str, seconds: float) -> float:
    each = await asyncio.gather(*(_ask(url, token, seconds) for _ in range(CLIENTS)))
    return quantiles([one for times in each for one in times], n=20)[-1]


async def measure(database: ServiceDatabase, rounds: int, seconds: float, log: Path) -> None:
    """Print what was measured."""
    owner: UUID = uuid4()
    quiet: list[float] = []
    hanging: list[float] = []
    loop = asyncio.get_running_loop()
    mail_server = await loop.create_server(_Hanging, "127.0.0.1", 0)
    mail_port = mail_server.sockets[0].getsockname()[1]
    async with orm(database.runtime_url, is_global=False):
        await running_run(addresses(2000), owner_id=owner)
    async with (
        serving_document(jwks(signing_key())) as jwks_url,
        _service(database, jwks_url, log) as service,
    ):
        url = f"http://127.0.0.1:{service.port}{PATH}"  # type: ignore[attr-defined]
        token = access_token(sub=str(owner))
        await _p95(url, token, 1)
        for _ in range(rounds):
            quiet.append(await _p95(url, token, seconds))
            worker = await start_worker(database.runtime_url, mail_port, smtp_connections=10)
            hanging.append(await _p95(url, token, seconds))
            worker.send_signal(signal.SIGKILL)
            await worker.wait()
        status = await asyncio.to_thread(Path(f"/proc/{service.pid}/status").read_text)
    memory = next(int(x.split()[1]) for x in status.splitlines() if x.startswith("VmRSS")) / 1024
    mail_server.close()
    ratio = median(hanging) / median(quiet)
    print(f"p95 quiet {median(quiet):.2f} ms, while the mail server hangs {median(hanging):.2f} ms")
    print_targets(
        [
            Target(
                "p95 while the mail server hangs", "≤ 1.2×", f"{ratio:.2f}×", ratio <= MAX_SLOWER
            ),
            Target("memory of the service", "≤ 100 MiB", f"{memory:.0f} MiB", memory <= MAX_MEMORY),
        ]
    )


async def main(options: argparse.Namespace) -> None:
    """Measure on an embedded PostgreSQL."""
    with temporary_server() as url, TemporaryDirectory() as folder:
        async with migrated_database(url, app=APP) as database:
            log = Path(folder) / "service.log"
            await measure(database, options.rounds, options.seconds, log)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=5)
    asyncio.run(main(parser.parse_args()))
