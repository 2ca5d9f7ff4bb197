"""The account of one person under attack from a thousand addresses, and who can sign in meanwhile.

Run it with `--log-cli-level=info` to see the figures.
"""

import asyncio
import logging
import time
from collections import Counter

import httpx2
from fastapi import FastAPI

from auth_service.mail.outbox import Kind
from auth_service.tests.conftest import register
from auth_service.tests.sessions.test_guessing import EMAIL, PHONE, addresses, guess, try_right
from auth_service.tests.written_emails import last

CARRIER = "203.0.113.200"
AT_ONCE = 8

logger = logging.getLogger(__name__)


async def attack(client: httpx2.AsyncClient, places: list[str], *logins: str) -> Counter[int]:
    """Guess at each name once from each place."""
    answers: Counter[int] = Counter()
    guesses = iter([(login, place) for place in places for login in logins])

    async def stranger() -> None:
        for login, place in guesses:
            answers[(await guess(client, login=login, address=place)).status_code] += 1

    await asyncio.gather(*(stranger() for _ in range(AT_ONCE)))
    return answers


async def test_the_owner_signs_in_from_a_known_device_immediately_and_from_a_new_one_by_a_link(
    app: FastAPI, client: httpx2.AsyncClient
) -> None:
    await register(client)
    known = (await try_right(client)).json()["device_token"]

    under_attack = asyncio.create_task(attack(client, addresses(1000), EMAIL, PHONE))
    while (await try_right(client)).status_code == 200:
        await asyncio.sleep(0)  # until the attack has used up what may be tried
    times = []
    for login in (EMAIL, PHONE) * 5:
        started = time.perf_counter()
        assert (await try_right(client, login=login, device_token=known)).status_code == 200
        times.append(time.perf_counter() - started)

    started = time.perf_counter()
    refused = await try_right(client)
    await client.post("/api/v1/auth/sign-in-link", json={"login": EMAIL})
    token = (await last(app, Kind.SIGN_IN_LINK)).token
    used = await client.post("/api/v1/auth/sign-in-link/confirm", json={"token": token})
    let_in = used.json()["device_token"]
    new = await try_right(client, device_token=let_in)
    by_link = time.perf_counter() - started

    answers = await under_attack
    logger.info(f"2,000 guesses at two names from 1,000 addresses: {dict(answers)}")
    logger.info(f"known device: 10 of 10 sign-ins, {max(times) * 1000:.0f} ms at most")
    logger.info(f"new device: {refused.status_code}, by the email's link {by_link * 1000:.0f} ms")
    assert refused.status_code == 429
    assert new.status_code == 200
    assert by_link < 60
    assert answers[401] <= 22  # 20, and what leaks away meanwhile
    assert answers[401] + answers[429] == 2000


async def test_behind_one_address_with_an_attacker_others_sign_in(
    app: FastAPI, client: httpx2.AsyncClient
) -> None:
    await register(client)
    known = (await try_right(client, address=CARRIER)).json()["device_token"]
    await register(client, email="boris@example.com", phone="+79160000001")

    answers: Counter[int] = Counter()
    for number in range(200):
        login = f"person{number}@example.com"
        answers[(await guess(client, login=login, address=CARRIER)).status_code] += 1
    at_known = await try_right(client, address=CARRIER, device_token=known)
    started = time.perf_counter()
    headers = {"X-Forwarded-For": CARRIER}
    at_new = await try_right(client, login="boris@example.com", address=CARRIER)
    asked = {"login": "boris@example.com"}
    await client.post("/api/v1/auth/sign-in-link", json=asked, headers=headers)
    letter = await last(app, Kind.SIGN_IN_LINK)
    token = {"token": letter.token}
    used = await client.post("/api/v1/auth/sign-in-link/confirm", json=token, headers=headers)
    by_link = await try_right(
        client,
        login="boris@example.com",
        address=CARRIER,
        device_token=used.json()["device_token"],
    )
    took = time.perf_counter() - started

    logger.info(f"200 guesses from one address: {dict(answers)}")
    logger.info(
        f"there: known device {at_known.status_code}; new {at_new.status_code}, "
        f"by the email's link {by_link.status_code} after {took * 1000:.0f} ms"
    )
    assert answers[401] <= 32
    assert (at_known.status_code, by_link.status_code) == (200, 200)
