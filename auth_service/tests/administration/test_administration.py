"""Managers and administrators, and what they may do to the accounts of others."""

import asyncio
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI

from auth_service.models import AuditEvent, OutboxEmail, Session, User
from auth_service.tests.conftest import assert_unauthorized, bearer, refresh, sign_in
from auth_service.tests.people import USERS, Person, act, join

SOMEBODY = "4b6e2f0e-3f0a-4f0e-9d5e-2b1f6c7d8e9f"


ROUTES = [
    ("GET", "", None),
    ("GET", "/{id}", None),
    ("PATCH", "/{id}", {"full_name": "Renamed"}),
    ("DELETE", "/{id}", None),
    ("POST", "/{id}/block", None),
    ("POST", "/{id}/unblock", None),
    ("PUT", "/{id}/roles", {"roles": ["user"]}),
    ("GET", "/{id}/sessions", None),
    ("DELETE", "/{id}/sessions", None),
]


FOR_MANAGERS = {("GET", ""), ("GET", "/{id}"), ("POST", "/{id}/block")}


async def block(client: httpx2.AsyncClient, who: Person, whom: Person) -> httpx2.Response:
    return await act(client, who, "POST", f"/{whom.id}/block")


async def set_roles(
    client: httpx2.AsyncClient, who: Person, whom: Person, *roles: str
) -> httpx2.Response:
    return await act(client, who, "PUT", f"/{whom.id}/roles", {"roles": list(roles)})


@pytest.mark.parametrize(("method", "path", "body"), ROUTES)
async def test_nobody_gets_in_without_signing_in(
    client: httpx2.AsyncClient, method: str, path: str, body: Any
) -> None:
    url = f"{USERS}{path}".format(id=SOMEBODY)

    assert_unauthorized(await client.request(method, url, json=body))


@pytest.mark.parametrize(("method", "path", "body"), ROUTES)
@pytest.mark.parametrize("role", ["user", "manager", "admin"])
async def test_each_role_is_let_in_where_it_should(
    client: httpx2.AsyncClient, role: str, method: str, path: str, body: Any
) -> None:
    who, customer = await join(client, "who", role), await join(client, "customer")

    response = await act(client, who, method, path.format(id=customer.id), body)

    allowed = role == "admin" or (role == "manager" and (method, path) in FOR_MANAGERS)
    if allowed:
        assert response.status_code in {200, 204}, response.text
    else:
        assert (response.status_code, response.json()["error"]) == (403, "forbidden")


@pytest.mark.parametrize(("method", "path", "body"), ROUTES[1:])
async def test_who_is_not_there_is_not_found(
    client: httpx2.AsyncClient, method: str, path: str, body: Any
) -> None:
    boss, gone = await join(client, "boss", "admin"), await join(client, "gone")
    await act(client, boss, "DELETE", f"/{gone.id}")

    for user_id in (gone.id, SOMEBODY):
        response = await act(client, boss, method, path.format(id=user_id), body)
        assert (response.status_code, response.json()["error"]) == (404, "no_such_user")
    for user_id in ("7", "x" * 10_000, "%00"):
        assert (await act(client, boss, method, path.format(id=user_id), body)).status_code == 422


async def test_a_blocked_person_is_out_immediately_and_is_informed(
    client: httpx2.AsyncClient, app: FastAPI
) -> None:
    boss, anna = await join(client, "boss", "admin"), await join(client, "anna")

    assert (await block(client, boss, anna)).status_code == 204

    assert_unauthorized(await refresh(client, anna.pair["refresh_token"]))
    assert_unauthorized(await client.get(f"{USERS}/me", headers=anna.headers))
    row = await User.get(id=anna.id)
    assert (row.is_active, row.token_version) == (False, 2)
    assert row.tokens_revoked_at is not None
    assert [s.ended_because for s in await Session.filter(user_id=anna.id)] == ["blocked"]
    (letter,) = await OutboxEmail.filter(kind="blocked")
    assert app.state.outbox.open(letter).recipient == anna.email
    written = await AuditEvent.get(event="blocked")
    assert (written.actor_id, written.subject_id, written.succeeded) == (boss.id, anna.id, True)


