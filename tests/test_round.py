"""The main way through the shop: sign up, sign in, see products, and nothing without a token."""

import asyncio

import pytest

from testing.people import PASSWORD, Person, Shop

UNAUTHORIZED = {"code": 401, "message": "Unauthorized"}


async def test_a_newcomer_registers_signs_in_by_email_and_pages_through_products(
    shop: Shop,
) -> None:
    anna = Person()
    registered = await shop.register(anna)
    assert registered.status_code == 201
    assert registered.json()["email"] == anna.email
    signed_in = await shop.sign_in(anna.email)
    assert signed_in.status_code == 200
    token = signed_in.json()["access_token"]
    first = (await shop.get("/api/v1/products", token, page=1, size=7)).json()
    second = (await shop.get("/api/v1/products", token, page=2, size=7)).json()
    assert (second["page"], second["size"], len(second["items"])) == (2, 7, 7)
    assert second["total"] == first["total"] >= 14
    assert not {item["id"] for item in first["items"]} & {item["id"] for item in second["items"]}
    one = await shop.get(f"/api/v1/products/{second['items'][0]['id']}", token)
    assert one.json() == second["items"][0]


async def test_a_phone_signs_in_as_people_write_it(shop: Shop) -> None:
    anna = Person()
    await shop.register(anna)
    signed_in = await shop.sign_in(anna.phone_as_written)
    assert signed_in.status_code == 200
    me = await shop.get("/api/v1/users/me", signed_in.json()["access_token"])
    assert (me.json()["email"], me.json()["phone"]) == (anna.email, anna.phone)


async def test_without_a_token_everything_is_the_same_401(shop: Shop) -> None:
    answers = [
        await shop.get("/api/v1/products"),
        await shop.get("/api/v1/products", "not a token"),
        await shop.get("/api/v1/users/me"),
        await shop.get("/api/v1/nowhere"),
        await shop.client.get("/api/v1/products", params={"access_token": "x"}),
        await shop.client.delete("/api/v1/auth/register"),
    ]
    for answer in answers:
        assert answer.status_code == 401
        assert answer.json() == UNAUTHORIZED
        assert answer.headers["www-authenticate"] == "Bearer"
    assert len({answer.content for answer in answers}) == 1


async def test_with_a_token_what_is_not_there_is_distinguished(shop: Shop) -> None:
    token = await shop.newcomer_token()
    assert (await shop.get("/nowhere", token)).status_code == 404
    wrong_method = await shop.client.patch(
        "/api/v1/products", headers={"Authorization": f"Bearer {token}"}
    )
    assert wrong_method.status_code == 405
    assert "GET" in wrong_method.headers["allow"]


async def test_every_broken_rule_of_a_registration_is_named(shop: Shop) -> None:
    broken = {"full_name": "", "email": "nobody", "phone": "+7", "password": "short"}
    answer = await shop.client.post("/api/v1/auth/register", json=broken)
    assert answer.status_code == 422
    assert answer.json()["code"] == 422
    named = {field["field"] for field in answer.json()["fields"]}
    assert named >= {"full_name", "email", "phone", "password", "password_confirmation"}


async def test_of_fifty_registrations_of_one_email_one_wins(shop: Shop) -> None:
    email = Person().email
    answers = await asyncio.gather(*(shop.register(Person(email=email)) for _ in range(50)))
    assert sorted(answer.status_code for answer in answers) == [201] + 49 * [409]
    refused = [answer.json() for answer in answers if answer.status_code == 409]
    assert {refusal["error"] for refusal in refused} == {"email_taken"}
    assert (await shop.sign_in(email)).status_code == 200


async def test_a_refresh_token_is_good_for_one_rotation(shop: Shop) -> None:
    anna = Person()
    await shop.register(anna)
    first = (await shop.sign_in(anna.email)).json()
    second = (await shop.refresh(first["refresh_token"])).json()
    assert second["refresh_token"] != first["refresh_token"]
    assert (await shop.get("/api/v1/users/me", second["access_token"])).status_code == 200
    assert (await shop.refresh(second["refresh_token"])).status_code == 200
    again = await shop.refresh(first["refresh_token"])
    assert (again.status_code, again.json()) == (401, UNAUTHORIZED)


async def test_a_lost_response_to_a_refresh_can_be_asked_for_again(shop: Shop) -> None:
    anna = Person()
    await shop.register(anna)
    pair = (await shop.sign_in(anna.email)).json()
    answers = await asyncio.gather(*(shop.refresh(pair["refresh_token"]) for _ in range(10)))
    assert [answer.status_code for answer in answers] == [200] * 10
    assert len({answer.json()["refresh_token"] for answer in answers}) == 1


async def test_signing_out_ends_the_session(shop: Shop) -> None:
    anna = Person()
    await shop.register(anna)
    pair = (await shop.sign_in(anna.email)).json()
    assert (await shop.post("/api/v1/auth/logout", pair["access_token"])).status_code == 204
    assert (await shop.refresh(pair["refresh_token"])).status_code == 401


async def test_the_first_administrator_must_change_the_password_first(
    shop: Shop, admin_password: str
) -> None:
    signed_in = await shop.sign_in("admin@example.com", admin_password)
    if signed_in.status_code == 401:
        pytest.skip("somebody has changed the first administrator's password")
    token = signed_in.json()["access_token"]
    refused = await shop.get("/api/v1/products", token)
    assert refused.status_code == 403
    assert refused.json()["error"] == "password_change_required"
    assert "admin" in (await shop.get("/api/v1/users/me", token)).json()["roles"]
    change = {
        "current_password": admin_password,
        "password": PASSWORD,
        "password_confirmation": PASSWORD,
    }
    assert (await shop.post("/api/v1/auth/password/change", token, change)).status_code == 204
    again = await shop.sign_in("admin@example.com", PASSWORD)
    open_token = again.json()["access_token"]
    assert (await shop.get("/api/v1/products", open_token)).status_code == 200
    change = {"current_password": PASSWORD, "password": admin_password}
    change["password_confirmation"] = admin_password
    await shop.post("/api/v1/auth/password/change", open_token, change)
