"""`python -m bench.imports [--products N]`: a file into the catalog, again, changed, and out of it.

Runs the commands of the catalog, each a process of its own, on an embedded PostgreSQL that is gone
afterwards.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from catalog_service.orm import APP
from standalone.postgres.server import temporary_server
from testing.database import migrated_database

NAMES = ("Чай чёрный листовой, 100 г", "Кофе молотый, 250 г", "Shoes for running, size 42")


def write_file(path: Path, products: int, *, price: int) -> None:
    """Write a CSV file of so many products, each with a sku."""
    with path.open("w") as file:
        file.write("name,price,sku\n")
        for n in range(products):
            file.write(f'"{NAMES[n % len(NAMES)]}, № {n}",{price + n},SKU-{n:07}\n')


@dataclass(frozen=True, slots=True)
class Took:
    """What a command took: `mib` is the most at a time, `cpu` seconds of its own process."""

    seconds: float
    cpu: float
    mib: float
    said: str


def run(
    command: Sequence[str], environment: Mapping[str, str], *, module: str = "catalog_service.cli"
) -> Took:
    """Return what the command took and said at its end."""
    begun = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", module, *command],
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    said = process.stdout.read().strip()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command} ended with {process.returncode}: {said}")
    seconds = time.perf_counter() - begun
    return Took(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, said)


async def measure(products: int, folder: Path) -> None:
    """Print a line for each command."""
    first, changed, out = folder / "first.csv", folder / "changed.csv", folder / "out.csv"
    write_file(first, products, price=100)
    write_file(changed, products, price=200)
    rounds = {
        "all new": ["import", str(first)],
        "the same again": ["import", str(first)],
        "a dry run of changes": ["import", "--dry-run", str(changed)],
        "all changed": ["import", str(changed)],
        "export": ["export", str(out)],
    }
    print(f"{products} products, {first.stat().st_size / 2**20:.1f} MiB; target 30 s, 150 MiB")
    with temporary_server() as url:
        async with migrated_database(url, app=APP) as database:
            environment = {
                "CATALOG_DATABASE_URL": database.runtime_url,
                "CATALOG_SECRETS": json.dumps(["a-secret-of-a-measurement-and-nothing-else"]),
                "INTERNAL_SECRETS": json.dumps(["a-secret-of-a-measurement-and-nothing-else"]),
            }
            for name, command in rounds.items():
                took = await asyncio.to_thread(run, command, environment)
                said = took.said.rpartition(": ")[2]
                print(f"{name:22} {took.seconds:6.1f} s {took.mib:6.0f} MiB  {said}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--products", type=int, default=100_000)
    with TemporaryDirectory() as name:
        asyncio.run(measure(parser.parse_args().products, Path(name)))
