"""What a call to the gateway costs the web service: httpx2 beside aiohttp, in turns.

`python -m bench.gateway_clients [--calls N]` starts the system and asks it for a page of 20
products, which the gateway has in its cache, so that the client is most of what is measured.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import aiohttp
import httpx2
import uvloop

from bench.system import PERSON
from testing.background import BackgroundSystem

PATH = "/api/v1/products?size=20"
ROUNDS = 5
CONCURRENT = (1, 16)
NO_LIMITS = {"GATEWAY_ADDRESS_LIMIT": "0", "GATEWAY_USER_LIMIT": "0"}

Call = Callable[[], Awaitable[bytes]]
Client = Callable[[str, Mapping[str, str]], AbstractAsyncContextManager[Call]]


@asynccontextmanager
async def with_httpx2(url: str, fields: Mapping[str, str]) -> AsyncIterator[Call]:
    """Make calls by httpx2, as its documentation says."""
    async with httpx2.AsyncClient(trust_env=False) as client:

        async def call() -> bytes:
            response = await client.get(url, headers=dict(fields))
            return response.raise_for_status().content

        yield call


@asynccontextmanager
async def with_aiohttp(url: str, fields: Mapping[str, str]) -> AsyncIterator[Call]:
    """Make calls by aiohttp, as `web_service.gateway_client` does."""
    jar = aiohttp.DummyCookieJar()
    async with aiohttp.ClientSession(cookie_jar=jar, raise_for_status=True) as session:

        async def call() -> bytes:
            async with session.get(url, headers=fields, allow_redirects=False) as response:
                return await response.read()

        yield call


CLIENTS: Mapping[str, Client] = {"httpx2": with_httpx2, "aiohttp": with_aiohttp}


async def _measured(
    client: Client, url: str, fields: Mapping[str, str], *, calls: int, concurrency: int
) -> tuple[float, float]:
    """Return milliseconds of CPU a call, and calls a second."""
    async with client(url, fields) as call:
        await asyncio.gather(*(call() for _ in range(concurrency)))  # connections are kept
        cpu, begun = time.process_time(), time.perf_counter()

        async def some() -> None:
            for _ in range(calls // concurrency):
                await call()

        await asyncio.gather(*(some() for _ in range(concurrency)))
        took = time.perf_counter() - begun
        return 1000 * (time.process_time() - cpu) / calls, calls / took


async def _measure(url: str, token: str, calls: int) -> None:
    fields = {"Authorization": f"Bearer {token}"}
    print("| client | concurrent | CPU a call | calls a second |")
    print("|---|---|---|---|")
    for concurrency in CONCURRENT:
        found: dict[str, list[tuple[float, float]]] = {name: [] for name in CLIENTS}
        for _ in range(ROUNDS):
            for name, client in CLIENTS.items():
                one = await _measured(client, url, fields, calls=calls, concurrency=concurrency)
                found[name].append(one)
        for name, seen in found.items():
            cpu = statistics.median(cpu for cpu, _ in seen)
            rate = statistics.median(rate for _, rate in seen)
            print(f"| {name} | {concurrency} | {cpu:.3f} ms | {rate:,.0f} |")


def main() -> None:
    """Start the system, sign in, measure, and print a table of medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=1600, help="calls of each round")
    calls = parser.parse_args().calls
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)  # PostgreSQL runs as somebody else
        with BackgroundSystem(Path(name) / "data", environment=NO_LIMITS) as system:
            api = f"{system.url}/api/v1"
            httpx2.post(f"{api}/auth/register", json=PERSON).raise_for_status()
            credentials = {"login": PERSON["email"], "password": PERSON["password"]}
            pair = httpx2.post(f"{api}/auth/login", json=credentials).raise_for_status().json()
            uvloop.run(_measure(f"{system.url}{PATH}", pair["access_token"], calls))


if __name__ == "__main__":
    main()
