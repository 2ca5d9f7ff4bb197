"""The one response to everybody without a good token, and the tokens that are remembered."""

import base64
import hashlib
import hmac
import time
from datetime import timedelta
from functools import cache

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from gateway.access.authenticate import Authenticator
from gateway.access.revocations import Snapshot, parse_snapshot
from gateway.tests.conftest import RunningGateway
from shared.access.authentication import TokenVerifier
from shared.access.jwks import JwksCache, parse_jwks
from testing.clock import movable_clock
from testing.gateway.keys_and_snapshots import snapshot
from testing.gateway.raw_client import (
    PRODUCTS,
)
from testing.gateway.raw_service import (
    RawService,
)
from testing.tokens import (
    access_claims,
    access_token,
    encode,
    jwks,
    public_jwk,
    segment,
    signing_key,
)

UNAUTHORIZED = b'{"code":401,"message":"Unauthorized"}'


def hmac_token(secret: bytes) -> str:
    """Return a token signed with HMAC under a secret that everybody knows: the public key."""
    header = {"alg": "HS256", "typ": "at+jwt", "kid": public_jwk(signing_key())["kid"]}
    signing_input = f"{segment(header)}.{segment(access_claims())}"
    signature = hmac.new(secret, signing_input.encode(), hashlib.sha256).digest()
    return f"{signing_input}.{encode(signature)}"


def public_pem() -> bytes:
    """Return the public key as openssl writes it."""
    return signing_key().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


@cache
def refused() -> dict[str, list[str]]:
    """Return the Authorization fields that must all get the same response."""
    good = access_token()
    header, payload, signature = good.split(".")
    unsigned = {"alg": "none", "typ": "at+jwt", "kid": public_jwk(signing_key())["kid"]}
    other = access_claims(sub="somebody-else")
    tokens = {
        "garbage": "garbage",
        "empty": "",
        "two segments": f"{header}.{payload}",
        "five segments": f"{good}.a.b",
        "trailing junk": f"{good} x",
        "expired": access_token(exp=int(time.time()) - 1),
        "expiring now": access_token(exp=int(time.time())),
        "not yet valid": access_token(nbf=int(time.time()) + 3600),
        "another issuer": access_token(iss="http://localhost:8000/"),
        "another audience": access_token(aud="vitrin"),
        "no audience": access_token(aud=None),
        "another type": access_token(header={"typ": "JWT"}),
        "no type": access_token(header={"typ": None}),
        "another key": access_token(signing_key("another")),
        "another key under our name": access_token(
            signing_key("another"), header={"kid": public_jwk(signing_key())["kid"]}
        ),
        "a key of its own": access_token(header={"jwk": public_jwk(signing_key("another"))}),
        "no algorithm": f"{segment(unsigned)}.{payload}.",
        "no algorithm, with a signature": f"{segment(unsigned)}.{payload}.{signature}",
        "HMAC with the public key": hmac_token(public_pem()),
        "HMAC with the public key, trimmed": hmac_token(public_pem().strip()),
        "PSS": access_token(header={"alg": "PS256"}),
        "a person who is no UUID": access_token(sub="anna"),
        "a person in capitals": access_token(sub="0193C1A2-7B5E-7D40-8C1E-3A1F0A4C2F11"),
        "a session that is no UUID": access_token(sid="\ud800"),
        "another payload": f"{header}.{segment(other)}.{signature}",
        "a zero signature": f"{header}.{payload}.{base64.urlsafe_b64encode(bytes(256)).decode()}",
        "too long": f"{good}{'A' * 9000}",
    }
    fields = {name: [f"authorization: Bearer {token}"] for name, token in tokens.items()}
    return fields | {
        "missing": [],
        "another scheme": ["authorization: Basic dXNlcjpwYXNz"],
        "only a scheme": ["authorization: Bearer"],
        "no scheme": [f"authorization: {good}"],
        "a tab": [f"authorization: Bearer\t{good}"],
        "twice": [f"authorization: Bearer {good}", f"authorization: Bearer {good}"],
        "joined": [f"authorization: Bearer {good}, Bearer {good}"],
        "in a cookie": [f"cookie: access_token={good}"],
    }


class NothingRevoked:
    """Revocations that are known, and none."""

    awaiting_keys = False

    def current(self) -> Snapshot:
        return parse_snapshot(snapshot())

    async def newer(self) -> Snapshot:
        return self.current()


