"""Signing in by email or phone, and out again."""

import httpx2
import jwt
import pytest
from fastapi import FastAPI

from auth_service.crypto.passwords import Argon2Parameters, PasswordHasher
from auth_service.models import RefreshToken, Session, User
from auth_service.tests.conftest import (
    REGISTRATION,
    assert_unauthorized,
    bearer,
    refresh,
    register,
    sign_in,
)
from shared.access.jwks import parse_jwks
from shared.errors import Unauthorized

LOGIN = "/api/v1/auth/login"


@pytest.mark.parametrize(
    "login",
    [
        "anna@example.com",
        "ANNA@Example.COM",
        "  anna@example.com\t",
        "anna @example.com",
        "+79161234567",
        "89161234567",
        "8 (916) 123-45-67",
        "+7 916 123 45 67",
        "+7(916)123-45-67",
        "8\u00a0916\u2009123\u201345\u201467",
    ],
)
async def test_any_usual_spelling_of_the_name_signs_in(
    client: httpx2.AsyncClient, login: str
) -> None:
    await register(client)

    pair = await sign_in(client, login)

    assert pair["token_type"] == "Bearer"
    assert pair["expires_in"] == 900
    assert len(pair["refresh_token"]) == 43


@pytest.mark.parametrize(
    "login",
    [
        "",
        "nobody@example.com",
        "anna@example.org",
        "аnna@example.com",  # Cyrillic
        "+79160000000",
        "9161234567",
        "79161234567",
        "8916123456",
        "+89161234567",
        "+7916123456٧",
        "'; DROP TABLE users; --",
        "anna@example.com\x00",
        "@",
    ],
)
async def test_another_name_is_the_same_401(client: httpx2.AsyncClient, login: str) -> None:
    await register(client)
    credentials = {"login": login, "password": REGISTRATION["password"]}

    assert_unauthorized(await client.post(LOGIN, json=credentials))


@pytest.mark.parametrize("password", ["", "Open:Sesame2", "open:sesame1", "Пароль", "x\x00y"])
async def test_a_wrong_password_is_the_same_401(client: httpx2.AsyncClient, password: str) -> None:
    await register(client)

    response = await client.post(LOGIN, json={"login": "anna@example.com", "password": password})

    assert_unauthorized(response)


async def test_a_blocked_account_is_the_same_401(client: httpx2.AsyncClient) -> None:
    await register(client)
    await User.all().update(is_active=False)
    credentials = {"login": "anna@example.com", "password": REGISTRATION["password"]}

    assert_unauthorized(await client.post(LOGIN, json=credentials))


async def test_a_password_of_a_mebibyte_is_refused_unhashed(
    client: httpx2.AsyncClient, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.state._state, "hasher", None)  # hashing fails

    large = await client.post(LOGIN, json={"login": "a@example.com", "password": "x" * 2**16})
    huge = await client.post(LOGIN, json={"login": "a@example.com", "password": "x" * 2**20})

    assert large.status_code == 422
    assert large.json()["fields"][0]["field"] == "password"
    assert huge.status_code == 413


async def test_tokens_are_not_to_be_stored(client: httpx2.AsyncClient) -> None:
    await register(client)
    credentials = {"login": "anna@example.com", "password": REGISTRATION["password"]}

    response = await client.post(LOGIN, json=credentials)

    assert response.headers["cache-control"] == "no-store"


async def test_the_access_token_says_what_rfc_9068_wants(client: httpx2.AsyncClient) -> None:
    account = await register(client)
    pair = await sign_in(client)
    keys = parse_jwks((await client.get("/.well-known/jwks.json")).content)

    header = jwt.get_unverified_header(pair["access_token"])
    claims = jwt.decode(
        pair["access_token"], keys[header["kid"]], algorithms=["RS256"], audience="vitrina"
    )

    assert header == {"alg": "RS256", "typ": "at+jwt", "kid": header["kid"]}
    assert claims["sub"] == account["id"]
    assert claims["exp"] - claims["iat"] == 900
    assert claims.keys() == {
        *("iss", "aud", "client_id", "sub", "sid", "ver", "jti"),
        *("iat", "nbf", "exp", "roles", "email_verified"),
    }


