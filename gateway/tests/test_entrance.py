"""Who may pass, and in which order that is decided."""

import base64
import hashlib
import hmac
import time
from datetime import timedelta
from functools import cache

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from gateway.authenticate import Authenticator
from gateway.proxy import Proxy
from gateway.revocations import Snapshot, parse_snapshot
from gateway.routes import ROUTES, Access, Route, RouteTable, Service
from gateway.tests.conftest import RunningGateway, snapshot
from gateway.tests.raw_client import connected, request
from gateway.tests.raw_service import Peer, RawService
from shared.authentication import TokenVerifier
from shared.jwks import JwksCache, parse_jwks
from shared.testing.clock import movable_clock
from shared.testing.tokens import (
    access_claims,
    access_token,
    encode,
    jwks,
    public_jwk,
    segment,
    signing_key,
)

UNAUTHORIZED = b'{"code":401,"message":"Unauthorized"}'
PRODUCTS = "GET /api/v1/products"


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
    """Return the Authorization fields that must all get the same answer."""
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
        "two spaces": [f"authorization: Bearer  {good}"],
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


class TestRoutes:
    @pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
    async def test_each_route_is_served_and_asks_for_a_token_unless_open(
        self, gateway: RunningGateway, auth: RawService, catalog: RawService, route: Route
    ) -> None:
        services = {Service.AUTH: auth, Service.CATALOG: catalog}
        service = services.get(route.service)
        path = route.path.replace("{asset}", "swagger-ui.css").replace("{id}", "1")
        line = f"{route.method} {path}"
        stranger = await gateway.ask(line)
        signed_in = await gateway.ask_signed_in(line)
        assert (stranger.status == 401) == (route.access is not Access.OPEN)
        assert signed_in.status in {200, 307}
        if service is not None:
            passed = [seen.line for seen in service.seen if seen.line.startswith(line.encode())]
            assert len(passed) == 1 + (route.access is Access.OPEN)

    async def test_the_open_routes_are_these(self) -> None:
        assert {
            f"{route.method} {route.path}" for route in ROUTES if route.access is Access.OPEN
        } == {
            "POST /api/v1/auth/register",
            "POST /api/v1/auth/login",
            "POST /api/v1/auth/token",
            "POST /api/v1/auth/refresh",
            "POST /api/v1/auth/revoke",
            "GET /api/v1/auth/email/confirm",
            "POST /api/v1/auth/email/confirm",
            "POST /api/v1/auth/password/forgot",
            "GET /api/v1/auth/password/reset",
            "POST /api/v1/auth/password/reset",
            "GET /.well-known/jwks.json",
            "GET /.well-known/oauth-authorization-server",
            "GET /",
            "GET /docs",
            "GET /docs/{asset}",
            "GET /openapi.json",
            "GET /health/live",
            "GET /health/ready",
        }

    async def test_head_follows_get(self, gateway: RunningGateway, catalog: RawService) -> None:
        reply = await gateway.ask_signed_in("HEAD /api/v1/products?page=2")
        assert (reply.status, reply.values(b"content-length")) == (200, [b"2"])
        assert catalog.seen[0].line == b"HEAD /api/v1/products?page=2 HTTP/1.1"

    @pytest.mark.parametrize("path", ["/", "/docs", "/openapi.json", "/health/live"])
    async def test_head_follows_get_on_own_pages(self, gateway: RunningGateway, path: str) -> None:
        async with connected(gateway.port) as client:
            head = await client.ask(request(f"HEAD {path}"))
            get = await client.ask(request(f"GET {path}"))
        assert (head.status, head.body) == (get.status, b"")
        assert head.values(b"content-length") == get.values(b"content-length")

    @pytest.mark.parametrize(
        "line",
        [
            "GET /nowhere",
            "GET /internal/revocations",
            "GET /internal",
            "GET /mailboxes/anna@example.com/letters",
            "GET /api/v1/users/1/sessions/2",
            "GET /api/v1/auth/sessions/1/2",
        ],
    )
    async def test_an_unknown_path_is_a_404_with_a_token(
        self, gateway: RunningGateway, auth: RawService, line: str
    ) -> None:
        reply = await gateway.ask_signed_in(line)
        assert (reply.status, reply.json()["error"]) == (404, "not_found")
        assert auth.accepted == 0

    @pytest.mark.parametrize(
        ("path", "methods"),
        [
            ("/api/v1/users/me", {"GET", "HEAD", "PATCH", "DELETE"}),
            ("/api/v1/users/me/email", {"POST"}),
            ("/api/v1/users/you", {"GET", "HEAD", "PATCH", "DELETE"}),
            ("/api/v1/users/you/email", set()),
            ("/api/v1/audit/export", {"GET", "HEAD"}),
        ],
    )
    def test_a_path_without_a_parameter_goes_before_one_with_one(
        self, path: str, methods: set[str]
    ) -> None:
        found = RouteTable().at(path.encode())
        assert found.keys() == methods
        assert {"{" in route.path for route in found.values()} <= {"you" in path}

    async def test_a_wrong_method_is_a_405_with_a_token(self, gateway: RunningGateway) -> None:
        reply = await gateway.ask_signed_in("DELETE /api/v1/products")
        assert (reply.status, reply.json()["error"]) == (405, "method_not_allowed")
        assert reply.values(b"allow") == [b"GET, HEAD"]

    @pytest.mark.parametrize(
        "path",
        [
            "/api/v1/products/../users",
            "/api/v1/products/.",
            "/./docs",
            "/docs/..",
            "/api/v1/%2e%2e/users",
            "/api/v1/%2E/users",
            "/api/v1%2fproducts",
            "/api/v1%5cproducts",
            "/api\\v1",
            "//api/v1/products",
            "/api//v1",
            "/docs;a=b",
            "/docs%00",
        ],
    )
    @pytest.mark.parametrize("method", ["GET", "OPTIONS"])
    async def test_a_path_that_others_may_read_differently_is_refused_before_anything_else(
        self, gateway: RunningGateway, path: str, method: str
    ) -> None:
        reply = await gateway.ask(f"{method} {path}", "origin: https://shop.example")
        assert (reply.status, reply.json()["error"]) == (400, "bad_path")