async def test_to_block_twice_writes_one_email(client: httpx2.AsyncClient) -> None:
    boss, anna = await join(client, "boss", "admin"), await join(client, "anna")

    responses = await asyncio.gather(*(block(client, boss, anna) for _ in range(4)))

    assert {response.status_code for response in responses} == {204}
    assert await OutboxEmail.filter(kind="blocked").count() == 1
    assert (await User.get(id=anna.id)).token_version == 2


async def test_who_is_unblocked_signs_in_again_and_old_sessions_stay_ended(
    client: httpx2.AsyncClient,
) -> None:
    boss, anna = await join(client, "boss", "admin"), await join(client, "anna")
    await block(client, boss, anna)

    assert (await act(client, boss, "POST", f"/{anna.id}/unblock")).status_code == 204

    assert_unauthorized(await refresh(client, anna.pair["refresh_token"]))
    await sign_in(client, anna.email)


@pytest.mark.parametrize("role", ["manager", "admin"])
async def test_managers_block_customers_only(client: httpx2.AsyncClient, role: str) -> None:
    manager, colleague = await join(client, "m", "manager"), await join(client, "c", role)

    response = await block(client, manager, colleague)

    assert (response.status_code, response.json()["error"]) == (403, "only_for_administrators")
    assert (await User.get(id=colleague.id)).is_active
    assert not (await AuditEvent.get(event="blocked")).succeeded


@pytest.mark.parametrize("role", ["manager", "admin"])
async def test_nobody_blocks_himself(client: httpx2.AsyncClient, role: str) -> None:
    await join(client, "other", "admin")
    who = await join(client, "who", role)

    response = await block(client, who, who)

    assert (response.status_code, response.json()["error"]) == (409, "cannot_block_yourself")


async def test_roles_come_with_the_next_refresh_and_older_tokens_are_revoked(
    client: httpx2.AsyncClient,
) -> None:
    boss, anna = await join(client, "boss", "admin"), await join(client, "anna")

    response = await set_roles(client, boss, anna, "manager", "manager")

    assert (response.status_code, response.json()["roles"]) == (200, ["user", "manager"])
    row = await User.get(id=anna.id)
    assert row.token_version == 2
    assert row.tokens_revoked_at is not None
    pair = (await refresh(client, anna.pair["refresh_token"])).json()
    assert (await client.get(USERS, headers=bearer(pair))).status_code == 200
    written = await AuditEvent.get(event="roles_changed")
    assert written.details == {"roles": ["user", "manager"]}


async def test_the_same_roles_revoke_nothing(client: httpx2.AsyncClient) -> None:
    boss, anna = await join(client, "boss", "admin"), await join(client, "anna", "manager")

    await set_roles(client, boss, anna, "manager")

    assert (await User.get(id=anna.id)).token_version == 1


async def test_of_two_who_chose_by_the_same_page_the_second_looks_again(
    client: httpx2.AsyncClient,
) -> None:
    boss, other = await join(client, "boss", "admin"), await join(client, "other", "admin")
    anna = await join(client, "anna")
    choices = (["manager"], ["blog_manager"])

    responses = await asyncio.gather(
        *(
            act(client, who, "PUT", f"/{anna.id}/roles", {"roles": roles, "expected_roles": seen})
            for who, roles, seen in zip((boss, other), choices, (["user"], ["user"]), strict=True)
        )
    )

    assert sorted(response.status_code for response in responses) == [200, 409]
    (refused,) = [one.json() for one in responses if one.status_code == 409]
    assert refused["error"] == "roles_changed"
    (chosen,) = [one.json()["roles"] for one in responses if one.status_code == 200]
    assert (await User.get(id=anna.id)).roles == chosen
    again = {"roles": [], "expected_roles": [*reversed(chosen), "user"]}
    assert (await act(client, boss, "PUT", f"/{anna.id}/roles", again)).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"roles": "admin"},
        {"roles": ["owner"]},
        {"roles": ["ADMIN"]},
        {"roles": None},
        {"roles": [None]},
        {"roles": ["user"] * 10_000},
        {"roles": ["user"], "id": SOMEBODY},
        {"roles": ["user"], "expected_roles": "user"},
        {"roles": ["user"], "expected_roles": ["x" * 41]},
        {"roles": ["user"], "expected_roles": ["user"] * 21},
    ],
)
async def test_roles_that_are_none_are_refused(client: httpx2.AsyncClient, body: Any) -> None:
    boss, anna = await join(client, "boss", "admin"), await join(client, "anna")

    response = await act(client, boss, "PUT", f"/{anna.id}/roles", body)

    assert response.status_code == 422


