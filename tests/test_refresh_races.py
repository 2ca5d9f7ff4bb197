"""Fifty concurrent uses of one refresh token, at two workers: one successor, every time."""

import asyncio
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack

import httpx2
import pytest

from standalone.ports import free_port
from standalone.services import services
from standalone.settings import ROOT
from testing.background import BackgroundSystem
from testing.people import Person, Shop

pytestmark = pytest.mark.timing

USES = 50
SECONDS_TO_START = 120


@pytest.fixture(scope="module")
def workers(own_system: BackgroundSystem | None) -> Iterator[list[str]]:
    """The addresses of two processes of the auth service on one database."""
    if own_system is None:
        pytest.skip("needs a system of its own to add to")
    program = next(p for p in services(own_system.settings) if p.name == "auth")
    port = free_port()
    environment = {**program.environment, "AUTH_PORT": str(port)}
    with (own_system.settings.data_folder / "auth-2.log").open("wb") as log:
        second = subprocess.Popen(
            program.command, env=environment, cwd=ROOT, stdout=log, stderr=log
        )
    try:
        yield [f"http://127.0.0.1:{p}" for p in (own_system.settings.ports["auth"], port)]
    finally:
        second.terminate()
        second.wait(SECONDS_TO_START)


@pytest.fixture
async def clients(workers: list[str]) -> AsyncIterator[list[httpx2.AsyncClient]]:
    async with AsyncExitStack() as stack:
        clients = [
            await stack.enter_async_context(httpx2.AsyncClient(base_url=url, timeout=20))
            for url in workers
        ]
        async with asyncio.timeout(SECONDS_TO_START):
            for client in clients:
                await _until_ready(client)
        yield clients


async def _until_ready(client: httpx2.AsyncClient) -> None:
    while True:
        try:
            if (await client.get("/health/ready")).status_code == 200:
                return
        except httpx2.TransportError:
            pass
        await asyncio.sleep(0.05)


async def _race(shop: Shop, clients: list[httpx2.AsyncClient], rounds: int) -> None:
    person = Person()
    (await shop.register(person)).raise_for_status()
    token = (await shop.sign_in(person.email)).json()["refresh_token"]
    for _ in range(rounds):
        body = {"refresh_token": token}
        answers = await asyncio.gather(
            *(clients[n % 2].post("/api/v1/auth/refresh", json=body) for n in range(USES))
        )
        assert {answer.status_code for answer in answers} == {200}
        (token,) = {answer.json()["refresh_token"] for answer in answers}


async def test_five_rounds_at_two_workers(shop: Shop, clients: list[httpx2.AsyncClient]) -> None:
    await _race(shop, clients, 5)


@pytest.mark.soak
async def test_two_hundred_rounds_at_two_workers(
    shop: Shop, clients: list[httpx2.AsyncClient]
) -> None:
    async with asyncio.timeout(1200):
        await _race(shop, clients, 200)
