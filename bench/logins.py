"""What signing in costs, and whom it disturbs.

Run as `python -m bench.logins`: starts the whole system on free ports, signs people in, refreshes,
guesses, and reads product pages meanwhile. Needs nothing but what `make run` needs; loopback only.
"""

import argparse
import asyncio
import os
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import httpx2

from auth_service.crypto.passwords import PasswordHasher
from testing.background import BackgroundSystem

PASSWORD = "Samovar$1-kopeck"
CLIENTS = 50
SECONDS = 10.0
TRIES = 500
BUSY = 503


@dataclass
class Series:
    """Times of many requests, in milliseconds."""

    times: list[float] = field(default_factory=list)

    def percentile(self, share: float) -> float:
        """Return the time that this share of the requests did not exceed."""
        return sorted(self.times)[min(len(self.times) - 1, int(len(self.times) * share))]


@dataclass
class Shop:
    """The services, as a client on this machine reaches them."""

    gateway: httpx2.AsyncClient
    auth: httpx2.AsyncClient
    tokens: list[dict[str, str]] = field(default_factory=list)

    async def register(self, number: int) -> None:
        """Open the account of person `number`."""
        body = {
            "full_name": f"Person {number}",
            "email": f"person{number}@example.com",
            "phone": f"+79{number:09}",
            "password": PASSWORD,
            "password_confirmation": PASSWORD,
        }
        response = await self.auth.post("/api/v1/auth/register", json=body, headers=_from(number))
        response.raise_for_status()

    async def sign_in(self, number: int, password: str = PASSWORD) -> httpx2.Response:
        """Sign person `number` in, from an address of its own."""
        body = {"login": f"person{number}@example.com", "password": password}
        return await self.auth.post("/api/v1/auth/login", json=body, headers=_from(number))

    async def read_products(self) -> None:
        """Read a page of products through the gateway."""
        headers = {"Authorization": f"Bearer {self.tokens[0]['access_token']}"}
        (await self.gateway.get("/api/v1/products", headers=headers)).raise_for_status()


def _from(number: int) -> dict[str, str]:
    return {"X-Forwarded-For": f"198.18.{number // 250 % 250}.{number % 250 + 1}"}


async def repeat(
    work: Callable[[], Awaitable[object]], *, seconds: float, pause: float = 0.0
) -> Series:
    """Do `work` again and again for so many seconds."""
    series, end = Series(), time.monotonic() + seconds
    while time.monotonic() < end:
        started = time.perf_counter()
        await work()
        series.times.append((time.perf_counter() - started) * 1000)
        if pause:
            await asyncio.sleep(pause)
    return series


async def ceiling() -> float:
    """Return the hashes a second that argon2id allows with the service's parameters and threads."""
    hasher = PasswordHasher()
    counts = await asyncio.gather(
        *(repeat(lambda: hasher.hash(PASSWORD), seconds=SECONDS / 2) for _ in range(4))
    )
    hasher.close()
    return sum(len(series.times) for series in counts) / (SECONDS / 2)


async def sign_ins(shop: Shop) -> float:
    """Sign 50 people in without pause; return how many sign-ins a second that makes.

    A client that finds the queue full gets a Retry-After, and obeys it.
    """
    signed_in: list[int] = []

    async def person(number: int) -> None:
        async def once() -> None:
            response = await shop.sign_in(number)
            if response.status_code == BUSY:
                await asyncio.sleep(0.1)
            else:
                signed_in.append(response.raise_for_status().status_code)

        await repeat(once, seconds=SECONDS)

    await asyncio.gather(*(person(number) for number in range(CLIENTS)))
    return len(signed_in) / SECONDS


async def sign_ins_alone(shop: Shop) -> dict[str, str]:
    """Compare sign-ins with the bare hash, which takes turns with them."""
    before = await ceiling()
    rate = await sign_ins(shop)
    limit = (before + await ceiling()) / 2
    return {
        "hashes a second that argon2id allows": f"{limit:.1f}",
        f"logins a second, {CLIENTS} clients": f"{rate:.1f} ({rate / limit:.0%}; target 85%)",
    }


