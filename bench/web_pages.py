"""The page of twenty products, by the web service and by Django: `python -m bench.web_pages`.

One PostgreSQL and one table for both; web service and Django run one process each on a core of
its own, everything else shares the other: load, PostgreSQL, catalog and gateway. The upper bound is
the JSON of the same page from the gateway alone. `--products` is the size of the shop.
"""

import argparse
import asyncio
import json
import os
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from pydantic import SecretStr

from bench.catalog import MEMORY
from bench.catalog_peers.recipes import vitrina as catalog
from bench.harness.catalog_testbed import new_filled_database
from bench.harness.load import GATEWAY_CORE, LOAD_CORE, Sample, median_of, put_load
from bench.harness.plan import FULL, QUICK, Plan
from bench.harness.processes import Pinned, pinned, wait_for
from bench.harness.rows import Series, at_least, at_most, print_series, print_targets, take_turns
from bench.harness.service import start_service
from bench.harness.tokens import signed
from bench.peers.installing import Unavailable
from bench.peers.running import Running, start
from bench.peers.testbed import Launch, Testbed
from bench.peers.vitrina import vitrina as gateway
from bench.web_peers import recipes
from shared import clock
from shared.database.bootstrap import prepare_database
from shared.database.connection import connected
from shared.migrating.run import migrate
from shared.secret_box import SecretBox
from standalone.ports import free_port
from standalone.postgres.server import temporary_server
from testing.database import new_database
from web_service.orm import APP, orm_config
from web_service.sessions import service
from web_service.sessions.tokens import Tokens
from web_service.settings import WebSettings

OURS, BOUND, COUNTED, UNCOUNTED = (
    "Vitrina's web service",
    "the JSON alone (gateway)",
    "Django, counted",
    "Django, no count",
)
JSON_PAGE = "/api/v1/products?size=20&page=1"
PAGES = {OURS: "/products/", BOUND: JSON_PAGE, COUNTED: "/products", UNCOUNTED: "/uncounted"}
CONNECTIONS = 8
REQUESTS = 1000
PERSON = {
    "id": "0d2a2b36-2a63-4f5e-9d44-6c6ad9a1b1a7",
    "full_name": "Anna Bench",
    "language": "en",
    "time_zone": "Europe/Moscow",
}


@dataclass(frozen=True, slots=True)
class Peer:
    """A running peer, and the field that says who asks."""

    running: Running
    field: tuple[str, str]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--products", type=int, default=1_000_000)
    parser.add_argument("--quick", action="store_true", help="one round of three seconds each")
    options = parser.parse_args()
    plan = replace(QUICK, seconds=3) if options.quick else FULL
    token = signed(1).hot()
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        os.sched_setaffinity(0, {LOAD_CORE})
        admin = stack.enter_context(temporary_server(MEMORY))
        testbed = start_service(stack, Path(name))
        peers = _peers(stack, testbed, admin, options.products, token)
        series = _measure(peers, plan, f"a page of 20 of {options.products:,} products")
        ours = next(peer for peer in peers if peer.running.name == OURS)
        for _ in range(REQUESTS):
            wait_for(ours.running.url(PAGES[OURS]), dict([ours.field]), Path(os.devnull))
        _judge(series, ours.running.process.rss_mib())
    print(f"{plan.rounds} rounds of {plan.seconds} s, {CONNECTIONS} connections,")
    print(f"{os.cpu_count()} CPUs, one for the peer; Python {sys.version}")


def _measure(peers: list[Peer], plan: Plan, what: str) -> Series:
    fields = {peer.running.name: peer.field for peer in peers}

    def load(peer: Running, _: int) -> Sample:
        name, value = fields[peer.name]
        return put_load(
            peer.process,
            peer.url(PAGES[peer.name]),
            connections=CONNECTIONS,
            seconds=plan.seconds,
            authorization=value.removeprefix("Bearer "),
            headers=[f"{name}: {value}"] if name == "Cookie" else (),
        )

    running = [peer.running for peer in peers]
    for peer in running:
        load(peer, 0)  # each compiles its templates and opens its connections
    series = take_turns(what, running, plan.rounds, load)
    print_series(what, series, base=OURS)
    return series


def _judge(series: Series, memory: float) -> None:
    rate = median_of(series[OURS])
    pages = at_most("milliseconds of a core for a page", 1000 / rate, 1000 / 300, "ms")
    print_targets(
        [
            pages,
            at_least("pages a second beside Django with a count", series, OURS, 3, COUNTED),
            at_least("pages a second beside Django without", series, OURS, 3, UNCOUNTED),
            at_most("p95", median_of(series[OURS], "p95"), 40, "ms"),
            at_most(f"memory after {REQUESTS:,} pages and the load", memory, 100, "MiB"),
        ]
    )


def _peers(stack: ExitStack, testbed: Testbed, admin: str, products: int, token: str) -> list[Peer]:
    sys.stderr.write(f"loading {products:,} products\n")
    shop = asyncio.run(new_filled_database(admin, products))

    def started(name: str, launch: Launch, port: int, field: tuple[str, str]) -> Peer:
        process = _pinned(stack, testbed, launch, port, core=GATEWAY_CORE)
        peer = Peer(Running(name, port, process), field)
        wait_for(peer.running.url(PAGES[name]), dict([field]), testbed.folder / f"{port}.log")
        return peer

    bearer = ("Authorization", f"Bearer {token}")
    running = start(
        stack,
        testbed,
        "catalog",
        catalog(shop.runtime_url),
        core=LOAD_CORE,
        page=JSON_PAGE,
        token=token,
    )
    door = gateway(GATEWAY_CATALOG_URL=running.url(""))
    behind, port = free_port(), free_port()
    _pinned(stack, testbed, door(testbed, behind), behind, core=LOAD_CORE)
    sessions, cookie = asyncio.run(_session(admin, token))
    peers = [
        started(OURS, recipes.web(sessions, f"http://127.0.0.1:{behind}", port), port, cookie),
        started(BOUND, door(testbed, other := free_port()), other, bearer),
    ]
    try:
        value = recipes.django_cookie(shop.owner_url)
        for name in (COUNTED, UNCOUNTED):
            port = free_port()
            launch = recipes.django(shop.owner_url, port)
            peers.append(started(name, launch, port, ("Cookie", value)))
    except Unavailable as error:
        print(f"Not measured: Django: {error}\n")
    return peers


def _pinned(stack: ExitStack, testbed: Testbed, launch: Launch, port: int, *, core: int) -> Pinned:
    log = testbed.folder / f"{port}.log"
    return stack.enter_context(pinned(launch.command, core=core, env=launch.environment, log=log))


async def _session(admin: str, token: str) -> tuple[str, tuple[str, str]]:
    """Make the database of sessions and one in it; return its URL and the session's cookie."""
    database = new_database(admin, APP)
    await prepare_database(admin, owner_url=database.owner_url, runtime_url=database.runtime_url)
    await migrate(SecretStr(database.owner_url), app=APP)
    settings = WebSettings.model_validate(
        {
            "database_url": database.runtime_url,
            "secrets": json.loads(recipes.SECRETS),
            "on_behalf_secrets": json.loads(recipes.SECRETS),
        }
    )
    box = SecretBox([secret.get_secret_value() for secret in settings.secrets])
    tokens = Tokens(token, "a-refresh-token", clock.now() + timedelta(hours=12))
    async with connected(orm_config(settings)):
        value = await service.begin(tokens, PERSON, box=box, remember=True)
    return database.runtime_url, ("Cookie", f"vitrina={value}")


if __name__ == "__main__":
    main()
