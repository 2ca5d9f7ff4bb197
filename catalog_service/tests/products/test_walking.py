"""Walking through a list by its cursor."""

import asyncio
import re
from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest

from catalog_service.models import Product
from catalog_service.products.state import raise_revision
from catalog_service.tests.conftest import PRODUCTS, broken_fields
from catalog_service.tests.products.adding import add, add_named

pytestmark = pytest.mark.usefixtures("empty_tables")

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


async def walk(reader: httpx2.AsyncClient, **query: Any) -> list[int]:
    """Return the ids of all products that one meets behind the first page's cursors."""
    response = await reader.get(PRODUCTS, params=query)
    met: list[int] = []
    while True:
        assert response.status_code == 200, response.text
        body = response.json()
        met += [item["id"] for item in body["items"]]
        if body["next_cursor"] is None:
            return met
        following = {"cursor": body["next_cursor"], "size": body["size"]}
        response = await reader.get(PRODUCTS, params=following)


async def first_cursor(reader: httpx2.AsyncClient, **query: Any) -> str:
    cursor = (await reader.get(PRODUCTS, params=query)).json()["next_cursor"]
    assert isinstance(cursor, str)
    return cursor


@pytest.mark.parametrize(
    "sort", ["name", "-name", "price", "-price", "created_at", "-created_at", None]
)
async def test_a_walk_is_the_list_in_its_order(
    reader: httpx2.AsyncClient, sort: str | None
) -> None:
    await add(5, name="Alike", price=7, created_at=LONG_AGO)
    await add(6)
    order = {} if sort is None else {"sort": sort}

    whole = (await reader.get(PRODUCTS, params={**order, "size": 100})).json()["items"]

    assert await walk(reader, size=2, **order) == [item["id"] for item in whole]
    keys = [(item[(sort or "-created_at").lstrip("-")], item["id"]) for item in whole]
    assert keys == sorted(keys, reverse=(sort or "-").startswith("-"))


async def test_a_walk_keeps_its_filters(reader: httpx2.AsyncClient) -> None:
    await add(30)

    met = await walk(reader, size=3, price_min=5, price_max=15, sort="-price")

    prices = await Product.filter(id__in=met).values_list("price", flat=True)
    assert sorted(map(int, map(str, prices))) == list(range(5, 16))


async def test_a_page_behind_a_cursor_shows_the_total_but_has_no_number(
    reader: httpx2.AsyncClient,
) -> None:
    await add(10)
    cursor = await first_cursor(reader, size=3)

    body = (await reader.get(PRODUCTS, params={"cursor": cursor, "size": 4})).json()

    assert (body["total"], body["page"], body["size"], body["pages"]) == (10, None, 4, 3)
    assert len(body["items"]) == 4


async def test_what_is_new_or_gone_moves_nothing_else(reader: httpx2.AsyncClient) -> None:
    ids = await add(10)
    cursor = await first_cursor(reader, size=4)
    await add(5)
    await Product.filter(id__in=[ids[6], ids[3]]).update(is_active=False)
    await raise_revision(activated=-2)

    body = (await reader.get(PRODUCTS, params={"cursor": cursor})).json()

    assert [item["id"] for item in body["items"]] == [ids[n] for n in (5, 4, 2, 1, 0)]


async def test_a_walk_among_writers_meets_each_untouched_product_once(
    reader: httpx2.AsyncClient,
) -> None:
    untouched = await add(2000, created_at=LONG_AGO)
    passing = await add(200, created_at=LONG_AGO)
    done = False

    async def write() -> None:
        for number in range(200):
            await Product.create(name=f"New {number}", price=1, created_at=LONG_AGO)
            await Product.filter(id=passing[number]).update(is_active=False)
            await raise_revision(activated=0)
            if done:
                return

    writing = asyncio.create_task(write())
    met = await walk(reader, size=100)
    done = True
    await writing

    kept = set(untouched)
    assert sorted(product_id for product_id in met if product_id in kept) == untouched
    assert len(set(met)) == len(met)