class TestUnauthorized:
    @pytest.mark.parametrize("name", refused())
    async def test_every_cause_gets_the_same_bytes_and_reaches_no_service(
        self, gateway: RunningGateway, catalog: RawService, name: str
    ) -> None:
        reply = await gateway.ask(PRODUCTS, *refused()[name])
        assert (reply.status, reply.body) == (401, UNAUTHORIZED)
        assert reply.values(b"www-authenticate") == [b"Bearer"]
        assert reply.values(b"content-type") == [b"application/json"]
        assert catalog.accepted == 0

    async def test_the_query_string_is_no_place_for_a_token(
        self, gateway: RunningGateway, catalog: RawService
    ) -> None:
        reply = await gateway.ask(f"{PRODUCTS}?access_token={access_token()}")
        assert (reply.status, reply.body, catalog.accepted) == (401, UNAUTHORIZED, 0)

    async def test_the_body_is_no_place_for_a_token(self, gateway: RunningGateway) -> None:
        body = b"access_token=" + access_token().encode()
        reply = await gateway.ask("POST /api/v1/auth/logout", body=body)
        assert (reply.status, reply.body) == (401, UNAUTHORIZED)

    async def test_the_scheme_is_not_case_sensitive(self, gateway: RunningGateway) -> None:
        reply = await gateway.ask(PRODUCTS, f"Authorization: bEARER {access_token()}")
        assert reply.status == 200

    @pytest.mark.parametrize(
        "line",
        [
            "GET /nowhere",
            "DELETE /api/v1/products",
            "POST /api/v1/products/1",
            "GET /internal/revocations",
            "POST /internal/revocations",
            "GET /mailboxes/anna@example.com/letters",
            "OPTIONS /api/v1/products",
            "GET /api/v1/auth/login",
            "GET /api/v1/products/",
            "GET /API/v1/auth/register",
            "POST /api/v1/auth/%6cogin",
        ],
    )
    async def test_a_stranger_does_not_learn_what_exists(
        self, gateway: RunningGateway, line: str
    ) -> None:
        reply = await gateway.ask(line)
        assert (reply.status, reply.body) == (401, UNAUTHORIZED)


class TestRemembering:
    async def test_a_hot_token_is_refused_the_second_it_expires(
        self, gateway: RunningGateway
    ) -> None:
        token = f"authorization: Bearer {access_token(exp=int(time.time()) + 60)}"
        with movable_clock() as clock:
            for _ in range(2):
                assert (await gateway.ask(PRODUCTS, token)).status == 200
            clock.advance(timedelta(seconds=61))
            assert (await gateway.ask(PRODUCTS, token)).body == UNAUTHORIZED

    async def test_the_number_of_tokens_is_bounded(self) -> None:
        authenticator, _ = self._authenticator(capacity=3)
        fields = [[b"Bearer " + access_token().encode()] for _ in range(5)]
        for field in fields:
            await authenticator.verify(field)
        assert authenticator.remembered == 3
        assert [authenticator.recall(field) is not None for field in fields] == [
            False, False, True, True, True
        ]  # fmt: skip

    async def test_another_key_set_forgets_everything(self) -> None:
        authenticator, keys = self._authenticator()
        field = [b"Bearer " + access_token().encode()]
        await authenticator.verify(field)
        assert authenticator.recall(field) is not None
        keys.keys = parse_jwks(jwks(signing_key("another")))
        assert authenticator.recall(field) is None
        assert authenticator.remembered == 0

    async def test_the_same_key_set_fetched_again_forgets_nothing(self) -> None:
        authenticator, keys = self._authenticator()
        field = [b"Bearer " + access_token().encode()]
        await authenticator.verify(field)
        keys.keys = parse_jwks(jwks(signing_key()))
        assert authenticator.recall(field) is not None

    async def test_two_fields_are_never_found(self) -> None:
        authenticator, _ = self._authenticator()
        field = b"Bearer " + access_token().encode()
        await authenticator.verify([field])
        assert authenticator.recall([field, field]) is None

    def _authenticator(self, capacity: int = 10) -> tuple[Authenticator, JwksCache]:
        keys = JwksCache("http://localhost/never-asked")
        keys.keys = parse_jwks(jwks(signing_key()))
        verifier = TokenVerifier(keys, "http://localhost:8000", "vitrina")
        return Authenticator(verifier, NothingRevoked(), capacity=capacity), keys
