"""Suppressions over HTTP."""

from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI

from mailing_service.errors import SuppressionIsTheRecipients
from mailing_service.models.suppressions import Suppression, SuppressionReason
from mailing_service.suppressions import service
from mailing_service.tests.conftest import UNAUTHORIZED, Person

pytestmark = pytest.mark.usefixtures("empty_tables")

SUPPRESSIONS = "/api/v1/suppressions"
ANNA = {"email": "anna@example.com"}


async def listed(person: Person, **query: str) -> list[tuple[str, str]]:
    response = await person.client.get(SUPPRESSIONS, params=query)
    assert response.status_code == 200, response.text
    return [(item["email"], item["reason"]) for item in response.json()["items"]]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", SUPPRESSIONS),
        ("POST", SUPPRESSIONS),
        ("GET", f"{SUPPRESSIONS}/1"),
        ("DELETE", f"{SUPPRESSIONS}/1"),
    ],
)
async def test_a_stranger_is_unauthorized(
    stranger: httpx2.AsyncClient, method: str, path: str
) -> None:
    response = await stranger.request(method, path)

    assert (response.status_code, response.content) == (401, UNAUTHORIZED)


async def test_an_address_is_suppressed_once_and_let_go(anna: Person, boris: Person) -> None:
    first = await anna.client.post(SUPPRESSIONS, json={"email": "Anna@Example.com"})
    second = await anna.client.post(SUPPRESSIONS, json=ANNA)

    assert (first.status_code, second.json()) == (201, first.json())
    assert await listed(anna) == [("anna@example.com", "manual")]
    assert await listed(boris) == []
    path = first.headers["location"]
    assert (await boris.client.delete(path)).json()["error"] == "suppression_not_found"
    assert (await anna.client.delete(path)).status_code == 204
    assert await listed(anna) == []


async def test_one_is_shown_to_its_owner_alone(
    somebody: Callable[..., Person], anna: Person
) -> None:
    own = (await anna.client.post(SUPPRESSIONS, json=ANNA)).headers["location"]
    admin = somebody("admin")
    all_own = await admin.client.post(SUPPRESSIONS, json={**ANNA, "everyone": True})
    of_all = all_own.headers["location"]
    everyone = {"everyone": "true"}

    assert (await anna.client.get(own)).json()["email"] == "anna@example.com"
    assert (await admin.client.get(of_all, params=everyone)).json() == all_own.json()
    assert (await anna.client.get(of_all, params=everyone)).status_code == 403
    for person, path, query in ((admin, own, {}), (anna, of_all, {}), (admin, own, everyone)):
        response = await person.client.get(path, params=query)
        assert response.json()["error"] == "suppression_not_found"


async def test_what_a_recipient_asked_for_only_an_administrator_takes_back(
    somebody: Callable[..., Person], app: FastAPI
) -> None:
    owner = somebody("admin")
    kept = await service.suppress(
        "anna@example.com",
        owner_id=owner.id,
        reason=SuppressionReason.MANUAL,
        hasher=app.state.addresses,
    )
    await service.suppress_hash(
        kept.email_hash, owner_id=owner.id, reason=SuppressionReason.UNSUBSCRIBED
    )
    await service.suppress_hash(kept.email_hash, owner_id=owner.id, reason=SuppressionReason.MANUAL)

    assert await listed(owner) == [("anna@example.com", "unsubscribed")]
    with pytest.raises(SuppressionIsTheRecipients):
        await service.remove_suppression(kept.id, owner_id=owner.id, by_administrator=False)
    assert (await owner.client.delete(f"{SUPPRESSIONS}/{kept.id}")).status_code == 204


async def test_an_administrator_suppresses_for_everyone(
    anna: Person, manager: Person, admin: Person
) -> None:
    everyone = {**ANNA, "everyone": True}
    for person in (anna, manager):
        assert (await person.client.post(SUPPRESSIONS, json=everyone)).status_code == 403
        query = {"everyone": "true"}
        assert (await person.client.get(SUPPRESSIONS, params=query)).status_code == 403

    made = await admin.client.post(SUPPRESSIONS, json=everyone)

    assert made.status_code == 201
    assert await listed(admin, everyone="true") == [("anna@example.com", "manual")]
    assert await listed(admin) == []
    added = await anna.client.post("/api/v1/recipients", json=ANNA)
    assert added.json()["suppressed"] == "manual"
    path = made.headers["location"]
    assert (await admin.client.delete(path)).status_code == 404
    assert (await admin.client.delete(path, params={"everyone": "true"})).status_code == 204


async def test_a_list_can_be_of_one_reason(anna: Person) -> None:
    await anna.client.post(SUPPRESSIONS, json=ANNA)
    complaint = {"email": "b@example.com", "reason": "complaint"}
    await anna.client.post(SUPPRESSIONS, json=complaint)

    assert await listed(anna, reason="complaint") == [("b@example.com", "complaint")]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"email": "x"},
        {**ANNA, "reason": "unsubscribed"},
        {**ANNA, "reason": "other"},
        {**ANNA, "everyone": 0},
    ],
)
async def test_what_is_no_suppression_is_refused(anna: Person, body: dict[str, Any]) -> None:
    assert (await anna.client.post(SUPPRESSIONS, json=body)).status_code == 422


async def test_erasure_takes_the_address_and_leaves_the_suppression(
    anna: Person, app: FastAPI
) -> None:
    await anna.client.post(SUPPRESSIONS, json=ANNA)

    await service.erase_owner(anna.id)

    email_hash = app.state.addresses.hash_of("anna@example.com")
    [left] = await Suppression.all()
    assert (left.email, left.email_hash) == (None, email_hash)
    assert await service.reasons_of([email_hash], owner_id=anna.id) == {email_hash: "manual"}
