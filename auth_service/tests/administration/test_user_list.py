"""Finding people: pages, filters, search, with odd input."""

from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx2
import pytest

from auth_service.accounts.folding import fold_names
from auth_service.models import User
from auth_service.tests.people import USERS, Person, act, join
from testing.database import ServiceDatabase


async def block(client: httpx2.AsyncClient, who: Person, whom: Person) -> httpx2.Response:
    return await act(client, who, "POST", f"/{whom.id}/block")


async def emails(client: httpx2.AsyncClient, who: Person, **query: Any) -> list[str]:
    response = await client.get(USERS, params=query, headers=who.headers)
    assert response.status_code == 200, response.text
    return [user["email"].partition("@")[0] for user in response.json()["items"]]


async def test_the_list_is_paged_newest_first(client: httpx2.AsyncClient) -> None:
    boss = await join(client, "boss", "admin")
    for name in ("a", "b", "c"):
        await join(client, name)

    response = await client.get(USERS, params={"size": 2, "page": 2}, headers=boss.headers)

    page = response.json()
    assert [user["email"] for user in page["items"]] == ["a@example.com", boss.email]
    assert {k: page[k] for k in ("total", "page", "size", "pages")} == {
        "total": 4,
        "page": 2,
        "size": 2,
        "pages": 2,
    }
    assert await emails(client, boss, page=1_000_000_000) == []
    assert "password" not in response.text


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("email", ["anna", "boris", "boss"]),
        ("-email", ["boss", "boris", "anna"]),
        ("created_at", ["boss", "boris", "anna"]),
        ("-created_at", ["anna", "boris", "boss"]),
        ("full_name", ["boris", "boss", "anna"]),
        ("-full_name", ["anna", "boss", "boris"]),
    ],
)
async def test_the_list_is_sorted(client: httpx2.AsyncClient, sort: str, order: list[str]) -> None:
    boss = await join(client, "boss", "admin", full_name="B")
    await join(client, "boris", full_name="A")
    await join(client, "anna", full_name="C")

    assert await emails(client, boss, sort=sort) == order


async def test_the_list_is_filtered(client: httpx2.AsyncClient) -> None:
    boss, manager = await join(client, "boss", "admin"), await join(client, "m", "manager")
    blocked, verified = await join(client, "blocked"), await join(client, "verified")
    await block(client, manager, blocked)
    await User.filter(id=verified.id).update(is_email_verified=True)

    assert await emails(client, boss, role="manager") == ["m"]
    assert await emails(client, boss, is_active="false") == ["blocked"]
    assert await emails(client, boss, is_email_verified="true") == ["verified"]
    assert await emails(client, boss, role="user", is_active="true", q="v") == ["verified"]
    assert await emails(client, boss, role="admin", is_active="false") == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ANNA@EXAMPLE.COM", ["anna"]),
        ("anna", ["anna"]),
        ("кАреНиНа", ["anna"]),
        (" каренина ", ["anna"]),
        ("8 (999) 123-45-67", ["anna"]),
        ("+79991234567", ["anna"]),
        ("1234567", ["anna"]),
        ("example", ["percent", "anna", "boss"]),
        ("100%", ["percent"]),
        ("%", ["percent"]),
        ("_", ["percent"]),
        ("\\", ["percent"]),
        ("'", []),
        ("' OR 1=1 --", []),
        ("", ["percent", "anna", "boss"]),
        ("   ", ["percent", "anna", "boss"]),
        ("👩‍👩‍👧", []),
        ("nobody", []),
        ("елкина", ["zoe"]),
        ("Ёлкина", ["zoe"]),
        ("ЕЛКИНА зоя", ["zoe"]),
        ("ёлкин", ["zoe"]),
        ("ｚｏｙａ", ["zoe"]),
        ("strasse", ["zoe"]),
        ("зоя каренина", []),
        ("@", ["percent", "anna", "boss"]),
    ],
)
async def test_people_are_found_by_name_email_and_phone(
    client: httpx2.AsyncClient, text: str, found: list[str]
) -> None:
    boss = await join(client, "boss", "admin")
    await join(client, "anna", full_name="Анна Каренина", phone="+79991234567")
    await join(client, "percent", full_name="100% _all_ \\o/", phone="+70000000009")
    if found == ["zoe"]:
        await join(client, "zoe", full_name="Зоя Ёлкина-Straße (Zoya)")

    assert await emails(client, boss, q=text) == found


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("q", "nul\x00"),
        ("q", "x" * 10_000),
        ("page", "0"),
        ("page", "1" * 30),
        ("size", "101"),
        ("size", "-1"),
        ("size", "ten"),
        ("role", "owner"),
        ("is_active", "perhaps"),
        ("sort", "password_hash"),
        ("sort", ""),
        ("limit", "5"),
        ("password_hash", "x"),
    ],
)
async def test_what_the_list_does_not_know_is_refused(
    client: httpx2.AsyncClient, name: str, value: str
) -> None:
    boss = await join(client, "boss", "admin")

    response = await client.get(USERS, params={name: value}, headers=boss.headers)

    assert response.status_code == 422
    assert [problem["field"] for problem in response.json()["fields"]] == [name]


async def test_no_response_shows_a_hash(client: httpx2.AsyncClient) -> None:
    boss = await join(client, "boss", "admin")

    shown = (await act(client, boss, "GET", f"/{boss.id}")).json()

    assert UUID(shown["id"]) == boss.id
    assert set(shown) == {
        "id",
        "full_name",
        "email",
        "phone",
        "roles",
        "language",
        "time_zone",
        "is_active",
        "is_email_verified",
        "created_at",
        "updated_at",
    }
    assert (await act(client, boss, "GET", f"/{uuid4()}")).status_code == 404


async def test_a_changed_name_is_found_by_its_words(client: httpx2.AsyncClient) -> None:
    boss, anna = await join(client, "boss", "admin"), await join(client, "anna")
    await client.patch("/api/v1/users/me", json={"full_name": "Ёж"}, headers=anna.headers)
    assert await emails(client, boss, q="еж") == ["anna"]
    await act(client, boss, "PATCH", f"/{anna.id}", {"full_name": "Лёд"})
    assert await emails(client, boss, q="лед") == ["anna"]
    assert await emails(client, boss, q="еж") == []


async def test_names_of_the_version_before_are_folded_in_time(
    client: httpx2.AsyncClient, database: ServiceDatabase
) -> None:
    boss, anna = await join(client, "boss", "admin"), await join(client, "anna")
    gone = await join(client, "gone")
    version_before = await asyncpg.connect(database.runtime_url)
    try:
        for who, name in ((anna, "Ёлка"), (gone, "")):
            change = "UPDATE users SET full_name = $2 WHERE id = $1"
            await version_before.execute(change, who.id, name)
    finally:
        await version_before.close()
    assert await emails(client, boss, q="Ёлка") == ["anna"]
    assert await emails(client, boss, q="елка") == []

    assert await fold_names() == 2

    assert await emails(client, boss, q="елка") == ["anna"]
    assert await fold_names() == 0
