"""An access token that was issued is refused at every gateway within two seconds of its end."""

import asyncio
import base64
import json
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from typing import Any

import httpx2
import pytest

from standalone.ports import free_port
from standalone.services import Program, services
from standalone.settings import ROOT
from testing.background import FOR_A_CROWD, BackgroundSystem
from testing.people import PASSWORD, Person, Shop, bearer

pytestmark = pytest.mark.timing

PROMISE = 2.0
"""Seconds."""

TIMEOUT = 30.0
NEW_PASSWORD = "Samovar$2-kopeck"
PRODUCTS = "/api/v1/products"
DRAFTS = "/api/v1/drafts"


@pytest.fixture(scope="module")
def second_gateway(own_system: BackgroundSystem | None) -> Iterator[str]:
    """The address of another gateway before the same services."""
    if own_system is None:
        pytest.skip("needs a system of its own to add to")
    program, port = _program(own_system, "gateway"), free_port()
    environment = {**program.environment, **FOR_A_CROWD, "GATEWAY_PORT": str(port)}
    with (own_system.settings.data_folder / "gateway-2.log").open("wb") as log:
        process = subprocess.Popen(
            program.command, env=environment, cwd=ROOT, stdout=log, stderr=log
        )
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_for(url)
        yield url
    finally:
        process.terminate()
        process.wait(TIMEOUT)


@pytest.fixture
async def shops(url: str, second_gateway: str) -> AsyncIterator[list[Shop]]:
    """The shop by way of each gateway."""
    async with AsyncExitStack() as stack:
        clients = [
            await stack.enter_async_context(httpx2.AsyncClient(base_url=address, timeout=20))
            for address in (url, second_gateway)
        ]
        yield [Shop(client) for client in clients]


async def test_signing_out_is_known_everywhere(shops: list[Shop]) -> None:
    anna, pair = await _newcomer(shops[0])
    elsewhere = await _sign_in(shops[1], anna)
    await _require_open(shops, pair["access_token"], elsewhere["access_token"])
    await _do(shops[0], "POST", "/api/v1/auth/logout", pair["access_token"])
    await _require_refused_soon(shops, pair["access_token"])
    await _require_open(shops, elsewhere["access_token"])


async def test_ending_a_session_elsewhere_is_known_everywhere(shops: list[Shop]) -> None:
    anna, pair = await _newcomer(shops[0])
    elsewhere = await _sign_in(shops[1], anna)
    await _require_open(shops, pair["access_token"], elsewhere["access_token"])
    await _do(shops[1], "DELETE", "/api/v1/auth/sessions", pair["access_token"])
    await _require_refused_soon(shops, elsewhere["access_token"])
    await _require_open(shops, pair["access_token"])


async def test_revoking_a_refresh_token_ends_its_access_token(shops: list[Shop]) -> None:
    _, pair = await _newcomer(shops[0])
    await _require_open(shops, pair["access_token"])
    form = {"token": pair["refresh_token"], "token_type_hint": "refresh_token"}
    revoked = await shops[1].client.post("/api/v1/auth/revoke", data=form)
    assert revoked.status_code == 200
    await _require_refused_soon(shops, pair["access_token"])


async def test_another_password_ends_what_was_and_opens_what_comes(shops: list[Shop]) -> None:
    anna, pair = await _newcomer(shops[0])
    elsewhere = await _sign_in(shops[1], anna)
    await _require_open(shops, pair["access_token"], elsewhere["access_token"])
    change = {
        "current_password": PASSWORD,
        "password": NEW_PASSWORD,
        "password_confirmation": NEW_PASSWORD,
    }
    token = pair["access_token"]
    await _do(shops[0], "POST", "/api/v1/auth/password/change", token, json=change)
    refreshed = (await shops[0].refresh(pair["refresh_token"])).raise_for_status().json()
    again = await _sign_in(shops[0], anna, NEW_PASSWORD)
    fresh = [refreshed["access_token"], again["access_token"]]
    await _require_open(shops, *fresh)
    await _require_refused_soon(shops, pair["access_token"], elsewhere["access_token"])
    await _require_open(shops, *fresh)


