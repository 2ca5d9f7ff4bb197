"""What a streaming replica takes off the primary: `python -m bench.replicas`.

The CPU that each server spends on a request, without a replica and with one; requests per second
would say nothing, as both share the cores of one machine. Nothing is written meanwhile: a shop that
changes several times a second reads from its primary for that time.
"""

import argparse
import asyncio
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from urllib.parse import urlencode

import psutil

from bench.catalog_peers.recipes import vitrina
from bench.harness.catalog_pages import LIST
from bench.harness.catalog_testbed import filled_database
from bench.harness.load import GATEWAY_CORE, put_load
from bench.harness.service import start_service
from bench.harness.tokens import signed
from bench.peers.running import Running, start
from testing.catalog_filling import COMMON, RARE
from testing.standby import temporary_primary
from testing.streaming import Server, Standby

CONNECTIONS = 16
PAGES = {
    "page 1": LIST,
    "page 2,000": f"{LIST}?page=2000",
    "a rare word": f"{LIST}?{urlencode({'q': RARE})}",
    "a word of a tenth": f"{LIST}?{urlencode({'q': COMMON})}",
}


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--products", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=3)
    options = parser.parse_args()
    token = signed(1).hot()
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        streaming = stack.enter_context(temporary_primary())
        database = asyncio.run(filled_database(streaming.primary.url, options.products))
        server = stack.enter_context(streaming.standby("standby"))
        standby = Standby(server, streaming.primary)
        asyncio.run(standby.caught_up())
        testbed = start_service(stack, Path(name))

        def serving(title: str, *replicas: str) -> Running:
            recipe = vitrina(database, *replicas)
            return start(stack, testbed, title, recipe, core=GATEWAY_CORE, page=LIST, token=token)

        services = [
            serving("the primary alone"),
            serving("with a replica", standby.at(database)),
        ]
        servers = (streaming.primary, server)
        print("CPU of a request in µs, medians:\n")
        print("| page | who answers | catalog | primary | replica |\n|---|---|---|---|---|")
        for page, target in PAGES.items():
            costs = [
                [_costs(service, target, token, servers, options.seconds) for service in services]
                for _ in range(options.rounds)
            ]
            for service, measured in zip(services, zip(*costs, strict=True), strict=True):
                figures = (f"{median(each):,.0f}" for each in zip(*measured, strict=True))
                print(f"| {page} | {service.name} | {' | '.join(figures)} |", flush=True)
    print(f"\n{options.products:,} products, {options.rounds} rounds of {options.seconds} s")


def _costs(
    service: Running, target: str, token: str, servers: Sequence[Server], seconds: int
) -> list[float]:
    """Return the CPU of one request, in microseconds, of the service and of each server."""
    before = [_cpu_seconds(server) for server in servers]
    sample = put_load(
        service.process,
        service.url(target),
        connections=CONNECTIONS,
        seconds=seconds,
        authorization=token,
    )
    used = [_cpu_seconds(server) - had for server, had in zip(servers, before, strict=True)]
    return [sample.cost, *(each / (sample.rate * seconds) * 1e6 for each in used)]


def _cpu_seconds(server: Server) -> float:
    """Return what a PostgreSQL has used so far, with the processes that it has begun and ended."""
    main = psutil.Process(server.process)
    times = [process.cpu_times() for process in (main, *main.children(recursive=True))]
    ended = main.cpu_times()
    return (
        sum(each.user + each.system for each in times) + ended.children_user + ended.children_system
    )


if __name__ == "__main__":
    main()
