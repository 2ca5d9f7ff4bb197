"""Paging through the products."""

from datetime import UTC, datetime, timedelta

import httpx2
import pytest

from catalog_service.tests.conftest import PRODUCTS, UNAUTHORIZED, broken_fields
from catalog_service.tests.products.adding import add, add_named

pytestmark = pytest.mark.usefixtures("empty_tables")

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


async def ids_on_page(reader: httpx2.AsyncClient, **query: int) -> list[int]:
    response = await reader.get(PRODUCTS, params=query)
    assert response.status_code == 200, response.text
    return [product["id"] for product in response.json()["items"]]


async def test_a_stranger_gets_the_one_401(stranger: httpx2.AsyncClient) -> None:
    response = await stranger.get(PRODUCTS)

    assert (response.status_code, response.content) == (401, UNAUTHORIZED)
    assert response.headers["www-authenticate"] == "Bearer"


async def test_a_stranger_learns_nothing_about_parameters(stranger: httpx2.AsyncClient) -> None:
    response = await stranger.get(PRODUCTS, params={"page": "0", "nonsense": "1"})

    assert (response.status_code, response.content) == (401, UNAUTHORIZED)


async def test_a_page_shows_products_and_where_they_stand(reader: httpx2.AsyncClient) -> None:
    await add_named("Чайник «Василёк» ☕", price=219000, created_at=LONG_AGO)

    response = await reader.get(PRODUCTS)

    body = response.json()
    updated_at = body["items"][0].pop("updated_at")
    assert body == {
        "items": [
            {
                "id": 1,
                "name": "Чайник «Василёк» ☕",
                "sku": None,
                "price": 219000,
                "currency": "RUB",
                "created_at": "2026-01-01T00:00:00Z",
                "is_active": True,
            }
        ],
        "total": 1,
        "page": 1,
        "size": 20,
        "pages": 1,
        "total_is_capped": False,
        "ranked": False,
        "next_cursor": None,
    }
    assert datetime.fromisoformat(updated_at) > LONG_AGO
    assert updated_at.endswith("Z")


async def test_an_empty_catalog_has_no_pages(reader: httpx2.AsyncClient) -> None:
    response = await reader.get(PRODUCTS)

    assert (response.status_code, response.json()["items"]) == (200, [])
    assert (response.json()["total"], response.json()["pages"]) == (0, 0)


@pytest.mark.parametrize(
    ("query", "first", "count"),
    [
        ({}, 45, 20),
        ({"page": 2}, 25, 20),
        ({"page": 3}, 5, 5),
        ({"page": 4}, None, 0),
        ({"size": 1}, 45, 1),
        ({"size": 100}, 45, 45),
        ({"size": 45, "page": 2}, None, 0),
        ({"size": 44, "page": 2}, 1, 1),
        ({"page": 1_000_000_000, "size": 100}, None, 0),
    ],
)
async def test_each_page_holds_its_part(
    reader: httpx2.AsyncClient, query: dict[str, int], first: int | None, count: int
) -> None:
    await add(45)

    response = await reader.get(PRODUCTS, params=query)

    body = response.json()
    assert [item["id"] for item in body["items"]][:1] == ([first] if first else [])
    size = query.get("size", 20)
    told = (len(body["items"]), body["total"], body["page"], body["size"], body["pages"])
    assert told == (count, 45, query.get("page", 1), size, -(-45 // size))


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("page=0", "page"),
        ("page=-1", "page"),
        ("page=x", "page"),
        ("page=", "page"),
        ("page=1.5", "page"),
        ("page=NaN", "page"),
        ("page=%00", "page"),
        (f"page={10**30}", "page"),
        (f"page={'9' * 5000}", "page"),
        ("size=0", "size"),
        ("size=101", "size"),
        ("size=-20", "size"),
        ("size=twenty", "size"),
        (f"size={10**30}", "size"),
        ("sort=colour", "sort"),
        ("sort=", "sort"),
        ("Page=2", "Page"),
    ],
)
async def test_a_bad_parameter_is_named(reader: httpx2.AsyncClient, query: str, field: str) -> None:
    assert broken_fields(await reader.get(f"{PRODUCTS}?{query}")) == [field]


async def test_all_bad_parameters_are_named_together(reader: httpx2.AsyncClient) -> None:
    response = await reader.get(f"{PRODUCTS}?page=0&size=101&color=red")

    assert sorted(broken_fields(response)) == ["color", "page", "size"]


async def test_the_newest_come_first(reader: httpx2.AsyncClient) -> None:
    (middle,) = await add(1, created_at=LONG_AGO + timedelta(days=1))
    (newest,) = await add(1, created_at=LONG_AGO + timedelta(days=2))
    (oldest,) = await add(1, created_at=LONG_AGO)

    assert await ids_on_page(reader) == [newest, middle, oldest]


async def test_pages_share_nothing_and_miss_nothing_when_all_have_one_age(
    reader: httpx2.AsyncClient,
) -> None:
    ids = await add(10, created_at=LONG_AGO)

    pages = [await ids_on_page(reader, page=page, size=3) for page in (1, 2, 3, 4)]

    assert [product_id for page in pages for product_id in page] == ids[::-1]


async def test_only_active_products_are_shown_and_counted(reader: httpx2.AsyncClient) -> None:
    active = await add(3)
    await add(4, is_active=False)

    response = await reader.get(PRODUCTS, params={"size": 2})

    assert (response.json()["total"], response.json()["pages"]) == (3, 2)
    assert await ids_on_page(reader) == active[::-1]


async def test_another_method_is_answered_with_what_is_allowed(reader: httpx2.AsyncClient) -> None:
    response = await reader.put(PRODUCTS, json={})

    assert response.status_code == 405
    assert "GET" in response.headers["allow"]
    assert response.json()["error"] == "method_not_allowed"


@pytest.mark.parametrize("path", ["bulk", "import", "export"])
async def test_what_is_no_product_says_which_methods_it_has(
    reader: httpx2.AsyncClient, path: str
) -> None:
    response = await reader.patch(f"{PRODUCTS}/{path}", json={})

    assert response.status_code == 405
    assert response.headers["allow"] == ("GET" if path == "export" else "POST")
