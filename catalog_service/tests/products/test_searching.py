"""Finding products by words of their names."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest

from catalog_service.products.reading import service
from catalog_service.tests.conftest import PRODUCTS, broken_fields
from catalog_service.tests.products.adding import add_named
from shared.database import full_text

pytestmark = pytest.mark.usefixtures("empty_tables")

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


async def find(reader: httpx2.AsyncClient, q: str, **query: Any) -> list[str]:
    response = await reader.get(PRODUCTS, params={"q": q, **query})
    assert response.status_code == 200, response.text
    return [item["name"] for item in response.json()["items"]]


@pytest.mark.parametrize(
    ("name", "q"),
    [
        ("Чайник «Василёк»", "чайник"),
        ("Чайник «Василёк»", "чайники"),
        ("Чайник «Василёк»", "чайником"),
        ("Чайники", "чайник"),
        ("Чайник «Василёк»", "чайн"),
        ("Чайник «Василёк»", "ЧАЙНИК"),
        ("Чайник «Василёк»", "василек"),
        ("Чайник «Василек»", "василёк"),
        ("Чайник «Василёк»", "ВАСИЛЁК чайник"),
        ("Чайник «Василёк»", "«Василёк»"),
        ("Чайник на дачу", "чайник для дачи"),
        ("Синий чайник", "синие чайн"),
        ("Shoes", "shoe"),
        ("A shoe", "shoes"),
        ("Running socks", "run"),
        ("Run", "running"),
        ("Running socks", "runn"),
        ("Running socks", "RUNN sock"),
        ("A flyer", "fly"),
        ("Parties", "party"),
        ("Vitamin C", "c"),
        ("Кабель 600мл ПВС-2", "600мл"),
        ("Кабель 600мл ПВС-2", "пвс 2"),
        ("Straße", "STRASSE"),
        ("ﬁne café", "fine"),
        ("To be or not", "to be"),
        ("чай 茶 شاي", "茶"),
        ("чай 茶 شاي", "شاي"),
    ],
)
async def test_a_word_is_found_by_its_forms_and_by_how_it_begins(
    reader: httpx2.AsyncClient, name: str, q: str
) -> None:
    await add_named(name, "Something else")

    assert await find(reader, q) == [name]


@pytest.mark.parametrize(
    ("name", "q"),
    [
        ("Часы", "чай"),  # the stem of which is «ча»
        ("Чайник", "айник"),
        ("Чайник", "чайник синий"),
        ("Чай", "чайник"),
        ("Cup", "c"),
        ("Чайник", "кофе"),
    ],
)
async def test_other_words_are_not_found(reader: httpx2.AsyncClient, name: str, q: str) -> None:
    await add_named(name)

    assert await find(reader, q) == []


@pytest.mark.parametrize("q", ["tea & !cup", "tea | cup", "tea:*", "'tea'", "tea <-> cup", "tea\\"])
async def test_the_signs_of_the_search_language_mean_nothing(
    reader: httpx2.AsyncClient, q: str
) -> None:
    await add_named("Tea Cup", "Coffee")

    assert await find(reader, q) == ["Tea Cup"]


@pytest.mark.parametrize(
    "q", ["", "   ", "--", "«»", "'", "\\", ":*", "&|!()", "\0", "tea\0", "x" * 101, "x" * 10_000]
)
async def test_what_is_no_search_is_named(reader: httpx2.AsyncClient, q: str) -> None:
    assert broken_fields(await reader.get(PRODUCTS, params={"q": q})) == ["q"]


async def test_matches_come_by_relevance_and_alike_ones_newest_first(
    reader: httpx2.AsyncClient,
) -> None:
    await add_named("Подставка под большой чайник", "Чайник", created_at=LONG_AGO)
    await add_named("Чайник", created_at=LONG_AGO + timedelta(days=1))

    response = await reader.get(PRODUCTS, params={"q": "чайник"})

    body = response.json()
    assert [item["id"] for item in body["items"]] == [3, 2, 1]
    assert (body["ranked"], body["next_cursor"], body["total"]) == (True, None, 3)


async def test_a_sort_that_is_asked_for_goes_before_relevance(reader: httpx2.AsyncClient) -> None:
    await add_named("Чайник большой", "Чайник", "Чайник алый")

    response = await reader.get(PRODUCTS, params={"q": "чайник", "sort": "name", "size": 2})

    body = response.json()
    assert [item["id"] for item in body["items"]] == [2, 3]
    assert body["ranked"] is False
    rest = await reader.get(PRODUCTS, params={"cursor": body["next_cursor"]})
    assert [item["id"] for item in rest.json()["items"]] == [1]


async def test_ranked_matches_have_pages(reader: httpx2.AsyncClient) -> None:
    await add_named(*(f"Чайник {'очень ' * n}большой" for n in range(7)))

    pages = [await find(reader, "чайник", page=page, size=3) for page in (1, 2, 3, 4)]

    assert [len(page) for page in pages] == [3, 3, 1, 0]
    assert len({name for page in pages for name in page}) == 7


async def test_many_matches_come_newest_first(
    reader: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MAX_RANKED", 2)
    await add_named("Чайник", "Чайник большой", "Чайник")

    response = await reader.get(PRODUCTS, params={"q": "чайник", "size": 2})

    body = response.json()
    assert [item["id"] for item in body["items"]] == [3, 2]
    assert (body["ranked"], body["total"], body["total_is_capped"]) == (False, 3, False)
    rest = await reader.get(PRODUCTS, params={"cursor": body["next_cursor"], "q": "чайник"})
    assert [item["id"] for item in rest.json()["items"]] == [1]
    assert full_text.MAX_RANKED == 1000


async def test_a_search_is_narrowed_by_filters(reader: httpx2.AsyncClient) -> None:
    await add_named("Чайник дешёвый", price=100)
    await add_named("Чайник дорогой", price=900)
    await add_named("Чайник снятый", price=900, is_active=False)

    assert await find(reader, "чайник", price_min=500) == ["Чайник дорогой"]
