"""Products, cart and orders as pages, by the gateway, on the real catalog."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from html import unescape

import httpx2

from testing.background import BackgroundSystem
from testing.people import PASSWORD, Person, Shop, bearer, manager_token

SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}
ALIKE, SIZE = 45, 20


@asynccontextmanager
async def signed_in(shop: Shop) -> AsyncIterator[httpx2.AsyncClient]:
    """A browser in which a newcomer has signed in."""
    person = Person()
    (await shop.register(person)).raise_for_status()
    url = str(shop.client.base_url)
    async with httpx2.AsyncClient(base_url=url, headers=SAME_ORIGIN, timeout=30) as browser:
        form = {"login": person.email, "password": PASSWORD}
        response = await browser.post("/users/login/", data=form)
        assert response.status_code == 303, response.text
        yield browser


async def test_products_of_one_price_are_each_on_one_page(
    shop: Shop, system: BackgroundSystem
) -> None:
    manager = await manager_token(shop, system)
    items = [{"name": f"Alike {number}", "price": 7777} for number in range(ALIKE)]
    headers = bearer(manager)
    made = await shop.client.post("/api/v1/products/bulk", json={"create": items}, headers=headers)
    made.raise_for_status()
    async with signed_in(shop) as browser:
        seen: list[str] = []
        for page in (1, 2, 3):
            query = {"price_from": "77,77", "price_to": "77.77", "sort": "price", "page": page}
            text = (await browser.get("/products/", params=query)).text
            seen += re.findall(r'id="product-(\d+)"', text)
    assert len(seen) == len(set(seen)) == ALIKE


async def test_the_form_of_a_cart_sent_many_times_concurrently_is_one_order(shop: Shop) -> None:
    async with signed_in(shop) as browser:
        listed = (await browser.get("/products/")).text
        [product, *_] = re.findall(r'id="product-(\d+)"', listed)
        await browser.post("/cart/add/", data={"product_id": product, "quantity": "2"})
        tabs = [_form(await browser.get("/cart/")) for _ in range(2)]
        assert tabs[0]["key"] != tabs[1]["key"]

        sent = [browser.post("/checkout/", data=tabs[number % 2]) for number in range(10)]
        responses = await asyncio.gather(*sent)
        again = await browser.post("/checkout/", data=tabs[0])

        ways = {response.headers.get("location") for response in (*responses, again)}
        assert len(ways) == 1
        assert all(str(way).startswith("/order/") for way in ways)
        assert (await browser.get("/orders/")).text.count('<th scope="row">') == 1
        assert "The cart is empty" in (await browser.get("/cart/")).text


def _form(response: httpx2.Response) -> dict[str, str]:
    fields = re.findall(r'name="(key|expected_total)" value="([^"]*)"', unescape(response.text))
    return dict(fields)
