"""Signing keys: one for all replicas, sealed at rest, rotated without a gap, and revoked."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx2
import pytest
from fastapi import FastAPI
from tortoise.transactions import in_transaction

from auth_service.crypto.signing_keys import SigningKeyPair
from auth_service.keys.issued_lifetimes import LifetimeLease
from auth_service.keys.ring import KeyRing
from auth_service.keys.service import KeyPolicy, KeyStore, UnusableKey, honoured_after
from auth_service.keys.states import State
from auth_service.models import AuditEvent, SigningKey
from auth_service.tests.conftest import bearer, register, sign_in
from shared.access.jwks import parse_jwks
from shared.errors import ServiceUnavailable
from shared.secret_box import CannotOpen, SecretBox
from testing.clock import MovableClock

pytestmark = pytest.mark.timing

SECRET = "a secret of the tests, long enough"
AHEAD = timedelta(minutes=10)
INTERVAL = timedelta(days=30)
POLICY = KeyPolicy(INTERVAL, AHEAD, access_token_lifetime=timedelta(minutes=15))
JUST = timedelta(seconds=1)


def store(*secrets: str) -> KeyStore:
    return KeyStore(SecretBox(secrets or [SECRET]), POLICY)


@pytest.fixture(autouse=True)
async def the_same_keys_afterwards(app: FastAPI) -> AsyncIterator[None]:
    kept = await SigningKey.all()
    yield
    async with in_transaction():  # so that no process finds keys missing, and makes others
        await SigningKey.all().delete()
        await SigningKey.bulk_create(kept)
    await app.state.key_ring.load()


async def states() -> dict[str, str]:
    return {row.state: row.kid for row in await SigningKey.all()}


async def test_the_key_set_is_public_and_cacheable(client: httpx2.AsyncClient) -> None:
    response = await client.get("/.well-known/jwks.json")

    keys = parse_jwks(response.content)
    assert {key.key_size for key in keys.values()} == {3072}
    assert keys.keys() == set((await states()).values())
    assert response.headers["cache-control"] == "public, max-age=300"
    assert response.json()["keys"][0].keys() == {"kty", "use", "alg", "kid", "n", "e"}


async def test_replicas_that_start_concurrently_agree_on_the_keys() -> None:
    await SigningKey.all().delete()
    replicas = [KeyRing(store()) for _ in range(4)]

    await asyncio.gather(*(replica.load() for replica in replicas))

    assert len({replica.current.kid for replica in replicas}) == 1
    assert sorted((await states()).keys()) == [State.CURRENT, State.NEXT]
    assert await SigningKey.all().count() == 2


async def test_a_stored_key_is_sealed() -> None:
    row = await SigningKey.first()

    assert row is not None
    with pytest.raises(CannotOpen):
        store("another secret, as long as the first").open(row)
    assert store().open(row).kid == row.kid


async def test_a_secret_can_be_changed_while_the_old_one_is_still_listed() -> None:
    ring = KeyRing(store("a new secret, as long as the old one is", SECRET))

    await ring.load()

    assert ring.current.kid in ring.keys


async def test_with_a_lost_secret_the_service_is_not_ready(
    caplog: pytest.LogCaptureFixture,
) -> None:
    ring = KeyRing(store("another secret, as long as the first"))

    async with ring.running():
        with pytest.raises(ServiceUnavailable):
            await ring.check()

    assert "no signing keys" in caplog.text


async def test_an_unknown_key_makes_it_look_again_but_not_each_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("auth_service.keys.ring._COOLDOWN", 600.0)  # longer than any machine takes
    ring = KeyRing(store())

    assert await ring.refresh() is True
    assert await ring.refresh() is False


def test_what_was_sealed_for_one_purpose_or_token_opens_for_no_other() -> None:
    box = SecretBox([SECRET])
    sealed = box.seal(b"plain", purpose="one", with_token="token")

    assert box.open(sealed, purpose="one", with_token="token") == b"plain"
    for purpose, token in [("other", "token"), ("one", "other"), ("one", "")]:
        with pytest.raises(CannotOpen):
            box.open(sealed, purpose=purpose, with_token=token)


async def test_the_next_key_signs_only_after_it_was_published_for_long_enough(
    clock: MovableClock,
) -> None:
    before = await states()
    with pytest.raises(UnusableKey, match="verifiers know it from"):
        await store().rotate()
    clock.advance(AHEAD)

    assert await store().rotate() == before[State.NEXT]

    after = await states()
    assert (after[State.CURRENT], after[State.PREVIOUS]) == (
        before[State.NEXT],
        before[State.CURRENT],
    )
    assert after[State.NEXT] not in before.values()
    assert await AuditEvent.filter(event="key_rotated", details__contains={}).count() == 1


async def test_three_rotations_under_load_without_one_401(
    client: httpx2.AsyncClient, app: FastAPI, clock: MovableClock
) -> None:
    await register(client)
    answers: list[int] = []
    stopping = asyncio.Event()

    async def use_the_shop() -> None:
        while not stopping.is_set():
            pair = await sign_in(client)
            await asyncio.sleep(0)
            me = await client.get("/api/v1/users/me", headers=bearer(pair))
            answers.append(me.status_code)

    people = [asyncio.create_task(use_the_shop()) for _ in range(4)]
    for _ in range(3):
        seen = len(answers)
        clock.advance(AHEAD)
        assert await store().rotate()
        while len(answers) < seen + 8:
            await asyncio.sleep(0.01)
        await app.state.key_ring.load()
    stopping.set()
    await asyncio.gather(*people)

    assert set(answers) == {200}
    assert await SigningKey.filter(state=State.PREVIOUS).count() == 3


async def test_of_several_rotations_concurrently_one_happens(clock: MovableClock) -> None:
    clock.advance(AHEAD)

    outcomes = await asyncio.gather(*(store().rotate() for _ in range(4)), return_exceptions=True)

    assert sum(isinstance(outcome, str) for outcome in outcomes) == 1
    assert await SigningKey.filter(state=State.CURRENT).count() == 1
    assert await SigningKey.filter(state=State.NEXT).count() == 1


async def test_rotation_comes_by_itself_when_it_is_due(clock: MovableClock) -> None:
    clock.advance(INTERVAL - timedelta(hours=1))
    assert await store().rotate_if_due() is None
    clock.advance(timedelta(hours=1))

    assert await store().rotate_if_due() is not None
    assert await store().rotate_if_due() is None


async def test_a_previous_key_is_honoured_until_its_last_token_has_expired(
    clock: MovableClock,
) -> None:
    clock.advance(AHEAD)
    await store().rotate()
    previous = (await states())[State.PREVIOUS]

    honoured = await honoured_after(POLICY)
    clock.advance(honoured - JUST)
    assert previous in {row.kid for row in await store().valid()}
    clock.advance(2 * JUST)
    assert previous not in {row.kid for row in await store().valid()}
    clock.advance(honoured)
    assert await store().forget_expired() == 1


async def test_a_revoked_key_is_out_immediately_and_the_next_one_takes_over(
    client: httpx2.AsyncClient, app: FastAPI
) -> None:
    await register(client)
    pair = await sign_in(client)
    before = await states()

    await store().revoke(before[State.CURRENT])
    await app.state.key_ring.load()

    refused = await client.get("/api/v1/users/me", headers=bearer(pair))
    assert refused.status_code == 401
    assert (await states())[State.CURRENT] == before[State.NEXT]
    assert State.NEXT in await states()
    again = await client.get("/api/v1/users/me", headers=bearer(await sign_in(client)))
    assert again.status_code == 200
    with pytest.raises(UnusableKey):
        await store().revoke(before[State.CURRENT])


async def test_an_imported_key_becomes_the_next(clock: MovableClock) -> None:
    pair = await asyncio.to_thread(SigningKeyPair.generate)

    await store().import_next(pair)

    assert (await states())[State.NEXT] == pair.kid
    with pytest.raises(UnusableKey, match="is here already"):
        await store().import_next(pair)
    assert (await states())[State.NEXT] == pair.kid
    clock.advance(AHEAD)
    assert await store().rotate() == pair.kid


async def test_a_previous_key_is_honoured_for_tokens_of_a_longer_setting_too(
    clock: MovableClock,
) -> None:
    await LifetimeLease(timedelta(hours=1)).hold()
    clock.advance(AHEAD)
    await store().rotate()
    previous = (await states())[State.PREVIOUS]

    clock.advance(timedelta(minutes=50))
    assert previous in {row.kid for row in await store().valid()}
    clock.advance(timedelta(minutes=25))
    assert previous not in {row.kid for row in await store().valid()}


async def test_keys_are_sealed_again_with_the_first_secret_and_then_need_no_other() -> None:
    new, old = "a newer secret of the tests, as long", SECRET
    await store(old).make_missing()
    rows = await SigningKey.all()
    assert await store(new, old).seal_again() == len(rows)
    assert await store(new, old).seal_again() == 0
    assert [store(new).open(row).kid for row in await SigningKey.all().order_by("kid")] == sorted(
        row.kid for row in rows
    )
    with pytest.raises(CannotOpen):
        await store(old).seal_again()