async def test_me_is_who_signed_in(client: httpx2.AsyncClient) -> None:
    account = await register(client)
    pair = await sign_in(client)

    response = await client.get("/api/v1/users/me", headers=bearer(pair))

    assert response.json() == account


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/v1/users/me"),
        ("POST", "/api/v1/auth/logout"),
        ("POST", "/api/v1/auth/password/change"),
    ],
)
async def test_without_a_token_it_is_the_one_401(
    client: httpx2.AsyncClient, method: str, path: str
) -> None:
    assert_unauthorized(await client.request(method, path))


async def test_an_account_that_is_gone_has_no_me(client: httpx2.AsyncClient) -> None:
    await register(client)
    pair = await sign_in(client)
    await User.all().delete()

    assert_unauthorized(await client.get("/api/v1/users/me", headers=bearer(pair)))


async def test_signing_out_ends_this_session_and_no_other(client: httpx2.AsyncClient) -> None:
    await register(client)
    here, elsewhere = await sign_in(client), await sign_in(client)

    first = await client.post("/api/v1/auth/logout", headers=bearer(here))
    second = await client.post("/api/v1/auth/logout", headers=bearer(here))

    assert (first.status_code, first.content, second.status_code) == (204, b"", 204)
    assert_unauthorized(await refresh(client, here["refresh_token"]))
    assert (await refresh(client, elsewhere["refresh_token"])).status_code == 200


async def test_no_token_or_password_is_stored_as_it_is(client: httpx2.AsyncClient) -> None:
    await register(client)
    pair = await sign_in(client)
    pair = (await refresh(client, pair["refresh_token"])).json()

    stored = "".join([repr(await model.all().values()) for model in (User, Session, RefreshToken)])

    assert "$argon2id$" in stored
    assert pair["refresh_token"] not in stored
    assert REGISTRATION["password"] not in stored


async def test_a_sign_in_renews_a_hash_of_other_parameters(
    client: httpx2.AsyncClient, app: FastAPI
) -> None:
    await register(client)
    weaker = PasswordHasher(Argon2Parameters(memory_kib=8 * 1024, time_cost=2))
    await User.all().update(password_hash=await weaker.hash(REGISTRATION["password"]))

    await sign_in(client)

    renewed = (await User.get()).password_hash
    assert "m=8192,t=1,p=1" in renewed
    await sign_in(client)
    assert (await User.get()).password_hash == renewed


async def test_a_block_during_the_hash_wins(
    client: httpx2.AsyncClient, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    await register(client)
    verify = app.state.hasher.verify

    async def verify_and_be_blocked(password: str, stored: str | None) -> object:
        verification = await verify(password, stored)
        await User.all().update(is_active=False)
        return verification

    monkeypatch.setattr(app.state.hasher, "verify", verify_and_be_blocked)
    credentials = {"login": "anna@example.com", "password": REGISTRATION["password"]}

    assert_unauthorized(await client.post(LOGIN, json=credentials))
    assert await Session.all().count() == 0


async def test_an_unknown_user_costs_a_hash_too(
    client: httpx2.AsyncClient, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    verified: list[str | None] = []
    verify = app.state.hasher.verify

    async def count(password: str, stored: str | None) -> object:
        verified.append(stored)
        return await verify(password, stored)

    monkeypatch.setattr(app.state.hasher, "verify", count)

    await client.post(LOGIN, json={"login": "nobody@example.com", "password": "Open:Sesame1"})

    assert verified == [None]


def test_the_cause_of_a_401_stays_inside() -> None:
    assert str(Unauthorized("wrong_credentials").message) == "Unauthorized"
