"""`python -m bench.mailing [--emails N] [--workers N …] [--peer]`: a run, end to end, locally.

Counted from the moment at which the first of all workers sends to the one at which the last result
is written: claims, look-ups, building, SMTP over the loopback, attempts and counts. The mail server
is testing.smtp.sink; worker, mail server and an embedded PostgreSQL share the cores. Rates and
quota are off. Beside other work, `chrt -r 10` in front keeps the figures honest; the CPU time that
an email costs each of the three says what holds the rate. `--peer` has django-post_office send
5,000 of the same emails to the same mail server after each round.
"""

import argparse
import asyncio
import os
import signal
import time
from asyncio.subprocess import Process
from pathlib import Path

import asyncpg
import psutil

from bench.mailing_peers import post_office
from bench.peers.installing import Unavailable
from mailing_service.orm import APP
from standalone.postgres.server import temporary_server
from testing.database import ServiceDatabase, migrated_database
from testing.mailing.processes import sink_process, start_worker
from testing.mailing.runs import addresses, orm, running_run

TARGET = "target 1,500 emails/s, one worker up to 150 MiB"
PEER_EMAILS = 5_000
_LONGEST = 300.0


def peak_mib(process: Process) -> float:
    """Return the most memory that a process has had."""
    for line in Path(f"/proc/{process.pid}/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    return 0.0


def cpu_seconds(pid: int) -> float:
    """Return the CPU time of a process, and of its children that were waited for or still live."""
    process = psutil.Process(pid)
    times = process.cpu_times()
    own: float = times.user + times.system + times.children_user + times.children_system
    return own + sum(cpu_seconds(child.pid) for child in process.children())


class _Cost:
    """The CPU time of some processes from now on."""

    def __init__(self, pids: list[int]) -> None:
        self._pids = pids
        self._before = sum(map(cpu_seconds, pids))

    def seconds(self) -> float:
        return sum(map(cpu_seconds, self._pids)) - self._before


async def measure(
    database: ServiceDatabase, *, emails: int, workers: int, connections: int
) -> None:
    """Print a line: emails a second, memory of a worker, uniqueness at the mail server."""
    async with orm(database.runtime_url, is_global=False):
        run = await running_run(addresses(emails), roles=["admin"], is_sending=False)
    watching = await asyncpg.connect(database.runtime_url)
    server = psutil.Process(await watching.fetchval("SELECT pg_backend_pid()")).ppid()
    async with sink_process() as sink:
        costs = [_Cost([server]), _Cost([sink.process.pid])]
        processes = [
            await start_worker(
                database.runtime_url, sink.port, is_real=True, smtp_connections=connections
            )
            for _ in range(workers)
        ]
        costs.insert(0, _Cost([process.pid for process in processes]))
        begun = time.perf_counter()
        await watching.execute("UPDATE runs SET is_sending = true WHERE id = $1", run.id)
        while await _sent(watching, run.id) < emails:
            if time.perf_counter() - begun > _LONGEST:
                raise SystemExit("not all was sent")
            await asyncio.sleep(0.05)
        first, last = await watching.fetchrow(
            "SELECT min(at), max(changed_at) FROM attempts a"
            " JOIN deliveries d ON d.id = a.delivery_id WHERE d.run_id = $1",
            run.id,
        )
        each = [1e6 * cost.seconds() / emails for cost in costs]
        memory = max(peak_mib(process) for process in processes)
        for process in processes:
            process.send_signal(signal.SIGTERM)
            await process.wait()
    await watching.close()
    seconds = (last - first).total_seconds()
    unique = "all once" if sink.figures["emails"] == sink.figures["recipients"] == emails else "NO"
    print(
        f"{workers} worker(s) of {connections} connections: {emails / seconds:6.0f} emails/s"
        f"  {memory:4.0f} MiB  {unique}  load {os.getloadavg()[0]:.1f}"
        "  CPU µs an email: workers {:.0f}, PostgreSQL {:.0f}, mail server {:.0f}".format(*each)
    )


async def _sent(connection: asyncpg.Connection, run_id: int) -> int:
    query = "SELECT count FROM run_counts WHERE run_id = $1 AND state = 'sent'"
    return int(await connection.fetchval(query, run_id) or 0)


async def measure_peer(admin_url: str) -> None:
    """Print the same of django-post_office."""
    async with sink_process() as sink:
        try:
            sent = await post_office.send(admin_url, sink.port, emails=PEER_EMAILS)
        except Unavailable as error:
            print(f"{post_office.NAME}: not measured: {error}")
            return
    unique = "all once" if sink.figures["recipients"] == sent.sent == PEER_EMAILS else "NO"
    print(
        f"{post_office.NAME}: {PEER_EMAILS / sent.seconds:6.0f} emails/s  {unique}"
        f"  load {os.getloadavg()[0]:.1f}"
        f"  CPU µs an email: its processes {1e6 * sent.cpu / PEER_EMAILS:.0f}"
    )


async def main(options: argparse.Namespace) -> None:
    """Measure each number of workers on one database."""
    print(f"{options.emails} emails; {TARGET}")
    with temporary_server() as url:
        async with migrated_database(url, app=APP) as database:
            for workers in options.workers:
                await measure(
                    database,
                    emails=options.emails,
                    workers=workers,
                    connections=options.connections,
                )
                if options.peer:
                    await measure_peer(url)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--emails", type=int, default=20_000)
    parser.add_argument("--workers", type=int, nargs="*", default=[1, 2, 4])
    parser.add_argument("--connections", type=int, default=20)
    parser.add_argument("--peer", action="store_true", help="measure django-post_office, too")
    asyncio.run(main(parser.parse_args()))
