"""The pool that hashes passwords: bounded, and off the event loop."""

import asyncio
import subprocess
import sys
import threading

import httpx2
import pytest
from fastapi import FastAPI

from auth_service.crypto.passwords import (
    Argon2Parameters,
    HashQueueFull,
    PasswordHasher,
)
from auth_service.tests.conftest import register

pytestmark = pytest.mark.timing

CHEAP = Argon2Parameters(memory_kib=8 * 1024, time_cost=1)


async def test_hashes_are_argon2id_with_the_parameters_asked_for() -> None:
    hasher = PasswordHasher()

    assert (await hasher.hash("x")).startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    hasher.close()


async def test_no_hash_is_made_on_the_event_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    hasher = PasswordHasher(CHEAP, workers=1)
    threads: set[str] = set()
    make = hasher._context.hash

    def watched(password: str) -> str:
        threads.add(threading.current_thread().name)
        return str(make(password))

    monkeypatch.setattr(hasher._context, "hash", watched)
    await hasher.hash("x")

    assert all(name.startswith("password-hash") for name in threads)
    assert threads
    hasher.close()


async def test_beyond_the_queue_it_is_full_and_room_comes_back() -> None:
    hasher = PasswordHasher(CHEAP, workers=1, queue_size=2)

    results = await asyncio.gather(*(hasher.hash("x") for _ in range(5)), return_exceptions=True)

    assert sum(isinstance(result, HashQueueFull) for result in results) == 2
    assert await hasher.hash("x")
    hasher.close()


async def test_a_caller_who_leaves_gives_its_room_back() -> None:
    hasher = PasswordHasher(CHEAP, workers=1, queue_size=1)
    waiting = [asyncio.create_task(hasher.hash("x")) for _ in range(2)]
    await asyncio.sleep(0)
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)

    async with asyncio.timeout(60):
        while hasher._room < 2:  # the work itself cannot be called back
            await asyncio.sleep(0.001)

    assert await hasher.hash("x")
    hasher.close()


async def test_a_full_queue_is_a_503_that_says_when_to_come_back(
    client: httpx2.AsyncClient, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app.state.hasher, "_room", 0)

    response = await client.post(
        "/api/v1/auth/login", json={"login": "a@example.com", "password": "Open:Sesame1"}
    )

    assert (response.status_code, response.json()["error"]) == (503, "too_busy")
    assert response.headers["retry-after"] == "1"


@pytest.mark.skipif(sys.platform != "linux", reason="only glibc keeps it")
def test_the_memory_of_hashes_is_given_back() -> None:
    program = """
from auth_service.crypto.passwords import PasswordHasher
from auth_service.process.memory import return_large_blocks
import asyncio, pathlib

def resident():
    return int(pathlib.Path("/proc/self/statm").read_text().split()[1]) * 4096

async def main():
    hasher = PasswordHasher(workers=1)
    before = resident()
    for _ in range(5):
        await hasher.hash("x")
    print(resident() - before)

return_large_blocks()
asyncio.run(main())
"""
    told = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert int(told.stdout) < 10 * 2**20  # one hash takes 19 MiB


@pytest.mark.parametrize("login", ["anna@example.com", "nobody@example.com"])
async def test_known_or_not_one_hash_is_verified_off_the_event_loop(
    client: httpx2.AsyncClient, app: FastAPI, monkeypatch: pytest.MonkeyPatch, login: str
) -> None:
    await register(client)
    context = app.state.hasher._context
    threads: list[str] = []

    def watch(name: str) -> None:
        really = getattr(context, name)

        def watched(secret: str, stored: str) -> object:
            assert stored.startswith("$argon2id$")
            threads.append(threading.current_thread().name)
            return really(secret, stored)

        monkeypatch.setattr(context, name, watched)

    watch("verify")
    watch("verify_and_update")

    await client.post("/api/v1/auth/login", json={"login": login, "password": "Wrong:Word1"})

    assert len(threads) == 1
    assert threads[0].startswith("password-hash")