async def bystanders(shop: Shop) -> dict[str, str]:
    """See what others feel of 50 people who sign in without pause."""
    quiet = await repeat(shop.read_products, seconds=SECONDS / 2, pause=0.01)

    async def live() -> None:
        await shop.auth.get("/health/live")

    rate, busy, lag = await asyncio.gather(
        sign_ins(shop),
        repeat(shop.read_products, seconds=SECONDS, pause=0.01),
        repeat(live, seconds=SECONDS, pause=0.01),
    )
    return {
        "the same beside readers of products": f"{rate:.1f}",
        "product page p99, quiet / meanwhile": (
            f"{quiet.percentile(0.99):.1f} / {busy.percentile(0.99):.1f} ms (target 3x)"
        ),
        "auth's /health/live p99 meanwhile": f"{lag.percentile(0.99):.1f} ms (target 50)",
    }


async def refreshes(shop: Shop, cpu: Callable[[], float]) -> dict[str, str]:
    """Rotate refresh tokens in eight sessions for a while."""
    pairs = [(await shop.sign_in(number)).json() for number in range(8)]

    async def session(pair: dict[str, str]) -> int:
        async def once() -> None:
            body = {"refresh_token": pair["refresh_token"]}
            response = await shop.auth.post("/api/v1/auth/refresh", json=body)
            pair.update(response.raise_for_status().json())

        return len((await repeat(once, seconds=SECONDS)).times)

    before = cpu()
    count = sum(await asyncio.gather(*(session(pair) for pair in pairs)))
    cost = (cpu() - before) / count
    return {
        "refreshes a second": f"{count / SECONDS:.0f}",
        "CPU of auth for one; a core's worth": f"{cost * 1000:.2f} ms; {1 / cost:.0f} a second",
    }


async def arms(shop: Shop) -> dict[str, str]:
    """Time a wrong password of a known and of an unknown name, in turns."""
    known, unknown = Series(), Series()
    for number in range(TRIES):
        person = 1000 + number // 4  # ten tries are free
        for series, name in ((known, person), (unknown, 10_000 + number)):
            started = time.perf_counter()
            response = await shop.sign_in(name, "Wrong:Word1")
            series.times.append((time.perf_counter() - started) * 1000)
            assert response.status_code == 401, response.text
    first, second = statistics.median(known.times), statistics.median(unknown.times)
    return {
        f"median of {TRIES} refusals, known / unknown name": (
            f"{first:.1f} / {second:.1f} ms ({abs(first - second) / first:.1%} apart)"
        )
    }


async def measure(system: BackgroundSystem) -> dict[str, str]:
    """Run everything; return what to print."""
    auth_url = system.settings.url("auth")
    limits = httpx2.Limits(max_connections=200, max_keepalive_connections=200)

    def cpu() -> float:
        used = system.process("auth").cpu_times()
        return float(used.user + used.system)

    async with (
        httpx2.AsyncClient(base_url=system.url, limits=limits, timeout=30) as gateway,
        httpx2.AsyncClient(base_url=auth_url, limits=limits, timeout=30) as auth,
    ):
        shop = Shop(gateway, auth)
        for number in [*range(CLIENTS), *range(1000, 1000 + TRIES // 4)]:
            await shop.register(number)
        shop.tokens = [(await shop.sign_in(0)).json()]
        return {
            **await arms(shop),
            **await refreshes(shop, cpu),
            **await sign_ins_alone(shop),
            **await bystanders(shop),
        }


def main() -> None:
    """Measure and print a table."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    with tempfile.TemporaryDirectory() as name:
        os.chmod(name, 0o755)  # noqa: PTH101 - PostgreSQL runs as somebody else
        with BackgroundSystem(Path(name) / "data") as system:
            results = asyncio.run(measure(system))
    print("| what | measured |")
    print("|---|---|")
    for what, measured in results.items():
        print(f"| {what} | {measured} |")


if __name__ == "__main__":
    main()
