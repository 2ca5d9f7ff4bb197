"""Signing keys: one for all replicas, sealed at rest, published without their private half."""

import asyncio

import httpx2
import pytest

from auth_service.crypto.secret_box import CannotOpen, SecretBox
from auth_service.key_ring import KeyRing
from auth_service.models import SigningKey
from shared.errors import ServiceUnavailable
from shared.jwks import parse_jwks
from shared.testing.database import ServiceDatabase

SECRET = "a secret of the tests, long enough"


async def test_the_key_set_is_public_and_cacheable(client: httpx2.AsyncClient) -> None:
    response = await client.get("/.well-known/jwks.json")

    (key,) = parse_jwks(response.content).values()
    assert key.key_size == 3072
    assert response.headers["cache-control"] == "public, max-age=300"
    assert response.json()["keys"][0].keys() == {"kty", "use", "alg", "kid", "n", "e"}


async def test_replicas_that_start_at_once_agree_on_one_key(database: ServiceDatabase) -> None:
    kept = await SigningKey.all()
    await SigningKey.all().delete()
    replicas = [KeyRing(SecretBox([SECRET])) for _ in range(4)]
    try:
        await asyncio.gather(*(replica.load() for replica in replicas))

        assert len({replica.current.kid for replica in replicas}) == 1
        assert await SigningKey.all().count() == 1
    finally:
        await SigningKey.all().delete()
        await SigningKey.bulk_create(kept)


async def test_a_stored_key_is_sealed() -> None:
    row = await SigningKey.first()

    assert row is not None
    assert b"0\x82" not in bytes(row.sealed_private_key)[:4]
    with pytest.raises(CannotOpen):
        SecretBox(["another secret, as long as the first"]).open(
            bytes(row.sealed_private_key), purpose="signing key"
        )


async def test_a_secret_can_be_changed_while_the_old_one_is_still_listed() -> None:
    rotated = KeyRing(SecretBox(["a new secret, as long as the old one is", SECRET]))

    await rotated.load()

    assert rotated.current.kid in rotated.keys


async def test_with_a_lost_secret_the_service_is_not_ready(
    caplog: pytest.LogCaptureFixture,
) -> None:
    ring = KeyRing(SecretBox(["another secret, as long as the first"]))

    async with ring.running():
        with pytest.raises(ServiceUnavailable):
            await ring.check()

    assert "no signing keys" in caplog.text


async def test_an_unknown_key_makes_it_look_again_but_not_each_time() -> None:
    ring = KeyRing(SecretBox([SECRET]))

    assert await ring.refresh() is True
    assert await ring.refresh() is False


def test_what_was_sealed_for_one_purpose_or_token_opens_for_no_other() -> None:
    box = SecretBox([SECRET])
    sealed = box.seal(b"plain", purpose="one", with_token="token")

    assert box.open(sealed, purpose="one", with_token="token") == b"plain"
    for purpose, token in [("other", "token"), ("one", "other"), ("one", "")]:
        with pytest.raises(CannotOpen):
            box.open(sealed, purpose=purpose, with_token=token)
