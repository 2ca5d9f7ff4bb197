"""From the window to a paid order, by way of the gateway."""

import asyncio
import secrets
import subprocess
import sys
from typing import Any

from standalone.services import services
from standalone.settings import ROOT
from testing.background import BackgroundSystem
from testing.people import Person, Shop, bearer

CART = "/api/v1/cart"
ORDERS = "/api/v1/orders"


async def test_a_newcomer_fills_a_cart_and_orders_and_a_manager_takes_the_money(
    shop: Shop, system: BackgroundSystem
) -> None:
    buyer, manager = await shop.newcomer_token(), await _manager_token(shop, system)
    tea, cup = (await shop.get("/api/v1/products", buyer, size=2)).json()["items"]
    await _set_stock(shop, manager, cup["id"], 5)

    wanted = [{"product_id": tea["id"]}, {"product_id": cup["id"], "quantity": 3}]
    cart = (await shop.post(f"{CART}/items", buyer, {"items": wanted})).json()
    assert cart["total"] == tea["price"] + 3 * cup["price"]
    placed = await _order(shop, buyer, expected_total=cart["total"])
    assert placed.status_code == 201
    order = placed.json()
    assert [line["name"] for line in order["lines"]] == [tea["name"], cup["name"]]
    assert (await shop.get(CART, buyer)).json() == {
        "lines": [],
        "total": 0,
        "currency": "RUB",
    }
    await _require_left(shop, manager, cup["id"], 2)

    path = placed.headers["location"]
    assert order["buyer_name"] is None  # which staff alone sees
    seen = (await shop.get(path, manager)).json()
    assert {**seen, "buyer_name": None} == order
    assert (await shop.post(f"{path}/pay", buyer)).status_code == 403
    paid = await shop.post(f"{path}/pay", manager)
    assert (paid.status_code, paid.json()["status"]) == (200, "paid")
    assert (await shop.get(path, buyer)).json()["status"] == "paid"
    assert (await shop.post(f"{path}/cancel", buyer)).status_code == 409

    assert (await shop.post(f"{path}/cancel", manager)).json()["status"] == "cancelled"
    await _require_left(shop, manager, cup["id"], 5)
    everyones = await shop.get(ORDERS, manager, everyone=True, status="cancelled")
    assert order["id"] in {item["id"] for item in everyones.json()["items"]}


async def test_an_order_sent_ten_times_concurrently_is_one_order(shop: Shop) -> None:
    buyer = await shop.newcomer_token()
    [tea] = (await shop.get("/api/v1/products", buyer, size=1)).json()["items"]
    await shop.post(f"{CART}/items", buyer, {"items": [{"product_id": tea["id"]}]})
    key = secrets.token_hex(16)

    answers = await asyncio.gather(*(_order(shop, buyer, key=key) for _ in range(10)))

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert sum(answer.headers.get("idempotent-replayed") == "true" for answer in answers) == 9
    assert (await shop.get(ORDERS, buyer)).json()["total"] == 1


async def test_carts_and_orders_are_everyones_own(shop: Shop) -> None:
    anna, boris = await shop.newcomer_token(), await shop.newcomer_token()
    [tea] = (await shop.get("/api/v1/products", anna, size=1)).json()["items"]
    await shop.post(f"{CART}/items", anna, {"items": [{"product_id": tea["id"]}]})
    order = (await _order(shop, anna)).json()
    await shop.post(f"{CART}/items", anna, {"items": [{"product_id": tea["id"]}]})

    assert (await shop.get(CART, boris)).json()["lines"] == []
    assert (await shop.get(f"{ORDERS}/{order['id']}", boris)).status_code == 404
    assert (await shop.get(ORDERS, boris)).json()["total"] == 0
    answer = await shop.get(CART, anna)
    assert len(answer.json()["lines"]) == 1
    assert answer.headers["cache-control"] == "no-store"


async def _order(shop: Shop, token: str, *, key: str | None = None, **placement: Any) -> Any:
    headers = {**bearer(token), "Idempotency-Key": key or secrets.token_hex(16)}
    return await shop.client.post(ORDERS, json=placement, headers=headers)


async def _set_stock(shop: Shop, token: str, product_id: int, quantity: int) -> None:
    path, body = f"/api/v1/products/{product_id}/stock", {"quantity": quantity}
    (await shop.client.put(path, json=body, headers=bearer(token))).raise_for_status()


async def _require_left(shop: Shop, token: str, product_id: int, quantity: int) -> None:
    stock = await shop.get(f"/api/v1/products/{product_id}/stock", token)
    assert stock.json()["quantity"] == quantity


async def _manager_token(shop: Shop, system: BackgroundSystem) -> str:
    """The access token of somebody whom an operator has just made a manager."""
    person = Person()
    (await shop.register(person)).raise_for_status()
    [auth] = [program for program in services(system.settings) if program.name == "auth"]
    command = [sys.executable, "-m", "auth_service.cli", "set-role", person.email, "manager"]
    environment = dict(auth.environment)
    await asyncio.to_thread(subprocess.run, command, env=environment, cwd=ROOT, check=True)
    token: str = (await shop.sign_in(person.email)).raise_for_status().json()["access_token"]
    return token