class TestPasswordChange:
    @pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
    async def test_a_restricted_token_opens_only_what_is_marked(
        self, gateway: RunningGateway, auth: RawService, catalog: RawService, route: Route
    ) -> None:
        token = access_token(password_change_required=True)
        path = route.path.replace("{asset}", "swagger-ui.css").replace("{id}", "1")
        reply = await gateway.ask(f"{route.method} {path}", f"authorization: Bearer {token}")
        if route.access is Access.SIGNED_IN:
            assert (reply.status, reply.json()["error"]) == (403, "password_change_required")
            assert catalog.accepted == 0
        else:
            assert reply.status in {200, 307}

    def test_the_marked_ones_are_these(self) -> None:
        marked = [route for route in ROUTES if route.access is Access.BEFORE_PASSWORD_CHANGE]
        assert {f"{route.method} {route.path}" for route in marked} == {
            "POST /api/v1/auth/logout",
            "POST /api/v1/auth/password/change",
            "GET /api/v1/users/me",
        }

    async def test_it_does_not_tell_what_exists(self, gateway: RunningGateway) -> None:
        token = access_token(password_change_required=True)
        reply = await gateway.ask("GET /nowhere", f"authorization: Bearer {token}")
        assert (reply.status, reply.json()["error"]) == (403, "password_change_required")


class TestCrossOrigin:
    PREFLIGHT = "access-control-request-method: GET"

    @pytest.mark.parametrize("path", ["/api/v1/products", "/nowhere", "/docs"])
    async def test_a_preflight_is_answered_the_same_for_every_path_before_the_token_check(
        self, gateway: RunningGateway, path: str
    ) -> None:
        reply = await gateway.ask(f"OPTIONS {path}", "origin: https://shop.example", self.PREFLIGHT)
        assert (reply.status, reply.body) == (204, b"")
        assert reply.values(b"access-control-allow-origin") == [b"https://shop.example"]
        assert b"Authorization" in reply.values(b"access-control-allow-headers")[0]
        assert reply.values(b"vary") == [b"Origin"]
        assert reply.values(b"access-control-allow-credentials") == []

    @pytest.mark.parametrize(
        "origins", [["https://evil.example"], ["null"], ["https://shop.example"] * 2]
    )
    async def test_another_origin_is_told_nothing(
        self, gateway: RunningGateway, origins: list[str]
    ) -> None:
        fields = [f"origin: {origin}" for origin in origins]
        reply = await gateway.ask("OPTIONS /docs", *fields, self.PREFLIGHT)
        assert reply.status == 204
        assert not [name for name, _ in reply.fields if name.startswith(b"access-control")]

    @pytest.mark.parametrize(
        "line", ["GET /nowhere", "GET /docs", "GET /docs/..", "POST /api/v1/auth/login"]
    )
    async def test_every_answer_is_readable_for_a_listed_origin(
        self, gateway: RunningGateway, line: str
    ) -> None:
        reply = await gateway.ask(line, "origin: https://shop.example")
        if line == "GET /docs/..":  # refused, but still by us
            assert reply.status == 400
        assert reply.values(b"access-control-allow-origin") == [b"https://shop.example"]
        assert b"Origin" in reply.values(b"vary")

    async def test_a_service_does_not_decide_who_may_read(
        self, gateway: RunningGateway, catalog: RawService
    ) -> None:
        async def allow_everyone(peer: Peer) -> None:
            await peer.request()
            await peer.answer(fields="Access-Control-Allow-Origin: *\r\nVary: Accept\r\n")

        catalog.script = allow_everyone
        reply = await gateway.ask_signed_in(PRODUCTS, "origin: https://evil.example")
        assert reply.values(b"access-control-allow-origin") == []
        assert reply.values(b"vary") == [b"Accept", b"Origin"]


async def test_an_unexpected_error_has_the_one_shape(
    gateway: RunningGateway, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("with a secret in it")

    monkeypatch.setattr(Proxy, "forward", fail)
    reply = await gateway.ask_signed_in(PRODUCTS)
    assert (reply.status, reply.json()["error"]) == (500, "internal_error")
    assert b"secret" not in reply.body
    assert "unexpected error" in caplog.text
