"""The token endpoint as OAuth 2 clients use it."""

import base64

import httpx2
import pytest
from fastapi import FastAPI

from auth_service.tests.conftest import REGISTRATION, bearer, register, sign_in
from testing.database import ServiceDatabase

PATH = "/api/v1/auth/token"
PASSWORD = {
    "grant_type": "password",
    "username": "8 (916) 123-45-67",
    "password": REGISTRATION["password"],
}


def basic(text: str) -> dict[str, str]:
    return {"Authorization": f"Basic {base64.b64encode(text.encode()).decode()}"}


async def test_the_password_grant_signs_in(client: httpx2.AsyncClient) -> None:
    await register(client)

    response = await client.post(PATH, data={**PASSWORD, "scope": "", "client_id": "vitrina"})

    assert response.status_code == 200, response.text
    assert response.headers["cache-control"] == "no-store"
    me = await client.get("/api/v1/users/me", headers=bearer(response.json()))
    assert me.json()["email"] == "anna@example.com"


async def test_the_refresh_grant_rotates(client: httpx2.AsyncClient) -> None:
    await register(client)
    pair = await sign_in(client)
    form = {"grant_type": "refresh_token", "refresh_token": pair["refresh_token"]}

    response = await client.post(PATH, data=form)

    assert response.status_code == 200
    assert response.json()["refresh_token"] != pair["refresh_token"]


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({}, "invalid_request"),
        ({"grant_type": ""}, "invalid_request"),
        ({"grant_type": "password"}, "invalid_request"),
        ({"grant_type": "password", "username": "a@example.com"}, "invalid_request"),
        ({**PASSWORD, "password": "x" * 200}, "invalid_request"),
        ({**PASSWORD, "password": "wrong"}, "invalid_grant"),
        ({**PASSWORD, "username": "nobody@example.com"}, "invalid_grant"),
        ({"grant_type": "refresh_token"}, "invalid_request"),
        ({"grant_type": "refresh_token", "refresh_token": "x" * 43}, "invalid_grant"),
        ({**PASSWORD, "scope": "openid"}, "invalid_scope"),
        ({**PASSWORD, "scope": "user manager"}, "invalid_scope"),
        ({**PASSWORD, "scope": '"'}, "invalid_scope"),
        ({"grant_type": "refresh_token", "scope": "openid"}, "invalid_scope"),
        ({"grant_type": "client_credentials"}, "unsupported_grant_type"),
        ({"grant_type": "authorization_code", "code": "x"}, "unsupported_grant_type"),
    ],
)
async def test_errors_are_those_of_the_rfc(
    client: httpx2.AsyncClient, form: dict[str, str], error: str
) -> None:
    await register(client)

    response = await client.post(PATH, data=form)

    assert (response.status_code, response.json()["error"]) == (400, error), response.text
    assert response.json().keys() == {"error", "error_description"}
    assert response.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (b'{"grant_type": "password"}', "application/json"),
        (b"grant_type=password&grant_type=password", "application/x-www-form-urlencoded"),
        (b"&".join(b"p%d=1" % n for n in range(50)), "application/x-www-form-urlencoded"),
        (b"", ""),
    ],
)
async def test_a_body_that_is_no_such_form_is_an_invalid_request(
    client: httpx2.AsyncClient, content: bytes, content_type: str
) -> None:
    response = await client.post(PATH, content=content, headers={"Content-Type": content_type})

    assert (response.status_code, response.json()["error"]) == (400, "invalid_request")


@pytest.mark.parametrize(
    "authorization",
    [basic("other:")["Authorization"], basic(":")["Authorization"], "Basic !", "X y", "Basic \xff"],
)
async def test_another_client_is_refused(client: httpx2.AsyncClient, authorization: str) -> None:
    await register(client)
    headers = [(b"Authorization", authorization.encode("latin-1"))]

    response = await client.post(PATH, data=PASSWORD, headers=headers)

    assert (response.status_code, response.json()["error"]) == (401, "invalid_client")
    assert response.headers["www-authenticate"].startswith("Basic ")


async def test_a_client_names_itself_in_one_field(client: httpx2.AsyncClient) -> None:
    await register(client)
    fields = [
        ("Authorization", basic(f"{name}:")["Authorization"]) for name in ("vitrina", "other")
    ]

    for headers in (fields, [fields[0], fields[0]]):
        response = await client.post(PATH, data=PASSWORD, headers=headers)
        assert (response.status_code, response.json()["error"]) == (401, "invalid_client")


@pytest.mark.parametrize("spaces", [1, 2, 5])
async def test_the_public_client_may_name_itself_in_the_header(
    client: httpx2.AsyncClient, spaces: int
) -> None:
    await register(client)
    field = basic("vitrina:")["Authorization"].replace(" ", " " * spaces)

    response = await client.post(PATH, data=PASSWORD, headers={"Authorization": field})

    assert response.status_code == 200


async def test_the_password_grant_can_be_turned_off(
    client: httpx2.AsyncClient, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = app.state.settings.model_copy(update={"password_grant": False})
    monkeypatch.setitem(app.state._state, "settings", settings)

    response = await client.post(PATH, data=PASSWORD)
    metadata = (await client.get("/.well-known/oauth-authorization-server")).json()

    assert response.json()["error"] == "unsupported_grant_type"
    assert metadata["grant_types_supported"] == ["refresh_token"]


async def test_the_metadata_name_what_there_is(
    client: httpx2.AsyncClient, database: ServiceDatabase
) -> None:
    metadata = (await client.get("/.well-known/oauth-authorization-server")).json()

    assert metadata == {
        "issuer": "http://localhost:8000",
        "token_endpoint": "http://localhost:8000/api/v1/auth/token",
        "revocation_endpoint": "http://localhost:8000/api/v1/auth/revoke",
        "revocation_endpoint_auth_methods_supported": ["none"],
        "jwks_uri": "http://localhost:8000/.well-known/jwks.json",
        "grant_types_supported": ["password", "refresh_token"],
        "response_types_supported": [],
        "token_endpoint_auth_methods_supported": ["none"],
    }


async def test_the_password_grant_takes_and_gives_a_device_token(
    client: httpx2.AsyncClient,
) -> None:
    await register(client)
    first = (await client.post(PATH, data=PASSWORD)).json()
    again = (
        await client.post(PATH, data={**PASSWORD, "device_token": first["device_token"]})
    ).json()
    refreshed = await client.post(
        PATH, data={"grant_type": "refresh_token", "refresh_token": again["refresh_token"]}
    )

    assert again["device_token"] == first["device_token"]
    assert (refreshed.status_code, "device_token" in refreshed.json()) == (200, False)
    too_long = await client.post(PATH, data={**PASSWORD, "device_token": "x" * 513})
    assert (too_long.status_code, too_long.json()["error"]) == (400, "invalid_request")