async def test_a_blocked_customer_is_out_everywhere(
    system: BackgroundSystem, shops: list[Shop]
) -> None:
    manager, manager_pair = await _newcomer(shops[0])
    await asyncio.to_thread(_command, system, "set-role", manager.email, "manager")
    await _require_refused_soon(shops, manager_pair["access_token"])
    promoted = await shops[0].refresh(manager_pair["refresh_token"])
    token = promoted.raise_for_status().json()["access_token"]

    anna, pair = await _newcomer(shops[0])
    await _require_open(shops, pair["access_token"])
    me = (await shops[0].get("/api/v1/users/me", pair["access_token"])).json()
    await _do(shops[1], "POST", f"/api/v1/users/{me['id']}/block", token)
    await _require_refused_soon(shops, pair["access_token"])
    assert (await shops[0].refresh(pair["refresh_token"])).status_code == 401
    assert (await shops[0].sign_in(anna.email)).status_code != 200
    await _require_open(shops, token)


async def test_a_dismissed_blog_manager_writes_no_more_articles(
    system: BackgroundSystem, shops: list[Shop]
) -> None:
    vera, pair = await _newcomer(shops[0])
    await asyncio.to_thread(_command, system, "set-role", vera.email, "blog_manager")
    await _require_refused_soon(shops, pair["access_token"])
    editor = (await _sign_in(shops[0], vera))["access_token"]
    for shop in shops:
        assert (await shop.get(DRAFTS, editor)).status_code == 200

    await asyncio.to_thread(_command, system, "set-role", vera.email, "user")
    await _require_refused_soon(shops, editor)
    token = (await _sign_in(shops[0], vera))["access_token"]
    for shop in shops:
        assert (await shop.get(DRAFTS, token)).status_code == 403
        assert (await shop.post(DRAFTS, token, {"title": "x", "body": "x"})).status_code == 403


async def test_a_deleted_account_is_out_everywhere(shops: list[Shop]) -> None:
    _, pair = await _newcomer(shops[0])
    await _require_open(shops, pair["access_token"])
    token, proof = pair["access_token"], {"current_password": PASSWORD}
    await _do(shops[0], "DELETE", "/api/v1/users/me", token, json=proof)
    await _require_refused_soon(shops, token)


async def test_a_restart_of_auth_between_issue_and_end_changes_nothing(
    system: BackgroundSystem, shops: list[Shop]
) -> None:
    _, ended = await _newcomer(shops[0])
    _, pair = await _newcomer(shops[0])
    await _do(shops[0], "POST", "/api/v1/auth/logout", ended["access_token"])
    await _require_refused_soon(shops, ended["access_token"])

    await asyncio.to_thread(system.kill, "auth")
    await _require_open(shops, pair["access_token"])  # goes on working
    for shop in shops:
        assert (await shop.get(PRODUCTS, ended["access_token"])).status_code == 401
        assert (await shop.client.get("/health/ready")).status_code == 200

    system.start_service("auth")
    await asyncio.to_thread(_wait_for, system.settings.url("auth"))
    await _do(shops[0], "POST", "/api/v1/auth/logout", pair["access_token"])
    await _require_refused_soon(shops, pair["access_token"])
    for shop in shops:
        assert (await shop.get(PRODUCTS, ended["access_token"])).status_code == 401


async def test_what_ended_right_before_auth_died_is_known_as_soon_as_it_is_back(
    system: BackgroundSystem, shops: list[Shop]
) -> None:
    _, pair = await _newcomer(shops[0])
    await _do(shops[0], "POST", "/api/v1/auth/logout", pair["access_token"])
    await asyncio.to_thread(system.kill, "auth")
    system.start_service("auth")
    await asyncio.to_thread(_wait_for, system.settings.url("auth"))
    await _require_refused_soon(shops, pair["access_token"])


@pytest.fixture
async def services_themselves(system: BackgroundSystem) -> AsyncIterator[tuple[Shop, Shop]]:
    """The catalog and auth as nobody but their neighbours can ask them: past every gateway."""
    ports = (system.settings.ports["catalog"], system.settings.ports["auth"])
    catalog, auth = (f"http://127.0.0.1:{port}" for port in ports)
    async with (
        httpx2.AsyncClient(base_url=catalog, timeout=20) as products,
        httpx2.AsyncClient(base_url=auth, timeout=20) as people,
    ):
        yield Shop(products), Shop(people)


