"""`python -m bench.recipient_imports [--recipients N]`: files with recipients, in and out.

Runs the command of the service, each time a process of its own, on an embedded PostgreSQL that is
gone afterwards; the API imports by the same code. CPU is the command's, wall time includes
PostgreSQL's. Beside other work, `chrt -r 10` in front keeps the figures honest.
"""

import argparse
import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

from bench.harness.rows import Target, print_targets
from bench.imports import run
from mailing_service.models.accounts import Account
from mailing_service.orm import APP
from standalone.postgres.server import temporary_server
from testing.database import migrated_database
from testing.mailing.runs import orm

NAMES = ("Анна Петрова", "Борис Иванов", "Vera Smith", "Глеб Соколов", "Daria Lebedeva-Brown")
CITIES = ("Казань", "Москва", "Berlin")
MOST_SECONDS, MOST_MIB = 30.0, 150.0
SECRETS = json.dumps(["a-secret-of-a-measurement-and-nothing-else"])


def write_csv(path: Path, recipients: int, *, city: str) -> None:
    """Write a file with a custom field, as a spreadsheet does."""
    with path.open("w") as file:
        file.write("email;full_name;comment;city\n")
        for n in range(recipients):
            file.write(f"person{n}@example{n % 97}.com;{NAMES[n % 5]};Met at fair {n};{city}\n")


def write_jsonl(path: Path, recipients: int, *, city: str) -> None:
    """Write the same as JSON lines, of other people."""
    with path.open("w") as file:
        for n in range(recipients):
            line = {
                "email": f"reader{n}@example{n % 97}.com",
                "full_name": NAMES[n % 5],
                "comment": f"Met at fair {n}",
                "custom_fields": {"city": city},
            }
            file.write(json.dumps(line, ensure_ascii=False) + "\n")


async def measure(recipients: int, folder: Path) -> list[Target]:
    """Print a line for each command, and return what was promised of them."""
    targets: list[Target] = []
    with temporary_server() as url:
        async with migrated_database(url, app=APP) as database:
            owner = uuid4()
            async with orm(database.runtime_url):
                await Account.create(id=owner, email="anna@example.com", roles=[])
            environment = {
                "MAILING_DATABASE_URL": database.runtime_url,
                "MAILING_SECRETS": SECRETS,
                "INTERNAL_SECRETS": SECRETS,
            }
            for what, arguments in _rounds(recipients, folder).items():
                command = [*arguments, "--owner", str(owner)]
                took = await asyncio.to_thread(
                    run, command, environment, module="mailing_service.cli"
                )
                print(
                    f"{what:28} {took.seconds:6.1f} s  CPU {took.cpu:5.1f} s {took.mib:6.0f} MiB"
                    f"  {took.said.rpartition(': ')[2]}",
                    flush=True,
                )
                met = took.seconds <= MOST_SECONDS and took.mib <= MOST_MIB
                measured = f"{took.seconds:.1f} s, {took.mib:.0f} MiB"
                targets.append(Target(what, "≤ 30 s, ≤ 150 MiB", measured, met))
    return targets


def _rounds(recipients: int, folder: Path) -> dict[str, list[str]]:
    rounds: dict[str, list[str]] = {}
    writers: dict[str, Callable[..., None]] = {"csv": write_csv, "jsonl": write_jsonl}
    for kind, write in writers.items():
        first, changed = folder / f"first.{kind}", folder / f"changed.{kind}"
        write(first, recipients, city=CITIES[0])
        write(changed, recipients, city=CITIES[1])
        rounds[f"{kind}, all new"] = ["import", str(first)]
        rounds[f"{kind}, the same again"] = ["import", str(first)]
        rounds[f"{kind}, all changed"] = ["import", str(changed)]
    rounds["csv, export"] = ["export", str(folder / "out.csv")]
    return rounds


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--recipients", type=int, default=100_000)
    with TemporaryDirectory() as name:
        print_targets(asyncio.run(measure(parser.parse_args().recipients, Path(name))))
