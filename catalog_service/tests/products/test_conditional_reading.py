"""ETag, If-None-Match, and who may keep an answer."""

from typing import Any

import httpx2
import pytest

from catalog_service.models import Product
from catalog_service.products.conditional_get.etags import Version, product_etag
from catalog_service.tests.conftest import PRODUCTS, UNAUTHORIZED
from catalog_service.tests.products.adding import add, add_named

pytestmark = pytest.mark.usefixtures("empty_tables")

LISTS: list[dict[str, Any]] = [
    {},
    {"page": 2, "size": 2},
    {"page": 99},
    {"sort": "name"},
    {"q": "product"},
    {"q": "nothing"},
    {"price_min": 3},
]


async def tag_of(reader: httpx2.AsyncClient, path: str = PRODUCTS, **query: Any) -> str:
    response = await reader.get(path, params=query)
    assert response.status_code == 200, response.text
    return response.headers["etag"]


async def status_for(
    reader: httpx2.AsyncClient, known: str, path: str = PRODUCTS, **query: Any
) -> int:
    headers = {"If-None-Match": known}
    return (await reader.get(path, params=query, headers=headers)).status_code


async def test_a_stranger_learns_nothing_by_a_tag(stranger: httpx2.AsyncClient) -> None:
    for path in (PRODUCTS, f"{PRODUCTS}/1"):
        response = await stranger.get(path, headers={"If-None-Match": "*"})
        assert (response.status_code, response.content) == (401, UNAUTHORIZED)


@pytest.mark.parametrize("query", LISTS)
async def test_an_unchanged_list_is_a_304_until_any_product_changes(
    reader: httpx2.AsyncClient, editor: httpx2.AsyncClient, query: dict[str, Any]
) -> None:
    ids = await add(5)
    tag = await tag_of(reader, **query)
    assert await status_for(reader, tag, **query) == 304

    await editor.patch(f"{PRODUCTS}/{ids[0]}", json={"price": 77})

    assert await status_for(reader, tag, **query) == 200
    assert await tag_of(reader, **query) != tag


async def test_each_list_has_a_tag_of_its_own(
    reader: httpx2.AsyncClient, editor: httpx2.AsyncClient
) -> None:
    await add(5)
    tags = [await tag_of(reader, **query) for query in LISTS]
    tags.append(await tag_of(editor, include_inactive="true"))

    assert len(set(tags)) == len(tags)


async def test_a_304_says_what_a_200_says_of_itself_and_nothing_else(
    reader: httpx2.AsyncClient,
) -> None:
    (product_id,) = await add(1)

    for path in (PRODUCTS, f"{PRODUCTS}/{product_id}"):
        whole = await reader.get(path)
        response = await reader.get(path, headers={"If-None-Match": whole.headers["etag"]})

        assert (response.status_code, response.content) == (304, b"")
        for name in ("etag", "cache-control", "gateway-cache-control"):
            assert response.headers[name] == whole.headers[name]
        assert whole.headers["cache-control"] == "private, no-cache"
        assert whole.headers["gateway-cache-control"] == "max-age=1"
        assert "content-type" not in response.headers


@pytest.mark.parametrize(
    ("known", "status"),
    [
        ("*", 304),
        ("{tag}", 304),
        ("W/{tag}", 304),
        ('"other", {tag}', 304),
        ('"other",W/"more" , {tag}', 304),
        ('"other"', 200),
        ("", 200),
        ("nonsense", 200),
        ('"', 200),
        ('"*"', 200),
    ],
)
async def test_tags_are_compared_weakly_out_of_a_list(
    reader: httpx2.AsyncClient, known: str, status: int
) -> None:
    (product_id,) = await add(1)

    for path in (PRODUCTS, f"{PRODUCTS}/{product_id}"):
        tag = await tag_of(reader, path)
        assert await status_for(reader, known.replace("{tag}", tag), path) == status


async def test_tags_may_come_in_several_fields(reader: httpx2.AsyncClient) -> None:
    await add(1)
    tag = await tag_of(reader)

    headers = [("If-None-Match", '"other"'), ("If-None-Match", tag)]

    assert (await reader.get(PRODUCTS, headers=headers)).status_code == 304


async def test_a_product_has_its_own_version_for_a_tag(
    reader: httpx2.AsyncClient, editor: httpx2.AsyncClient
) -> None:
    one, other = await add_named("Tea", "Coffee")
    path = f"{PRODUCTS}/{one}"
    tag = await tag_of(reader, path)
    product = await Product.get(id=one)
    assert tag == product_etag(Version(1, product.updated_at))

    await editor.patch(f"{PRODUCTS}/{other}", json={"price": 77})
    assert await status_for(reader, tag, path) == 304

    await editor.patch(path, json={"price": 77})
    assert await status_for(reader, tag, path) == 200


async def test_a_product_that_is_gone_is_not_unchanged(reader: httpx2.AsyncClient) -> None:
    (product_id,) = await add(1)
    await Product.filter(id=product_id).update(is_active=False)

    assert await status_for(reader, "*", f"{PRODUCTS}/{product_id}") == 404


async def test_head_shows_the_same_without_the_body(reader: httpx2.AsyncClient) -> None:
    await add(3)

    whole, head = await reader.get(PRODUCTS), await reader.head(PRODUCTS)

    assert head.status_code == 200
    for name in ("etag", "link", "content-length", "cache-control"):
        assert head.headers[name] == whole.headers[name]


async def test_a_refusal_may_not_be_kept(reader: httpx2.AsyncClient) -> None:
    for path in (f"{PRODUCTS}?page=0", f"{PRODUCTS}/404", f"{PRODUCTS}?include_inactive=true"):
        response = await reader.get(path)
        assert response.headers["cache-control"] == "no-store"
        assert "gateway-cache-control" not in response.headers
