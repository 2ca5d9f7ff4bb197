"""Verified tokens are remembered, and no longer than they hold."""

import time
from collections.abc import Iterator, Mapping
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from shared.access import tokens
from shared.access.authentication import TokenVerifier
from shared.access.jwks import parse_jwks
from shared.access.tokens import InvalidToken
from shared.access.verified_tokens import RememberingVerifier
from testing.clock import MovableClock, movable_clock
from testing.tokens import access_token, jwks, signing_key


class Keys:
    """A key set that does not come from anywhere."""

    def __init__(self) -> None:
        self.keys: Mapping[str, RSAPublicKey] = parse_jwks(jwks(signing_key()))

    async def refresh(self) -> bool:
        return False


@pytest.fixture
def keys() -> Keys:
    return Keys()


@pytest.fixture
def verifier(keys: Keys) -> RememberingVerifier:
    return RememberingVerifier(
        TokenVerifier(keys, issuer="http://localhost:8000", audience="vitrina"), capacity=2
    )


@pytest.fixture
def clock() -> Iterator[MovableClock]:
    with movable_clock() as clock:
        yield clock


async def test_a_signature_is_verified_once(
    verifier: RememberingVerifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = access_token()
    claims = await verifier.verify(token)
    monkeypatch.setattr(tokens, "_RS256", None)

    assert await verifier.verify(token) == claims
    assert verifier.recall(token) == claims


async def test_what_was_refused_is_not_remembered(verifier: RememberingVerifier) -> None:
    forged = access_token(signing_key("stranger"))

    for _ in range(2):
        with pytest.raises(InvalidToken):
            await verifier.verify(forged)
    assert verifier.recall(forged) is None


async def test_a_token_is_forgotten_when_it_expires(
    verifier: RememberingVerifier, clock: MovableClock
) -> None:
    token = access_token(exp=int(time.time()) + 60)
    await verifier.verify(token)
    clock.advance(timedelta(seconds=61))

    assert verifier.recall(token) is None
    with pytest.raises(InvalidToken):
        await verifier.verify(token)


async def test_another_key_set_makes_it_forget(verifier: RememberingVerifier, keys: Keys) -> None:
    token = access_token()
    claims = await verifier.verify(token)

    keys.keys = dict(keys.keys)
    assert verifier.recall(token) == claims  # the same keys, fetched again

    keys.keys = parse_jwks(jwks(signing_key("next")))
    assert verifier.recall(token) is None
    with pytest.raises(InvalidToken):
        await verifier.verify(token)


async def test_the_oldest_goes_first(verifier: RememberingVerifier) -> None:
    first, second, third = access_token(), access_token(), access_token()
    for token in (first, second, third):
        await verifier.verify(token)

    assert [verifier.recall(token) is None for token in (first, second, third)] == [
        True,
        False,
        False,
    ]
