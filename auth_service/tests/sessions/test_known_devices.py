"""Devices that one has signed in at: strangers are in nobody's way there."""

from datetime import timedelta

import httpx2
import pytest

from auth_service.models import Device
from auth_service.tests.conftest import REGISTRATION, bearer, register, sign_in
from auth_service.tests.sessions.test_guessing import (
    ELSEWHERE,
    EMAIL,
    PHONE,
    addresses,
    fill,
    guess,
    try_right,
)
from testing.clock import MovableClock


class TestKnownDevice:
    async def known(self, client: httpx2.AsyncClient) -> str:
        await register(client)
        token: str = (await try_right(client)).json()["device_token"]
        return token

    async def test_strangers_keep_nobody_from_one(self, client: httpx2.AsyncClient) -> None:
        token = await self.known(client)
        await fill(client, EMAIL, PHONE)
        for n in range(40):
            await guess(client, login=f"person{n}@example.com", address=ELSEWHERE)

        for login in (EMAIL, PHONE):
            again = await try_right(client, login=login, device_token=token)
            assert (again.status_code, again.json()["device_token"]) == (200, token)

    async def test_a_stolen_token_has_a_limit_of_its_own(self, client: httpx2.AsyncClient) -> None:
        token = await self.known(client)
        places = iter(addresses(100))

        codes = [
            (await guess(client, address=next(places), device_token=token)).status_code
            for _ in range(15)
        ]

        assert codes == [401] * 10 + [429] * 5
        assert (await try_right(client)).status_code == 200  # as an unknown place

    @pytest.mark.parametrize("token", ["x", "", "é\x00", "a" * 512])
    async def test_another_token_is_none(self, client: httpx2.AsyncClient, token: str) -> None:
        await self.known(client)
        signed_in = await try_right(client, device_token=token)
        assert signed_in.status_code == 200
        assert signed_in.json()["device_token"] != token

        await fill(client, EMAIL)
        assert (await try_right(client, device_token=token)).status_code == 429

    async def test_that_of_another_person_is_none(self, client: httpx2.AsyncClient) -> None:
        token = await self.known(client)
        await register(client, email="boris@example.com", phone="+79160000001")
        await fill(client, "boris@example.com")

        other = await try_right(client, login="boris@example.com", device_token=token)

        assert other.status_code == 429

    async def test_the_token_is_random_and_stored_by_its_digest(
        self, client: httpx2.AsyncClient
    ) -> None:
        token = await self.known(client)

        assert len(token) == 43  # 256 bits
        assert token not in repr(await Device.all().values())

    async def test_the_oldest_of_more_than_twenty_is_dropped(
        self, client: httpx2.AsyncClient, clock: MovableClock
    ) -> None:
        await register(client)
        tokens = []
        for _ in range(21):
            tokens.append((await try_right(client)).json()["device_token"])
            clock.advance(timedelta(minutes=1))
        assert await Device.all().count() == 20
        await fill(client, EMAIL)

        assert (await try_right(client, device_token=tokens[0])).status_code == 429
        assert (await try_right(client, device_token=tokens[1])).status_code == 200

    async def test_it_is_known_for_180_days_since_its_last_use(
        self, client: httpx2.AsyncClient, clock: MovableClock
    ) -> None:
        token = await self.known(client)
        for wait, status in ((179, 200), (179, 200), (180, 429)):
            clock.advance(timedelta(days=wait))
            await fill(client, EMAIL)
            assert (await try_right(client, device_token=token)).status_code == status

    async def test_a_refresh_is_a_use(
        self, client: httpx2.AsyncClient, clock: MovableClock
    ) -> None:
        await register(client)
        pair = (await try_right(client)).json()
        token = pair["device_token"]
        for _ in range(8):
            clock.advance(timedelta(days=10))
            refreshed = await client.post(
                "/api/v1/auth/refresh", json={"refresh_token": pair["refresh_token"]}
            )
            assert refreshed.status_code == 200
            pair = refreshed.json()
            assert "device_token" not in pair
        clock.advance(timedelta(days=120))
        await fill(client, EMAIL)

        assert (await try_right(client, device_token=token)).status_code == 200

    @pytest.mark.parametrize("ending", ["sign out elsewhere", "change the password"])
    async def test_what_ends_other_sessions_makes_other_devices_unknown(
        self, client: httpx2.AsyncClient, ending: str
    ) -> None:
        other = await self.known(client)
        own = await sign_in(client)
        if ending == "sign out elsewhere":
            await client.delete("/api/v1/auth/sessions", headers=bearer(own))
        else:
            change = {
                "current_password": REGISTRATION["password"],
                "password": "Another:Word2",
                "password_confirmation": "Another:Word2",
            }
            await client.post("/api/v1/auth/password/change", json=change, headers=bearer(own))

        assert await Device.all().count() == 1
        await fill(client, EMAIL)
        assert (await guess(client, device_token=other)).status_code == 429
        assert (await guess(client, device_token=own["device_token"])).status_code == 401

    async def test_ending_one_session_makes_its_device_unknown(
        self, client: httpx2.AsyncClient
    ) -> None:
        other = await self.known(client)
        own = await sign_in(client)
        sessions = (await client.get("/api/v1/auth/sessions", headers=bearer(own))).json()
        ended = next(session["id"] for session in sessions if not session["is_current"])
        await client.delete(f"/api/v1/auth/sessions/{ended}", headers=bearer(own))
        await fill(client, EMAIL)

        assert (await try_right(client, device_token=other)).status_code == 429
        assert (await try_right(client, device_token=own["device_token"])).status_code == 200

    async def test_signing_out_keeps_the_device_known(self, client: httpx2.AsyncClient) -> None:
        await register(client)
        pair = await sign_in(client)
        await client.post("/api/v1/auth/logout", headers=bearer(pair))
        await fill(client, EMAIL)

        again = await try_right(client, device_token=pair["device_token"])

        assert again.status_code == 200
