"""Searching people finds the same by the index of parts, on a walk, and by reading all rows."""

import json
from collections.abc import Iterator
from typing import Any

import asyncpg
import httpx2
import pytest
from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from auth_service.accounts.folding import fold_names
from auth_service.administration import reading
from auth_service.administration.searching import found_by_parts, met_on_a_walk
from auth_service.models import User
from auth_service.tests.people import USERS, act, join
from shared.values.words import words
from testing.database import ServiceDatabase

PEOPLE = """
    INSERT INTO users (id, full_name, email, phone, password_hash, roles, is_active,
            is_email_verified, password_change_required, token_version, created_at, updated_at)
    SELECT gen_random_uuid(), (ARRAY['Анна Ёлкина','Straße Zoë','ANNA-MARIA lee','İrem ΟΔΟΣ',
            '100% _all_ \\o/','273 K','ﬁne Ｚｏｙａ'])[1 + i % 7] || ' ' || i % 31,
        'person' || i || '@example' || i % 5 || '.com', '+7' || lpad((i * 7919)::text, 10, '0'),
        'x', '{user}', i % 3 > 0, true, false, 1, now() - i * interval '1 minute', now()
    FROM generate_series(1, 700) AS i
"""
TEXTS = (
    *("анна", "АННА ёлк", "елкина анна", "елкина", "strasse", "straße", "STRASSE", "zoe", "zoë"),
    *("anna-m", "maria anna", "irem", "İrem", "i", "οδοσ", "ΟΔΟΣ", "οδος", "100%", "%", "_all_"),
    *("\\", "\\o/", "k", "K", "273 k", "fine", "ﬁne", "zoya", "ｚｏｙａ", "@", "n1@ex", "example3"),
    *("com", "0007919", "+7000", "+", "79", " ", "-", "ё", "е", "person7", "nobody", "анна zoe"),
)


def as_before(text: str) -> QuerySet[User]:
    """Find people by looking at every row."""
    found = Q(full_name__icontains=text) | Q(email__icontains=text) | Q(phone__contains=text)
    if named := words(text):
        found |= Q(*(Q(searchable_name__contains=word) for word in named))
    return User.filter(found, archived_at=None)


async def fill(database: ServiceDatabase) -> None:
    connection = await asyncpg.connect(database.owner_url)
    try:
        await connection.execute(PEOPLE)
        await connection.execute("VACUUM ANALYZE users")
    finally:
        await connection.close()


@pytest.mark.parametrize("are_folded", [True, False])
async def test_all_ways_find_the_same_people(
    client: httpx2.AsyncClient, database: ServiceDatabase, *, are_folded: bool
) -> None:
    await fill(database)
    if are_folded:
        assert await fold_names() == 700

    listed = User.filter(archived_at=None)
    for text in TEXTS:
        expected = set(await as_before(text).values_list("id", flat=True))
        by_parts = await found_by_parts(listed, text).values_list("id", flat=True)
        walked = await met_on_a_walk(listed, text).values_list("id", flat=True)
        assert (len(by_parts), set(by_parts)) == (len(expected), expected), text
        assert set(walked) == expected, text


async def test_many_matches_are_counted_no_further_and_listed_alike(
    client: httpx2.AsyncClient, database: ServiceDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    boss = await join(client, "boss", "admin")
    await fill(database)

    async def page(**query: Any) -> dict[str, Any]:
        response = await client.get(USERS, params=query, headers=boss.headers)
        assert response.status_code == 200, response.text
        found: dict[str, Any] = response.json()
        return found

    for query in (
        {"q": "person", "sort": "full_name", "page": 2},
        {"q": "person", "sort": "-email"},
        {"q": "person", "is_active": "false", "size": 7},
    ):
        gathered = await page(**query)
        with monkeypatch.context() as patched:
            patched.setattr(reading, "MAX_COUNTED", 100)
            walked = await page(**query)

        assert gathered["items"] == walked["items"] != []
        assert (walked["total"], walked["total_is_capped"]) == (100, True)
        assert gathered["total_is_capped"] is False
    assert (await page())["total"] == 701
    assert (await page())["total_is_capped"] is False


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from nodes(part)


async def test_no_search_reads_every_account(
    client: httpx2.AsyncClient, database: ServiceDatabase
) -> None:
    await fill(database)
    listed = User.filter(archived_at=None)
    for text in ("анна", "елкина straße", "79", "strasse"):
        explained: Any = await found_by_parts(listed, text).explain()
        [plan] = [row["Plan"] for row in json.loads(explained[0]["QUERY PLAN"])]
        used = {node.get("Index Name") for node in nodes(plan)}
        assert "users_parts" in used, (text, plan)


async def test_an_archived_account_is_found_by_nothing(client: httpx2.AsyncClient) -> None:
    boss, gone = await join(client, "boss", "admin"), await join(client, "gone", full_name="Лея")
    assert (await act(client, boss, "DELETE", f"/{gone.id}")).status_code == 204

    for text in ("Лея", "gone", gone.email, gone.phone[4:]):
        response = await client.get(USERS, params={"q": text}, headers=boss.headers)
        assert response.json()["items"] == []