async def test_the_last_administrator_keeps_the_role_and_the_account(
    client: httpx2.AsyncClient,
) -> None:
    boss, former = await join(client, "boss", "admin"), await join(client, "former", "admin")
    await block(client, boss, former)  # a blocked administrator appoints nobody

    taken_away = await set_roles(client, boss, boss, "manager")
    deleted = await act(client, boss, "DELETE", f"/{boss.id}")

    for response in (taken_away, deleted):
        assert (response.status_code, response.json()["error"]) == (409, "last_administrator")
    assert "admin" in (await User.get(id=boss.id)).roles


async def test_an_administrator_who_is_not_the_last_may_go(client: httpx2.AsyncClient) -> None:
    boss, other = await join(client, "boss", "admin"), await join(client, "other", "admin")

    assert (await set_roles(client, boss, boss)).status_code == 200
    assert (await set_roles(client, other, boss, "admin")).status_code == 200
    assert (await act(client, other, "DELETE", f"/{boss.id}")).status_code == 204


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/{id}/block", None),
        ("PUT", "/{id}/roles", {"roles": ["user"]}),
        ("DELETE", "/{id}", None),
    ],
)
async def test_administrators_who_do_it_to_each_other_concurrently_leave_one(
    client: httpx2.AsyncClient, method: str, path: str, body: Any
) -> None:
    people = [await join(client, f"boss{n}", "admin") for n in range(4)]
    pairs = [(who, whom) for who in people for whom in people if who is not whom]

    responses = await asyncio.gather(
        *(act(client, who, method, path.format(id=whom.id), body) for who, whom in pairs)
    )

    assert {response.status_code for response in responses} <= {200, 204, 403, 404, 409}
    assert await User.filter(roles__contains=["admin"], is_active=True).count() == 1


async def test_rights_are_those_of_the_database_not_of_an_old_token(
    client: httpx2.AsyncClient,
) -> None:
    boss, former = await join(client, "boss", "admin"), await join(client, "former", "admin")
    anna = await join(client, "anna")
    await set_roles(client, boss, former, "user")

    response = await block(client, former, anna)

    assert (response.status_code, response.json()["error"]) == (403, "forbidden")
    assert (await User.get(id=anna.id)).is_active


async def test_block_racing_refresh_leaves_nothing_open(client: httpx2.AsyncClient) -> None:
    boss, anna = await join(client, "boss", "admin"), await join(client, "anna")

    token = anna.pair["refresh_token"]
    blocked, *refreshed = await asyncio.gather(
        block(client, boss, anna), *(refresh(client, token) for _ in range(10))
    )

    assert blocked.status_code == 204
    for response in refreshed:
        if response.status_code == 200:  # it was quicker, and is worth nothing now
            assert_unauthorized(await refresh(client, response.json()["refresh_token"]))
    assert not await Session.filter(user_id=anna.id, ended_at=None).exists()


async def test_block_racing_sign_in_leaves_nothing_open(client: httpx2.AsyncClient) -> None:
    boss, anna = await join(client, "boss", "admin"), await join(client, "anna")
    credentials = {"login": anna.email, "password": "Open:Sesame1"}

    await asyncio.gather(
        block(client, boss, anna),
        *(client.post("/api/v1/auth/login", json=credentials) for _ in range(5)),
    )

    assert not await Session.filter(user_id=anna.id, ended_at=None).exists()


async def test_all_sessions_of_a_person_end_and_they_may_come_back(
    client: httpx2.AsyncClient,
) -> None:
    boss, anna = await join(client, "boss", "admin"), await join(client, "anna")

    assert (await act(client, boss, "DELETE", f"/{anna.id}/sessions")).status_code == 204

    assert_unauthorized(await refresh(client, anna.pair["refresh_token"]))
    assert (await refresh(client, boss.pair["refresh_token"])).status_code == 200
    await sign_in(client, anna.email)
    assert (await AuditEvent.get(event="sessions_ended")).subject_id == anna.id
