"""Each list of the staff, as a page and by the API: `python -m bench.staff_pages`.

The whole system as `make run` starts it, with a million products, 100,000 accounts, which ordered
once each, and 200,000 events. One client asks at the gateway for one list after the other, so that
of products it sees what the gateway keeps for a second, too.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from statistics import median, quantiles
from typing import Final

import httpx2
import uvloop

from bench.harness.rows import Target, at_most, print_targets
from bench.harness.staff_filling import (
    ALL_HAVE,
    DOMAIN,
    RARE,
    RARE_EVENT,
    TENTH,
    fill_shop,
    number_of_an_order,
)
from bench.web_outage import signed_in
from testing.background import BackgroundSystem
from testing.catalog_filling import COMMON
from testing.people import Shop, bearer, new_person_with_role

MOST: Final = 40.0
"""Milliseconds in which 19 of 20 are to be there."""

Lists = Mapping[str, tuple[str, str]]
"""By what it is, the address of a page, and that of the same list in the API."""


def lists(number: str) -> Lists:
    """Return all that is measured; `number` is that of an order."""
    products, orders = "/api/v1/products?include_inactive=true", "/api/v1/orders?everyone=true"
    managed, everybody = "/products/manage/", "/orders/all/"
    users, people = "/api/v1/users", "/admin/users/"
    audit, log = "/api/v1/audit", "/admin/audit/"
    done, did = "/api/v1/catalog-audit", "/admin/catalog-audit/"
    return {
        "products": (managed, products),
        "products, a word of a tenth": (f"{managed}?q={COMMON}", f"{products}&q={COMMON}"),
        "orders": (everybody, orders),
        "orders by number": (f"{everybody}?q={number}", f"{orders}&q={number}"),
        "orders, a name of all": (f"{everybody}?q={ALL_HAVE}", f"{orders}&q={ALL_HAVE}"),
        "orders, a name of a tenth": (f"{everybody}?q={TENTH}", f"{orders}&q={TENTH}"),
        "orders, a rare name": (f"{everybody}?q={RARE}", f"{orders}&q={RARE}"),
        "sums by day and product": ("/orders/sums/", "/api/v1/orders/sums/products"),
        "users": (people, users),
        "users by name": (f"{people}?sort=full_name", f"{users}?sort=full_name"),
        "users, a name of all": (f"{people}?q={ALL_HAVE}", f"{users}?q={ALL_HAVE}"),
        "users, a name of a tenth": (f"{people}?q={TENTH}", f"{users}?q={TENTH}"),
        "users, a domain of a hundredth": (f"{people}?q={DOMAIN}", f"{users}?q={DOMAIN}"),
        "users, a rare name": (f"{people}?q={RARE}", f"{users}?q={RARE}"),
        "audit": (log, audit),
        "audit of an event": (f"{log}?event=signed_in", f"{audit}?event=signed_in"),
        "audit of products and orders": (did, done),
        "the same, a rare event": (f"{did}?event={RARE_EVENT}", f"{done}?event={RARE_EVENT}"),
        "audit of mailings": ("/admin/mailing-audit/", "/api/v1/mailing-audit"),
    }


async def times(client: httpx2.AsyncClient, path: str, tries: int) -> list[float]:
    """Ask so many times; return milliseconds."""
    found = []
    for attempt in range(tries + 2):
        began = time.perf_counter()
        response = await client.get(path)
        took = 1000 * (time.perf_counter() - began)
        if response.status_code != httpx2.codes.OK:
            raise SystemExit(f"{path}: {response.status_code} {response.text[:200]}")
        if attempt > 1:  # the first compile templates, and open connections
            found.append(took)
    return found


async def measure(system: BackgroundSystem, options: argparse.Namespace) -> list[Target]:
    """Fill the shop and print a row for each list; return what is promised of them."""
    admin = system.postgres.url
    await fill_shop(admin, products=options.products, people=options.people)
    slowest = (0.0, "")
    async with httpx2.AsyncClient(base_url=system.url, timeout=60) as client:
        person, token = await new_person_with_role(Shop(client), system, "admin")
    cookie = await signed_in(system.url, person.email)
    print("| list | page p50 / p95, ms | API p50 / p95, ms |\n|---|---|---|")
    async with (
        httpx2.AsyncClient(base_url=system.url, headers={"Cookie": cookie}, timeout=60) as browser,
        httpx2.AsyncClient(base_url=system.url, headers=bearer(token), timeout=60) as program,
    ):
        for what, paths in lists(await number_of_an_order(admin)).items():
            row = []
            for client, path in zip((browser, program), paths, strict=True):
                took = await times(client, path, options.tries)
                p95 = quantiles(took, n=20)[-1]
                row.append(f"{median(took):.1f} / {p95:.1f}")
                slowest = max(slowest, (p95, path))
            print(f"| {what} | {' | '.join(row)} |", flush=True)
    return [at_most(f"p95 of the slowest, {slowest[1]}", slowest[0], MOST, "ms")]


def main() -> None:
    """Start everything, measure, end everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--products", type=int, default=1_000_000)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--tries", type=int, default=100)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.chmod(folder, 0o755)  # noqa: PTH101 - PostgreSQL runs as somebody else
        with BackgroundSystem(folder / "data") as system:
            targets = uvloop.run(measure(system, options))
    print(f"\nload of the machine at the end: {os.getloadavg()[0]:.1f}\n")
    print_targets(targets)


if __name__ == "__main__":
    main()
