"""The service believes no token that the auth service did not issue, no matter who forwards it."""

import hashlib
import hmac
import time

import httpx2
import pytest
from cryptography.hazmat.primitives import serialization

from catalog_service.main import create_app
from catalog_service.settings import CatalogSettings
from catalog_service.tests.conftest import PRODUCTS, SECRETS, UNAUTHORIZED
from testing.tokens import (
    access_claims,
    access_token,
    encode,
    public_jwk,
    segment,
    signing_key,
)

GOOD = access_token()
HEAD, PAYLOAD, SIGNATURE = GOOD.split(".")
KEY_ID = public_jwk(signing_key())["kid"]


def with_symmetric_key() -> str:
    """Sign with the public key as a shared secret: RFC 8725 section 2.1."""
    secret = (
        signing_key()
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    head = segment({"alg": "HS256", "typ": "at+jwt", "kid": KEY_ID})
    signed = f"{head}.{PAYLOAD}"
    return f"{signed}.{encode(hmac.digest(secret, signed.encode(), hashlib.sha256))}"


FORGERIES = {
    "another key": access_token(signing_key("stranger")),
    "another key under a known id": access_token(signing_key("stranger"), header={"kid": KEY_ID}),
    "no algorithm": f"{segment({'alg': 'none', 'typ': 'at+jwt'})}.{PAYLOAD}.",
    "a symmetric algorithm": with_symmetric_key(),
    "another type": access_token(header={"typ": "JWT"}),
    "no key id": access_token(header={"kid": None}),
    "expired": access_token(exp=int(time.time())),
    "another issuer": access_token(iss="https://elsewhere.example"),
    "another audience": access_token(aud="elsewhere"),
    "several audiences": access_token(aud=["vitrina", "elsewhere"]),
    "another client": access_token(client_id="elsewhere"),
    "no subject of ours": access_token(sub="anna"),
    "a changed payload": ".".join((HEAD, segment(access_claims()), SIGNATURE)),
    "no signature": f"{HEAD}.{PAYLOAD}.",
    "not a token": "anna",
    "nothing": "",
}


@pytest.mark.parametrize("token", FORGERIES.values(), ids=FORGERIES.keys())
@pytest.mark.parametrize("path", [PRODUCTS, f"{PRODUCTS}/1"])
async def test_a_forged_token_gets_the_one_401(
    stranger: httpx2.AsyncClient, token: str, path: str
) -> None:
    response = await stranger.get(path, headers={"Authorization": f"Bearer {token}"})

    assert (response.status_code, response.content) == (401, UNAUTHORIZED)
    assert response.headers["www-authenticate"] == "Bearer"


async def test_a_token_counts_only_in_one_authorization_header(
    stranger: httpx2.AsyncClient,
) -> None:
    bearer = ("Authorization", f"Bearer {GOOD}")
    for headers in ([bearer, bearer], [("Authorization", f"Basic {GOOD}")], [("Cookie", GOOD)]):
        response = await stranger.get(PRODUCTS, headers=headers)
        assert (response.status_code, response.content) == (401, UNAUTHORIZED)

    response = await stranger.get(PRODUCTS, params={"access_token": GOOD})
    assert (response.status_code, response.content) == (401, UNAUTHORIZED)

    assert (await stranger.get(PRODUCTS, headers=[bearer])).status_code == 200


async def test_headers_that_look_like_an_identity_say_nothing(stranger: httpx2.AsyncClient) -> None:
    headers = {"X-User-Id": "1", "X-Forwarded-User": "anna", "X-User-Roles": "admin"}

    assert (await stranger.get(PRODUCTS, headers=headers)).content == UNAUTHORIZED


async def test_a_password_that_must_be_changed_opens_no_products(
    stranger: httpx2.AsyncClient,
) -> None:
    token = access_token(password_change_required=True)

    response = await stranger.get(PRODUCTS, headers={"Authorization": f"Bearer {token}"})

    assert (response.status_code, response.json()["error"]) == (403, "password_change_required")


@pytest.mark.usefixtures("app")  # its database is there, only the keys are not
async def test_without_keys_nobody_is_let_in_and_the_service_is_not_ready() -> None:
    settings = CatalogSettings.model_validate(
        {
            "database_url": "postgres://nobody@localhost/none",
            "jwks_url": "http://127.0.0.1:1/",
            "secrets": SECRETS,
            "internal_secrets": SECRETS,
        }
    )
    transport = httpx2.ASGITransport(create_app(settings))
    async with httpx2.AsyncClient(transport=transport, base_url="http://catalog") as client:
        response = await client.get(PRODUCTS, headers={"Authorization": f"Bearer {GOOD}"})
        ready = await client.get("/health/ready")

    assert response.status_code in {401, 503}
    assert ready.status_code == 503
