"""Every price and every total is shown with the currency that the settings name."""

from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI

from catalog_service.models import Product
from catalog_service.tests.buyers import ORDERS, Buyer

PRODUCTS = "/api/v1/products"


@pytest.fixture(autouse=True)
def tenge(app: FastAPI) -> Iterator[None]:
    """Take another currency than the default one."""
    default, app.state.currency = app.state.currency, "KZT"
    yield
    app.state.currency = default


def priced(body: Any) -> Iterator[dict[str, Any]]:
    """Return each product, cart and order in a body; the lines of a cart belong to the cart."""
    if isinstance(body, list):
        for item in body:
            yield from priced(item)
    elif isinstance(body, dict):
        if "created_at" in body or "lines" in body:
            yield body
        else:
            yield from priced(list(body.values()))


def currencies(response: httpx2.Response, *, count: int = 1) -> set[str]:
    response.raise_for_status()
    found = [part["currency"] for part in priced(response.json())]
    assert len(found) == count
    return {*found}


async def test_products_name_their_currency(
    reader: httpx2.AsyncClient, editor: httpx2.AsyncClient
) -> None:
    tea = {"name": "Tea", "price": 250}
    created = await editor.post(PRODUCTS, json=tea)
    one = f"{PRODUCTS}/{created.json()['id']}"
    change = [{"id": created.json()["id"], "price": 260}]
    bulk = await editor.post(f"{PRODUCTS}/bulk", json={"create": [tea], "change": change})

    assert currencies(created) == {"KZT"}
    assert currencies(bulk, count=2) == {"KZT"}
    assert currencies(await editor.patch(one, json={"price": 300})) == {"KZT"}
    assert currencies(await editor.post(f"{one}/reactivate")) == {"KZT"}
    assert currencies(await reader.get(one)) == {"KZT"}
    for query in ("", "?q=tea", "?price_min=1", "?sort=price&page=1"):
        assert currencies(await reader.get(PRODUCTS + query), count=2) == {"KZT"}


async def test_carts_and_orders_name_their_currency(anna: Buyer, manager: Buyer) -> None:
    tea = await Product.create(name="Tea", price=250)

    assert currencies(await anna.add((tea, 2))) == {"KZT"}
    changed = await anna.client.patch(f"/api/v1/cart/items/{tea.id}", json={"quantity": 1})
    assert currencies(changed) == {"KZT"}
    assert currencies(await anna.client.get("/api/v1/cart")) == {"KZT"}
    placed = await anna.order()
    order = f"{ORDERS}/{placed.json()['id']}"
    assert currencies(placed) == {"KZT"}
    assert currencies(await anna.client.get(ORDERS)) == {"KZT"}
    assert currencies(await anna.client.get(order)) == {"KZT"}
    assert currencies(await manager.client.post(f"{order}/pay")) == {"KZT"}
    assert currencies(await manager.client.post(f"{order}/cancel")) == {"KZT"}
