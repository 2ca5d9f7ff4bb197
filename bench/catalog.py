"""Product pages beside those of other frameworks: `python -m bench.catalog`.

One PostgreSQL, one table, one RSA-3072 key and one token for all; no cache in front of any. Each
peer is one process on one core; PostgreSQL and the load share the other. `--quick` is a look that
is too short to quote, `--products` the size of the shop.
"""

import argparse
import asyncio
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from bench.catalog_peers.recipes import django, sqlalchemy, vitrina
from bench.harness.catalog_pages import LIST, Places, find_places, latencies
from bench.harness.catalog_testbed import filled_database
from bench.harness.load import GATEWAY_CORE, LOAD_CORE, Sample, median_of, put_load
from bench.harness.plan import FULL, QUICK, Plan
from bench.harness.processes import wait_for
from bench.harness.rows import (
    Series,
    Target,
    at_least,
    at_most,
    print_series,
    print_targets,
    take_turns,
)
from bench.harness.service import start_service
from bench.harness.tokens import signed
from bench.peers.installing import Unavailable
from bench.peers.running import Running, start
from bench.peers.testbed import Testbed
from standalone.postgres.server import temporary_server

VITRINA, DJANGO, SQLALCHEMY = "Vitrina", "Django REST framework", "FastAPI + SQLAlchemy"
RECIPES = {VITRINA: vitrina, DJANGO: django, SQLALCHEMY: sqlalchemy}
MEMORY = {"shared_buffers": "1GB"}
"""What docs/deployment.md advises for a large catalog; with PostgreSQL's own 128 MB, a million
products and their indexes are read from the system's cache page by page."""
SMALL = 20_000
CONNECTIONS = 16
REQUESTS = 1000


@dataclass(frozen=True, slots=True)
class Shop:
    """A catalog of so many products, and the peers that show it."""

    products: int
    peers: list[Running]
    places: Places
    token: str
    plan: Plan

    def compare(self, what: str, targets: Mapping[str, str], headers: list[str]) -> Series:
        """Put load on each peer in turn, on its own target."""
        title = f"{what}, {self.products:,} products"

        def load(peer: Running, _: int) -> Sample:
            return put_load(
                peer.process,
                peer.url(targets[peer.name]),
                connections=CONNECTIONS,
                seconds=self.plan.seconds,
                authorization=self.token,
                headers=headers if peer.name == VITRINA else (),
            )

        asked = [peer for peer in self.peers if peer.name in targets]
        for peer in asked:
            load(peer, 0)  # each opens its connections
        measured = take_turns(title, asked, self.plan.rounds, load)
        series = {name: samples for name, samples in measured.items() if median_of(samples)}
        print_series(title, series, base=VITRINA)
        return series


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--products", type=int, default=1_000_000)
    parser.add_argument("--quick", action="store_true", help="one round of three seconds each")
    options = parser.parse_args()
    plan = replace(QUICK, seconds=3) if options.quick else FULL
    token = signed(plan.tokens).hot()
    targets: list[Target] = []
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        with _all_children_on(LOAD_CORE):
            admin = stack.enter_context(temporary_server(MEMORY))
            testbed = start_service(stack, Path(name))
        for products, measure in ((options.products, _large), (SMALL, _small)):
            with ExitStack() as running:
                shop = _open(running, testbed, admin, products, token, plan)
                targets += measure(shop)
    print_targets(targets)
    print(f"{plan.rounds} rounds of {plan.seconds} s, {os.cpu_count()} CPUs, one for the peer;")
    print(f"Python {sys.version}")


def _large(shop: Shop) -> list[Target]:
    """Measure what a shop's size costs."""
    ours = shop.peers[0]
    targets = latencies(ours, shop.places, shop.token, tries=shop.plan.rounds * 20)
    numbered = {VITRINA: LIST, DJANGO: "/products", SQLALCHEMY: "/products"}
    series = shop.compare("page 1, counted", numbered, [])
    targets += _each(series, "page 1 beside exact counts", 15)
    far = f"/products?page={shop.places.deep_page}"
    deep = {VITRINA: shop.places.last, DJANGO: far, SQLALCHEMY: far}
    series = shop.compare("deep: by cursor, the others by number", deep, [])
    targets += _each(series, "deep by cursor beside exact counts", 50)
    targets += _walks(shop)
    conditional = shop.compare("unchanged", {VITRINA: LIST}, [f"If-None-Match: {shop.places.etag}"])
    whole = shop.compare("page 1", {VITRINA: LIST}, [])
    both = {"304": conditional[VITRINA], "its own 200": whole[VITRINA]}
    targets.append(at_least("If-None-Match", both, "304", 5, "its own 200"))
    for _ in range(REQUESTS):
        wait_for(ours.url(LIST), {"Authorization": f"Bearer {shop.token}"}, Path(os.devnull))
    memory = ours.process.rss_mib()
    return [*targets, at_most(f"memory after {REQUESTS:,} requests", memory, 100, "MiB")]


def _small(shop: Shop) -> list[Target]:
    """Measure what the code alone costs."""
    numbered = {VITRINA: LIST, DJANGO: "/products", SQLALCHEMY: "/products"}
    series = shop.compare("page 1, counted", numbered, [])
    return [*_each(series, f"page 1 of {shop.products:,}", 1.5), *_walks(shop)]


def _walks(shop: Shop) -> list[Target]:
    walks = {VITRINA: shop.places.middle, DJANGO: "/walk", SQLALCHEMY: "/walk"}
    series = shop.compare("by cursor, the others without a count", walks, [])
    return _each(series, f"by cursor, {shop.products:,}, the others without a count", 1.5)


def _each(series: Series, what: str, times: float) -> list[Target]:
    return [at_least(what, series, VITRINA, times, peer) for peer in (DJANGO, SQLALCHEMY)]


def _open(
    stack: ExitStack, testbed: Testbed, admin: str, products: int, token: str, plan: Plan
) -> Shop:
    """Make a database of so many products, and start everyone on it."""
    sys.stderr.write(f"loading {products:,} products\n")
    database = asyncio.run(filled_database(admin, products))
    peers = []
    for name, recipe in RECIPES.items():
        page = LIST if name == VITRINA else "/walk"
        try:
            peers.append(
                start(
                    stack,
                    testbed,
                    name,
                    recipe(database),
                    core=GATEWAY_CORE,
                    page=page,
                    token=token,
                )
            )
        except Unavailable as error:
            print(f"Not measured: {name}: {error}\n")
    return Shop(products, peers, find_places(peers[0], token), token, plan)


@contextmanager
def _all_children_on(core: int) -> Iterator[None]:
    """Let what is started meanwhile run on this core only."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


if __name__ == "__main__":
    main()