async def test_a_revoked_key_is_refused_everywhere(
    system: BackgroundSystem, shops: list[Shop], services_themselves: tuple[Shop, Shop]
) -> None:
    catalog, auth = services_themselves
    shops = [*shops, catalog]
    anna, pair = await _newcomer(shops[0])
    await _require_open(shops, pair["access_token"])
    assert (await auth.get("/api/v1/users/me", pair["access_token"])).status_code == 200
    header = pair["access_token"].partition(".")[0]
    kid = json.loads(base64.urlsafe_b64decode(header + "=="))["kid"]
    await asyncio.to_thread(_command, system, "keys", "revoke", kid)
    await _require_refused_soon(shops, pair["access_token"])
    assert (await auth.get("/api/v1/users/me", pair["access_token"])).status_code == 401
    again = await _sign_in(shops[0], anna)
    await _require_open(shops, again["access_token"])


async def test_nobody_reads_the_snapshot_from_outside(
    system: BackgroundSystem, shops: list[Shop]
) -> None:
    _, pair = await _newcomer(shops[0])
    for shop in shops:
        assert (await shop.get("/internal/revocations")).status_code == 401
        assert (await shop.get("/internal/revocations", pair["access_token"])).status_code == 404
    async with httpx2.AsyncClient() as client:
        address = f"{system.settings.url('auth')}/internal/revocations"
        for headers in ({}, bearer("guess"), bearer(pair["access_token"])):
            assert (await client.get(address, headers=headers)).status_code == 401


async def _newcomer(shop: Shop) -> tuple[Person, dict[str, Any]]:
    person = Person()
    (await shop.register(person)).raise_for_status()
    return person, await _sign_in(shop, person)


async def _sign_in(shop: Shop, person: Person, password: str = PASSWORD) -> dict[str, Any]:
    pair: dict[str, Any] = (await shop.sign_in(person.email, password)).raise_for_status().json()
    return pair


async def _do(shop: Shop, method: str, path: str, token: str, json: object = None) -> None:
    """Do what makes tokens end; the clock of the promise starts with its answer."""
    answer = await shop.client.request(method, path, json=json, headers=bearer(token))
    assert answer.status_code == 204, answer.text


async def _require_open(shops: list[Shop], *tokens: str) -> None:
    for shop in shops:
        for token in tokens:
            assert (await shop.get(PRODUCTS, token)).status_code == 200


async def _require_refused_soon(shops: list[Shop], *tokens: str) -> None:
    """Every gateway refuses every token within the promised time from now, and for good."""
    began = time.monotonic()
    took = await asyncio.gather(
        *(_until_refused(shop, token, began) for shop in shops for token in tokens)
    )
    assert max(took) < PROMISE
    for shop in shops:
        for token in tokens:
            assert (await shop.get(PRODUCTS, token)).status_code == 401


async def _until_refused(shop: Shop, token: str, began: float) -> float:
    """Return the seconds it took; a token is either good or refused, never anything else."""
    while True:
        status = (await shop.get(PRODUCTS, token)).status_code
        took = time.monotonic() - began
        if status == 401 or took > TIMEOUT:
            return took
        assert status == 200
        await asyncio.sleep(0.02)


def _program(system: BackgroundSystem, name: str) -> Program:
    return next(program for program in services(system.settings) if program.name == name)


def _command(system: BackgroundSystem, *arguments: str) -> None:
    """Run an operator's command."""
    done = subprocess.run(
        [sys.executable, "-m", "auth_service.cli", *arguments],
        env=dict(_program(system, "auth").environment),
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


def _wait_for(url: str) -> None:
    """Block until the process there is ready; raises TimeoutError."""
    deadline = time.monotonic() + TIMEOUT
    while time.monotonic() < deadline:
        try:
            if httpx2.get(f"{url}/health/ready").status_code == 200:
                return
        except httpx2.TransportError:
            pass
        time.sleep(0.05)
    raise TimeoutError(url)
