"""How soon the whole system is ready, and what each process weighs after 1,000 requests.

Run as `python -m bench.system`; it needs nothing but what `make run` needs, and ends by itself.
"""

import argparse
import os
import statistics
import tempfile
import time
from pathlib import Path

import httpx2

from standalone import registry
from testing.background import BackgroundSystem

REQUESTS = 1000
STARTS = 3
SERVICES = tuple(service.name for service in registry.services())
PERSON = {
    "full_name": "Anna Bench",
    "email": "anna@example.com",
    "phone": "+79161234567",
    "password": "Samovar$1-kopeck",
    "password_confirmation": "Samovar$1-kopeck",
}


def main() -> None:
    """Start it on an empty folder and again on the kept data, load it, and print what was seen."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.chmod(folder, 0o755)  # noqa: PTH101 - PostgreSQL runs as somebody else
        first = _ready_after(folder)
        again = [_ready_after(folder) for _ in range(STARTS)]
        memory = _memory_after_requests(folder)
    print("| what | measured |")
    print("|---|---|")
    print(f"| ready, first start | {first:.1f} s |")
    print(f"| ready, data kept (median of {STARTS}) | {statistics.median(again):.1f} s |")
    for service, mebibytes in memory.items():
        print(f"| memory of {service} after {REQUESTS:,} requests | {mebibytes:.0f} MiB |")


def _ready_after(folder: Path) -> float:
    started = time.monotonic()
    with BackgroundSystem(folder / "data"):
        return time.monotonic() - started


def _memory_after_requests(folder: Path) -> dict[str, float]:
    with BackgroundSystem(folder / "data") as system, httpx2.Client(base_url=system.url) as client:
        client.post("/api/v1/auth/register", json=PERSON)
        headers = _sign_in(client)
        for number in range(REQUESTS):
            client.get(f"/api/v1/products?page={number % 10 + 1}", headers=headers)
            client.get("/api/v1/users/me", headers=headers)
            if number % 100 == 0:
                headers = _sign_in(client)
        return {name: system.process(name).memory_info().rss / 2**20 for name in SERVICES}


def _sign_in(client: httpx2.Client) -> dict[str, str]:
    credentials = {"login": PERSON["email"], "password": PERSON["password"]}
    pair = client.post("/api/v1/auth/login", json=credentials).raise_for_status().json()
    return {"Authorization": f"Bearer {pair['access_token']}"}


if __name__ == "__main__":
    main()
