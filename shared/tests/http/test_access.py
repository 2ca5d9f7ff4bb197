"""Who gets in: one 401 for whatever is wrong with a token, and roles beyond it."""

from uuid import uuid4

import httpx2
import pytest

from testing.tokens import access_token, signing_key


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [("Authorization", "")],
        [("Authorization", "Bearer")],
        [("Authorization", "Bearer ")],
        [("Authorization", "Basic eDp5")],
        [("Authorization", "Bearer \t" + access_token())],
        [("Authorization", "Bearer\t" + access_token())],
        [("Authorization", access_token())],
        [("Authorization", f"Bearer {access_token()} x")],
        [("Authorization", f"Bearer {access_token()}, Bearer {access_token()}")],
        [("Authorization", f"Bearer {access_token()}"), ("Authorization", "Bearer x")],
        [("Authorization", f"Bearer {access_token(exp=1)}")],
        [("Authorization", f"Bearer {access_token(sub='no uuid')}")],
        [("Authorization", f"Bearer {access_token(signing_key('stranger'))}")],
    ],
)
async def test_whatever_is_wrong_with_the_token_it_is_the_one_401(
    client: httpx2.AsyncClient, headers: list[tuple[str, str]]
) -> None:
    response = await client.get("/things/mine", headers=headers)

    assert response.status_code == 401
    assert response.content == b'{"code":401,"message":"Unauthorized"}'
    assert response.headers["www-authenticate"] == "Bearer"


async def test_a_token_in_the_query_opens_nothing(client: httpx2.AsyncClient) -> None:
    response = await client.get(f"/things/mine?access_token={access_token()}")

    assert response.status_code == 401


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
async def test_the_scheme_is_written_in_any_case(client: httpx2.AsyncClient, scheme: str) -> None:
    user = str(uuid4())
    headers = {"Authorization": f"{scheme} {access_token(sub=user)}"}

    assert (await client.get("/things/mine", headers=headers)).json() == user


@pytest.mark.parametrize("spaces", [1, 2, 30])
async def test_one_space_or_more_divides_scheme_and_token(
    client: httpx2.AsyncClient, spaces: int
) -> None:
    headers = {"Authorization": f"Bearer{' ' * spaces}{access_token()}"}

    assert (await client.get("/things/mine", headers=headers)).status_code == 200


async def test_roles_open_what_they_should(client: httpx2.AsyncClient) -> None:
    for roles, status in [
        (["user"], 403),
        (["manager"], 200),
        (["user", "admin"], 200),
        (["user", "of a later version"], 403),
        (["of a later version"], 403),
        (["of a later version", "admin"], 200),
    ]:
        headers = {"Authorization": f"Bearer {access_token(roles=roles)}"}
        assert (await client.get("/things/managed", headers=headers)).status_code == status


async def test_before_the_password_change_little_is_open(client: httpx2.AsyncClient) -> None:
    token = access_token(password_change_required=True, roles=["admin"])
    headers = {"Authorization": f"Bearer {token}"}

    refused = await client.get("/things/mine", headers=headers)

    assert (refused.status_code, refused.json()["error"]) == (403, "password_change_required")
    assert (await client.get("/things/anyone", headers=headers)).status_code == 200
