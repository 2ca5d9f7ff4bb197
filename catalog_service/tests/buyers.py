"""People with carts, and what they send; each is a client of their own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

import httpx2
from fastapi import FastAPI

from catalog_service.models import Product, ProductStock
from shared import clock
from testing.tokens import access_token

CART = "/api/v1/cart"
ITEMS = f"{CART}/items"
ORDERS = "/api/v1/orders"


class Buyer:
    """Somebody who is signed in to `app`."""

    def __init__(self, app: FastAPI, *roles: str) -> None:
        self.user_id: UUID = uuid4()
        self._roles = list(roles or ("user",))
        self.client = httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app, raise_app_exceptions=False),
            base_url="http://catalog",
            auth=self._sign,
        )

    def _sign(self, request: httpx2.Request) -> httpx2.Request:
        """Bring a token of this moment, as tests move the clock."""
        now = int(clock.timestamp())
        lifetime: dict[str, Any] = {"iat": now, "nbf": now, "exp": now + 900}
        token = access_token(sub=str(self.user_id), roles=self._roles, **lifetime)
        request.headers["Authorization"] = f"Bearer {token}"
        return request

    async def add(self, *items: tuple[Product, int]) -> httpx2.Response:
        """Put so many pieces of each product into the cart."""
        wanted = [{"product_id": product.id, "quantity": pieces} for product, pieces in items]
        return await self.client.post(ITEMS, json={"items": wanted})

    async def cart(self) -> dict[str, Any]:
        response = await self.client.get(CART)
        assert response.status_code == 200, response.text
        shown: dict[str, Any] = response.json()
        return shown

    async def quantities(self) -> dict[int, int]:
        """What is in the cart."""
        return {line["product_id"]: line["quantity"] for line in (await self.cart())["lines"]}

    async def order(self, key: str | None = None, **placement: Any) -> httpx2.Response:
        """Turn the cart into an order, under a new key unless one is given."""
        headers = {"Idempotency-Key": key or uuid4().hex}
        return await self.client.post(ORDERS, json=placement or None, headers=headers)

    async def get(self, path: str, **query: Any) -> httpx2.Response:
        return await self.client.get(path, params=query)

    async def move(
        self, order: dict[str, Any], action: str, body: dict[str, Any] | None = None
    ) -> httpx2.Response:
        """Pay or cancel an order."""
        return await self.client.post(f"{ORDERS}/{order['id']}/{action}", json=body)

    async def ordered(self, *items: tuple[Product, int]) -> dict[str, Any]:
        """The order of these products, just placed."""
        assert (await self.add(*items)).status_code == 200
        response = await self.order()
        assert response.status_code == 201, response.text
        order: dict[str, Any] = response.json()
        return order


@asynccontextmanager
async def some_buyers(app: FastAPI, count: int, *roles: str) -> AsyncIterator[list[Buyer]]:
    """So many people; their clients are closed at the end."""
    buyers = [Buyer(app, *roles) for _ in range(count)]
    try:
        yield buyers
    finally:
        for buyer in buyers:
            await buyer.client.aclose()


async def tracked(name: str, *, price: int = 100, quantity: int) -> Product:
    """A product of which so many pieces are left."""
    product = await Product.create(name=name, price=price)
    await ProductStock.create(product=product, quantity=quantity)
    return product


async def left(product: Product) -> int:
    """How many pieces of a tracked product are left."""
    quantity: int = (await ProductStock.get(product_id=product.id)).quantity
    return quantity


def named(response: httpx2.Response, error: str) -> dict[str, str]:
    """What an answer of this error names, and how."""
    body = response.json()
    assert body["error"] == error, body
    return {field["field"]: field["message"] for field in body["fields"]}
