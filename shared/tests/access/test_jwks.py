"""The key set: parsed strictly, fetched once in a while, kept when its source is away."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey, generate_private_key
from jwt.algorithms import RSAAlgorithm

from shared.access.authentication import TokenVerifier
from shared.access.jwks import InvalidKeySet, JwksCache, parse_jwks, thumbprint
from shared.access.tokens import LivesTooLong, UnknownKey
from shared.errors import ServiceUnavailable
from testing.servers import serving_document
from testing.tokens import access_token, jwks, public_jwk, signing_key

pytestmark = pytest.mark.timing

KEY = signing_key()


class Source:
    """A server of key sets that counts how often it is asked."""

    def __init__(self) -> None:
        self.document = jwks(KEY)
        self.status = "200 OK"
        self.asked = 0
        self.url = ""

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        self.asked += 1
        head = f"HTTP/1.1 {self.status}\r\nContent-Length: {len(self.document)}\r\n\r\n"
        writer.write(head.encode() + self.document)
        await writer.drain()
        writer.close()


@asynccontextmanager
async def serving() -> AsyncIterator[Source]:
    source = Source()
    async with await asyncio.start_server(source.answer, "127.0.0.1") as server:
        source.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/jwks.json"
        yield source


def verifier(cache: JwksCache) -> TokenVerifier:
    return TokenVerifier(cache, issuer="http://localhost:8000", audience="vitrina")


async def test_a_thousand_unknown_keys_cost_one_fetch() -> None:
    async with serving() as source:
        cache = JwksCache(source.url, cooldown=timedelta(minutes=1))
        tokens = [access_token(header={"kid": f"unknown-{n}"}) for n in range(1000)]
        tried = await asyncio.gather(
            *(verifier(cache).verify(token) for token in tokens), return_exceptions=True
        )

        assert {type(result) for result in tried} == {UnknownKey}
        assert source.asked == 1


async def test_a_new_key_is_found_when_its_first_token_comes() -> None:
    async with serving() as source:
        cache = JwksCache(source.url, cooldown=timedelta(0))
        assert await cache.refresh()
        newer = signing_key("newer")
        source.document = jwks(KEY, newer)

        claims = await verifier(cache).verify(access_token(newer))

        assert claims.key_id == public_jwk(newer)["kid"]


async def test_everyone_who_waits_for_the_same_fetch_is_let_in() -> None:
    async with serving() as source:
        cache = JwksCache(source.url)

        claims = await asyncio.gather(*(verifier(cache).verify(access_token()) for _ in range(20)))

        assert len(claims) == 20
        assert source.asked == 1


async def test_without_any_key_nobody_is_called_unauthorized() -> None:
    with pytest.raises(ServiceUnavailable):
        await verifier(JwksCache("http://127.0.0.1:1/jwks.json")).verify(access_token())


async def test_all_first_tokens_of_a_new_key_share_one_fetch() -> None:
    async with serving() as source:
        cache = JwksCache(source.url, cooldown=timedelta(seconds=3600))
        tokens = [access_token() for _ in range(100)]

        claims = await asyncio.gather(*(verifier(cache).verify(token) for token in tokens))

        assert {claim.key_id for claim in claims} == {public_jwk(KEY)["kid"]}
        assert source.asked == 1


async def test_a_fetch_that_brought_news_does_not_delay_the_next() -> None:
    async with serving() as source:
        cache = JwksCache(source.url, cooldown=timedelta(seconds=3600))
        for name in ("first", "second", "third"):
            source.document = jwks(signing_key(name))
            assert await verifier(cache).verify(access_token(signing_key(name)))
        assert source.asked == 3
        for _ in range(10):
            with pytest.raises(UnknownKey):
                await verifier(cache).verify(access_token(header={"kid": "unknown"}))
        assert source.asked == 4


async def test_keys_that_are_known_to_exist_are_fetched_whatever_the_cooldown() -> None:
    async with serving() as source:
        cache = JwksCache(source.url, cooldown=timedelta(seconds=3600))
        newer = signing_key("newer")
        assert await cache.refresh()
        source.document = jwks(KEY, newer)
        both = {public_jwk(key)["kid"] for key in (KEY, newer)}

        await asyncio.gather(*(cache.follow(both) for _ in range(100)))
        assert source.asked == 1  # a moment ago
        async with asyncio.timeout(60):
            while cache.keys.keys() != both:
                await cache.follow(both)
                await asyncio.sleep(0.01)
        assert source.asked == 2
        await cache.follow(both)
        assert source.asked == 2


async def test_the_keys_stay_when_the_source_is_away_or_talks_nonsense() -> None:
    async with serving() as source:
        cache = JwksCache(source.url, cooldown=timedelta(0))
        assert await cache.refresh()
        for nonsense in (b"<html>", b'{"keys":[]}', b'{"keys": [ ], "more": 1}'):
            source.document = nonsense
            assert not await cache.refresh()
        source.document, source.status = jwks(KEY), "500 Oops"
        assert not await cache.refresh()
    assert not await cache.refresh()

    assert await verifier(cache).verify(access_token())


async def test_the_keys_are_there_from_the_beginning() -> None:
    async with serving() as source:
        cache = JwksCache(source.url)
        async with cache.running():
            assert cache.keys
            assert source.asked == 1


async def until_known(cache: JwksCache, *names: str) -> None:
    kids = {public_jwk(signing_key(name))["kid"] for name in names}
    async with asyncio.timeout(30):
        while cache.keys.keys() != kids:
            await asyncio.sleep(0.01)


async def test_a_key_that_is_revoked_is_known_for_an_interval_at_most() -> None:
    async with serving() as source:
        source.document = jwks(signing_key("old"), KEY)
        cache = JwksCache(source.url, interval=timedelta(seconds=0.05))
        async with cache.running():
            await until_known(cache, "old", "current")
            known = cache.keys
            asked = source.asked
            while source.asked < asked + 3:
                await asyncio.sleep(0.01)
            assert cache.keys is known  # the same set again is nothing new
            source.document = jwks(KEY)
            await until_known(cache, "current")
            with pytest.raises(UnknownKey):
                await verifier(cache).verify(access_token(signing_key("old")))
            assert await verifier(cache).verify(access_token())


async def test_a_source_that_is_away_stops_nobody_and_is_heard_once_it_is_back() -> None:
    async with serving() as source:
        cache = JwksCache(source.url, interval=timedelta(seconds=0.05))
        async with cache.running():
            source.status = "503 Away"
            asked = source.asked
            while source.asked < asked + 3:
                await asyncio.sleep(0.01)
            assert await verifier(cache).verify(access_token())
            source.document, source.status = jwks(signing_key("newer")), "200 OK"
            await until_known(cache, "newer")


async def test_a_source_that_drips_holds_nobody_up_for_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("shared.access.jwks._FETCH_TIMEOUT", 0.3)

    async def drip(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        with suppress(ConnectionError):
            while True:
                writer.write(b" ")
                await writer.drain()
                await asyncio.sleep(0.05)
        writer.close()

    async with await asyncio.start_server(drip, "127.0.0.1") as server, asyncio.timeout(30):
        port = server.sockets[0].getsockname()[1]
        async with JwksCache(f"http://127.0.0.1:{port}/").running():
            pass


async def test_it_asks_again_until_the_first_keys_come() -> None:
    async with serving() as source:
        source.status = "503 Not yet"
        cache = JwksCache(source.url)
        with pytest.raises(InvalidKeySet):
            await cache.check()
        async with cache.running(), asyncio.timeout(60):
            while source.asked < 2:
                await asyncio.sleep(0.01)
            source.status = "200 OK"
            while not cache.keys:
                await asyncio.sleep(0.01)
        await cache.check()


def weak_jwk() -> dict[str, Any]:
    key = generate_private_key(public_exponent=65537, key_size=1024)
    return public_jwk(key)


def private_jwk() -> dict[str, Any]:
    private = RSAAlgorithm.to_jwk(KEY, as_dict=True)
    return {**public_jwk(KEY), "d": private["d"]}


GOOD = public_jwk(KEY)


@pytest.mark.parametrize(
    "key",
    [
        {**GOOD, "kid": "another"},
        {**GOOD, "use": "enc"},
        {**GOOD, "alg": "RS512"},
        {**GOOD, "kty": "EC"},
        {**GOOD, "n": 7},
        {**GOOD, "e": None},
        {"kty": "oct", "k": "AAAA", "use": "sig", "alg": "RS256", "kid": "x"},
        {name: value for name, value in GOOD.items() if name != "alg"},
        private_jwk(),
        weak_jwk(),
        "text",
        None,
    ],
)
def test_a_set_with_a_key_that_we_would_not_publish_is_refused(key: Any) -> None:
    with pytest.raises(InvalidKeySet):
        parse_jwks(json.dumps({"keys": [GOOD, key]}).encode())


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"[]",
        b"{}",
        b"null",
        b'{"keys": 1}',
        b'{"keys": []}',
        b'{"keys": {}}',
        b'{"keys": ""}',
        b"\xff",
        b"[" * 9999,
    ],
)
def test_what_is_no_set_is_refused(document: bytes) -> None:
    with pytest.raises(InvalidKeySet):
        parse_jwks(document)


def test_the_thumbprint_is_the_example_of_rfc_7638() -> None:
    modulus = (
        "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPeb"
        "WKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368Q"
        "QMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2"
        "NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"
    )

    assert thumbprint({"kty": "RSA", "e": "AQAB", "n": modulus}) == (
        "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"
    )


async def test_no_token_lives_longer_than_the_set_says() -> None:
    now = int(time.time())
    token = access_token(iat=now, exp=now + 901)
    async with serving_document(jwks(signing_key(), token_lifetime=900)) as url:
        cache = JwksCache(url)
        verifier = TokenVerifier(
            cache, "http://localhost:8000", "vitrina", lifetime=lambda: cache.token_lifetime
        )
        await cache.refresh()

        with pytest.raises(LivesTooLong):
            await verifier.verify(token)
        assert await verifier.verify(access_token(iat=now, exp=now + 900))


async def test_a_set_that_does_not_say_so_bounds_by_a_day() -> None:
    async with serving_document(jwks(signing_key())) as url:
        cache = JwksCache(url)
        await cache.refresh()

        assert cache.token_lifetime == 86_400


async def test_a_longer_life_is_looked_for_before_it_is_refused() -> None:
    class Source:
        keys: Mapping[str, RSAPublicKey] = parse_jwks(jwks(signing_key()))
        lifetime = 10

        async def refresh(self) -> bool:
            self.lifetime = 900
            return True

    source = Source()
    verifier = TokenVerifier(
        source, "http://localhost:8000", "vitrina", lifetime=lambda: source.lifetime
    )
    assert await verifier.verify(access_token())


@pytest.mark.parametrize("lifetime", [0, -1, 1.5, "900", None, True, []])
async def test_a_life_that_is_no_number_of_seconds_is_no_news(lifetime: object) -> None:
    async with serving_document(jwks(signing_key(), token_lifetime=lifetime)) as url:
        cache = JwksCache(url)

        assert not await cache.refresh()
        assert cache.keys == {}