@pytest.mark.parametrize(
    "query",
    [
        {"sort": "price"},
        {"price_min": 1},
        {"q": "Product"},
        {"created_from": "2020-01-01T00:00:00Z"},
        {"include_inactive": "true"},
    ],
)
async def test_a_cursor_of_another_list_is_named(
    reader: httpx2.AsyncClient, query: dict[str, str]
) -> None:
    await add(5)
    cursor = await first_cursor(reader, size=2)

    response = await reader.get(PRODUCTS, params={"cursor": cursor, **query})

    assert broken_fields(response) == ["cursor"]


async def test_the_same_filters_may_be_given_again(reader: httpx2.AsyncClient) -> None:
    await add(5)
    query: dict[str, Any] = {"sort": "-price", "price_min": 1}
    cursor = await first_cursor(reader, size=2, **query)

    response = await reader.get(PRODUCTS, params={"cursor": cursor, **query})

    assert [item["price"] for item in response.json()["items"]] == [2, 1]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("cursor=", "cursor"),
        ("cursor=abc", "cursor"),
        ("cursor=%00", "cursor"),
        ("cursor=ё", "cursor"),
        (f"cursor={'A' * 4097}", "cursor"),
        ("cursor=abc&cursor=abc", "cursor"),
    ],
)
async def test_what_is_no_cursor_is_named(
    reader: httpx2.AsyncClient, query: str, field: str
) -> None:
    assert broken_fields(await reader.get(f"{PRODUCTS}?{query}")) == [field]


async def test_a_cursor_leaves_no_room_for_a_page(reader: httpx2.AsyncClient) -> None:
    await add(5)
    cursor = await first_cursor(reader, size=2)

    response = await reader.get(PRODUCTS, params={"cursor": cursor, "page": 2})

    assert broken_fields(response) == ["page"]


async def test_a_cursor_gives_nobody_what_is_not_for_sale(
    reader: httpx2.AsyncClient, editor: httpx2.AsyncClient
) -> None:
    await add(5, is_active=False)
    cursor = await first_cursor(editor, size=2, include_inactive="true")

    response = await reader.get(PRODUCTS, params={"cursor": cursor})

    assert (response.status_code, response.json()["error"]) == (403, "forbidden")
    assert len(await walk(editor, size=2, include_inactive="true")) == 5


def links(response: httpx2.Response) -> dict[str, str]:
    """Return the targets of the Link field by what they are."""
    found = re.findall(r'<([^>]+)>; rel="([a-z]+)"', response.headers["link"])
    return {relation: target for target, relation in found}


async def test_links_lead_through_all_pages_and_back(reader: httpx2.AsyncClient) -> None:
    await add_named(*(f"Чай {n}" for n in range(7)))
    first = await reader.get(PRODUCTS, params={"size": 3, "q": "чай", "sort": "name"})
    assert links(first).keys() == {"first", "next", "last"}

    middle = await reader.get(links(first)["next"])
    assert links(middle).keys() == {"first", "prev", "next", "last"}
    last = await reader.get(links(middle)["next"])
    assert links(last).keys() == {"first", "prev", "last"}

    assert [page.json()["page"] for page in (first, middle, last)] == [1, 2, 3]
    assert (await reader.get(links(last)["first"])).json() == first.json()
    assert (await reader.get(links(last)["prev"])).json() == middle.json()
    assert (await reader.get(links(first)["last"])).json() == last.json()


async def test_behind_the_last_page_the_link_leads_back_to_it(reader: httpx2.AsyncClient) -> None:
    await add(7)

    response = await reader.get(PRODUCTS, params={"size": 3, "page": 9})

    assert links(response)["prev"] == links(response)["last"]
    assert "next" not in links(response)


async def test_the_next_link_of_a_page_behind_a_cursor_is_a_cursor(
    reader: httpx2.AsyncClient,
) -> None:
    ids = await add(6)
    cursor = await first_cursor(reader, size=2)

    response = await reader.get(PRODUCTS, params={"cursor": cursor, "size": 2})

    following = (await reader.get(links(response)["next"])).json()
    assert [item["id"] for item in following["items"]] == ids[1::-1]
