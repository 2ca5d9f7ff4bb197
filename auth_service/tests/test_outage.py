"""Without its database the service answers 503, and goes on by itself when it is back."""

import asyncio
from collections.abc import AsyncIterator

import httpx2
import pytest

from auth_service.models import User
from auth_service.tests.conftest import REGISTRATION, bearer, refresh, register, sign_in
from testing.outage import Cable

pytestmark = pytest.mark.timing


@pytest.fixture
async def cut_cable(cable: Cable) -> AsyncIterator[Cable]:
    """The cable, connected again afterwards whatever happened."""
    yield cable
    cable.cut()
    await cable.connect()


def assert_unavailable(response: httpx2.Response) -> None:
    assert response.status_code == 503, response.text
    assert response.json()["error"] in {"service_unavailable", "not_ready"}
    assert response.headers["retry-after"] == "1"


async def test_every_use_case_says_503_and_recovers(
    client: httpx2.AsyncClient, cut_cable: Cable
) -> None:
    await register(client)
    pair = await sign_in(client)
    credentials = {"login": "anna@example.com", "password": REGISTRATION["password"]}
    cut_cable.cut()

    for path, body in [("login", credentials), ("register", REGISTRATION)]:
        assert_unavailable(await client.post(f"/api/v1/auth/{path}", json=body))
    assert_unavailable(await refresh(client, pair["refresh_token"]))
    assert_unavailable(await client.get("/api/v1/users/me", headers=bearer(pair)))
    assert_unavailable(await client.get("/health/ready"))
    assert (await client.get("/health/live")).status_code == 200
    assert (await client.get("/.well-known/jwks.json")).status_code == 200

    await cut_cable.connect()
    assert (await refresh(client, pair["refresh_token"])).status_code == 200
    assert (await client.get("/health/ready")).status_code == 200


async def test_nothing_acknowledged_is_lost_when_the_cable_is_cut_again_and_again(
    client: httpx2.AsyncClient, cut_cable: Cable
) -> None:
    async def cut_now_and_then() -> None:
        while True:
            await asyncio.sleep(0.03)
            cut_cable.cut()
            await asyncio.sleep(0.01)
            await cut_cable.connect()

    async def sign_up(number: int) -> tuple[int, str]:
        email = f"person{number}@example.com"
        body = {**REGISTRATION, "email": email, "phone": f"+79{number:09}"}
        response = await client.post("/api/v1/auth/register", json=body)
        return response.status_code, email

    cutting = asyncio.create_task(cut_now_and_then())
    answers = [
        answer
        for batch in range(10)
        for answer in await asyncio.gather(*(sign_up(batch * 10 + n) for n in range(10)))
    ]
    cutting.cancel()
    await asyncio.gather(cutting, return_exceptions=True)
    cut_cable.cut()
    await cut_cable.connect()

    assert {code for code, _ in answers} <= {201, 503}
    assert {503} <= {code for code, _ in answers}
    stored = set(await User.all().values_list("email", flat=True))
    assert {email for code, email in answers if code == 201} <= stored
