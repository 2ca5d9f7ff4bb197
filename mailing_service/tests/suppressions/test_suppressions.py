"""Suppressions over HTTP."""

import asyncio
from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI

from mailing_service.caller import SYSTEM
from mailing_service.errors import SuppressionIsTheRecipients
from mailing_service.models.audit import AuditEvent
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


def own(person: Person) -> service.Whose:
    return service.Whose(person.id, SYSTEM, everyone=False)


async def events() -> list[tuple[str, dict[str, Any]]]:
    """Return what is written down, without the numbers of suppressions."""
    rows = await AuditEvent.all().order_by("id")
    assert "@" not in "".join(str(row.details) for row in rows), "no address is written down"
    return [
        (row.event, {name: value for name, value in row.details.items() if name != "suppression"})
        for row in rows
    ]


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
    hers = (await anna.client.post(SUPPRESSIONS, json=ANNA)).headers["location"]
    admin = somebody("admin")
    all_own = await admin.client.post(SUPPRESSIONS, json={**ANNA, "everyone": True})
    of_all = all_own.headers["location"]
    everyone = {"everyone": "true"}

    assert (await anna.client.get(hers)).json()["email"] == "anna@example.com"
    shown = (await admin.client.get(of_all, params=everyone)).json()
    assert shown == {**all_own.json(), "email": "a…@example.com"}
    assert (await anna.client.get(of_all, params=everyone)).status_code == 403
    for person, path, query in ((admin, hers, {}), (anna, of_all, {}), (admin, hers, everyone)):
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
        await service.remove_suppression(kept.id, whose=own(owner), by_administrator=False)
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
    assert await listed(admin, everyone="true") == [("a…@example.com", "manual")]
    assert await listed(admin) == []
    added = await anna.client.post("/api/v1/recipients", json=ANNA)
    assert added.json()["suppressed"] == "manual"
    path = made.headers["location"]
    assert (await admin.client.delete(path)).status_code == 404
    assert (await admin.client.delete(path, params={"everyone": "true"})).status_code == 204


async def test_what_is_done_for_everyone_is_written_down_without_addresses(
    anna: Person, admin: Person
) -> None:
    await anna.client.delete((await anna.client.post(SUPPRESSIONS, json=ANNA)).headers["location"])
    assert await events() == [], "what is one's own is nobody else's business"
    made = await admin.client.post(SUPPRESSIONS, json={**ANNA, "everyone": True})
    path, everyone = made.headers["location"], {"everyone": "true"}
    for _ in range(2):
        await admin.client.delete(path, params=everyone)
    assert await events() == [
        ("suppressed_for_all", {"reason": "manual"}),
        ("unsuppressed_for_all", {"reason": "manual"}),
    ]
    assert {row.actor_id for row in await AuditEvent.all()} == {admin.id}


async def test_whole_addresses_of_everyone_are_shown_when_asked_for_and_that_is_written_down(
    admin: Person,
) -> None:
    made = await admin.client.post(SUPPRESSIONS, json={**ANNA, "everyone": True})
    await AuditEvent.all().delete()
    everyone = {"everyone": "true"}
    await listed(admin, **everyone)
    await admin.client.get(made.headers["location"], params=everyone)
    await listed(admin, full_addresses="true")
    assert await events() == []
    whole = {**everyone, "full_addresses": "true"}
    assert await listed(admin, **whole) == [("anna@example.com", "manual")]
    shown = await admin.client.get(made.headers["location"], params=whole)
    assert shown.json()["email"] == "anna@example.com"
    assert await events() == [
        ("addresses_read", {"how": "suppressions"}),
        ("addresses_read", {"how": "suppression"}),
    ]


async def test_one_is_found_by_its_whole_address_even_when_that_is_erased(
    anna: Person, admin: Person
) -> None:
    for email in ("anna@example.com", "boris@example.com"):
        for person, more in ((anna, {}), (admin, {"everyone": True})):
            await person.client.post(SUPPRESSIONS, json={"email": email, **more})
    found = {"email": "Anna@EXAMPLE.com"}
    assert await listed(anna, **found) == [("anna@example.com", "manual")]
    assert await listed(admin, everyone="true", **found) == [("a…@example.com", "manual")]
    assert await listed(admin, **found) == []
    await Suppression.all().update(email=None)
    assert len(await listed(admin, everyone="true", **found)) == 1
    for part in ("anna", "a…@example.com", ""):
        response = await anna.client.get(SUPPRESSIONS, params={"email": part})
        assert response.status_code == 422, part


async def test_of_two_who_lift_one_at_the_same_time_one_does(admin: Person) -> None:
    made = await admin.client.post(SUPPRESSIONS, json={**ANNA, "everyone": True})
    path = f"{made.headers['location']}?everyone=true"
    responses = await asyncio.gather(*(admin.client.delete(path) for _ in range(3)))
    assert sorted(response.status_code for response in responses) == [204, 404, 404]
    assert [event for event, _ in await events()].count("unsuppressed_for_all") == 1


async def test_one_that_is_lifted_at_that_moment_is_kept_again(
    anna: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep = service.suppress_hash
    lifted: list[int] = []

    async def keep_and_lift(*arguments: Any, **named: Any) -> None:
        await keep(*arguments, **named)
        if not lifted:
            lifted.append(await Suppression.all().delete())

    monkeypatch.setattr(service, "suppress_hash", keep_and_lift)
    response = await anna.client.post(SUPPRESSIONS, json=ANNA)
    assert (response.status_code, lifted) == (201, [1])
    assert await listed(anna) == [("anna@example.com", "manual")]


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
