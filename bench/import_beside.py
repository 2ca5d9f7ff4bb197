"""What customers feel while 100,000 products are imported: `python -m bench.import_beside`.

The whole system as `make run` starts it. Customers look at pages of products, each at another one,
and order, at a constant rate; times count from when a request was due. Before and meanwhile take
turns, and each file has new products.
"""

import argparse
import asyncio
import os
import secrets
import tempfile
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from statistics import median, quantiles
from typing import Final

import aiohttp
import httpx2
import uvloop

from bench.harness.rows import Target, print_targets
from bench.harness.staff_filling import fill_shop, product_lines, verify_emails
from bench.web_outage import signed_in
from shared import tasks
from testing.background import BackgroundSystem
from testing.people import Person, Shop, bearer, new_person_with_role

CUSTOMERS: Final = 10
RATES: Final = {"a page of the list": 10, "a product": 10, "an order": 2}
"""Requests a second, but for an order, which is two: into the cart, and ordered."""
TIMES: Final = 1.5
"""Times that p99 may become."""
IMPORT: Final = "/api/v1/products/import"

Times = Mapping[str, list[float]]
"""Milliseconds, by what was done."""


@dataclass
class Customers:
    """Those who buy: their cookies and tokens, and how many products and pages there are."""

    client: aiohttp.ClientSession
    url: str
    cookies: list[str]
    tokens: list[str]
    products: int
    chance: Random = field(default_factory=lambda: Random(17))

    async def look_at_list(self) -> None:
        """Read a page of products."""
        await self._get(f"/products/?page={self.chance.randrange(1, self.products // 25)}")

    async def look_at_product(self) -> None:
        """Read the page of a product that is for sale."""
        number = self.chance.randrange(0, self.products // 10) * 10 + 1
        await self._get(f"/products/{number}/")

    async def order(self) -> None:
        """Put a product into the cart and order it."""
        who = bearer(self.chance.choice(self.tokens))
        item = {"items": [{"product_id": self.chance.randrange(0, self.products // 10) * 10 + 1}]}
        async with self.client.post(
            f"{self.url}/api/v1/cart/items", json=item, headers=who
        ) as response:
            response.raise_for_status()
        key = {"Idempotency-Key": secrets.token_hex(16)}
        async with self.client.post(f"{self.url}/api/v1/orders", headers=who | key) as response:
            if response.status not in {201, 422}:  # the cart is empty for the second of two
                response.raise_for_status()

    async def busy_for(self, while_running: Awaitable[object]) -> Times:
        """Come at the rates of RATES until something has ended; return how long all took."""
        done: dict[str, list[float]] = {what: [] for what in RATES}
        acts = (self.look_at_list, self.look_at_product, self.order)
        comers = [
            asyncio.create_task(_come(act, 1 / rate, done[what]))
            for act, (what, rate) in zip(acts, RATES.items(), strict=True)
        ]
        try:
            await while_running
        finally:
            await tasks.end(*comers)
        return done

    async def _get(self, path: str) -> None:
        fields = {"Cookie": self.chance.choice(self.cookies)}
        async with self.client.get(f"{self.url}{path}", headers=fields) as response:
            await response.read()
            response.raise_for_status()


async def _come(act: Callable[[], Awaitable[None]], interval: float, done: list[float]) -> None:
    """Do something whenever it is due, whether or not what came before has ended."""

    async def timed(due: float) -> None:
        await act()
        done.append(1000 * (time.perf_counter() - due))

    due = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        while True:
            group.create_task(timed(due))
            due += interval
            await asyncio.sleep(due - time.perf_counter())


async def import_file(client: aiohttp.ClientSession, url: str, token: str, file: Path) -> None:
    """Send a file as a manager does, and wait for its report."""
    fields = {**bearer(token), "Content-Type": "text/csv"}
    with file.open("rb") as body:
        async with client.post(f"{url}{IMPORT}", data=body, headers=fields) as response:
            report = await response.json()
    if response.status != httpx2.codes.OK or not report["created"]:
        raise SystemExit(f"The import was refused: {report}")


async def measure(
    system: BackgroundSystem, options: argparse.Namespace, folder: Path
) -> list[Target]:
    """Fill the shop, and print times before and meanwhile; return what is promised of them."""
    await fill_shop(system.postgres.url, products=options.products, people=1000)
    async with httpx2.AsyncClient(base_url=system.url, timeout=60) as asking:
        shop, people = Shop(asking), [Person() for _ in range(CUSTOMERS)]
        for person in people:
            (await shop.register(person)).raise_for_status()
        answers = [await shop.sign_in(person.email) for person in people]
        tokens = [answer.raise_for_status().json()["access_token"] for answer in answers]
        cookies = [await signed_in(system.url, person.email) for person in people]
        person, _ = await new_person_with_role(shop, system, "manager")
        await verify_emails(system.postgres.url)
        answer = await shop.sign_in(person.email)
        manager = answer.raise_for_status().json()["access_token"]
    timeout = aiohttp.ClientTimeout(total=600)
    async with aiohttp.ClientSession(
        cookie_jar=aiohttp.DummyCookieJar(),
        connector=aiohttp.TCPConnector(limit=0),
        timeout=timeout,
    ) as client:
        customers = Customers(client, system.url, cookies, tokens, options.products)
        await customers.busy_for(asyncio.sleep(3))  # compiles templates, opens connections
        rounds: list[tuple[Times, Times]] = []
        for number in range(options.rounds):
            file = folder / f"{number}.csv"
            file.write_text("".join(product_lines(options.lines)))
            before = await customers.busy_for(asyncio.sleep(options.seconds))
            began = time.perf_counter()
            one_import = import_file(client, system.url, manager, file)
            rounds.append((before, await customers.busy_for(one_import)))
            print(f"import {time.perf_counter() - began:.1f} s", flush=True)
    return [compared(what, rounds) for what in RATES]


def compared(what: str, rounds: list[tuple[Times, Times]]) -> Target:
    """Print a row, and return whether its promise is kept: of the medians over all rounds."""
    figures = []
    for when in (0, 1):
        cuts = [quantiles(each[when][what], n=100) for each in rounds]
        figures.append([median(cut[n] for cut in cuts) for n in (49, 94, 98)])
    columns = " | ".join(" / ".join(f"{each:.1f}" for each in cut) for cut in figures)
    print(f"| {what} | {columns} |", flush=True)
    ratio = figures[1][2] / figures[0][2]
    return Target(f"p99 of {what}", f"< {TIMES:g}×", f"{ratio:.2f}×", met=ratio < TIMES)


def main() -> None:
    """Start everything, measure, end everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--products", type=int, default=100_000)
    parser.add_argument("--lines", type=int, default=100_000)
    parser.add_argument("--seconds", type=int, default=20, help="of each round before the import")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.chmod(folder, 0o755)  # noqa: PTH101 - PostgreSQL runs as somebody else
        with BackgroundSystem(folder / "data") as system:
            targets = uvloop.run(measure(system, options, folder))
    print("columns: p50 / p95 / p99 in ms, before and meanwhile;", end=" ")
    print(f"load of the machine at the end: {os.getloadavg()[0]:.1f}\n")
    print_targets(targets)


if __name__ == "__main__":
    main()
