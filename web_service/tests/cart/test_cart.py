"""The cart: what changes it, what has changed in it, and what is said of both."""

from html import unescape

import httpx2
import pytest

from web_service.models import BrowserSession
from web_service.tests.conftest import SignIn
from web_service.tests.fake_gateway import FakeGateway
from web_service.tests.products.catalog import MARKUP, product

API = "/api/v1/cart"


def line(product_id: int = 17, **changes: object) -> dict[str, object]:
    """Return what the catalog says of a product in a cart."""
    return {
        "product_id": product_id,
        "name": f"Tea {product_id}",
        "price_when_added": 10000,
        "price": 10000,
        "quantity": 2,
        "is_active": True,
        "available": None,
        "line_total": 20000,
        **changes,
    }


def cart(*lines: dict[str, object]) -> dict[str, object]:
    """Return what the catalog says of a cart."""
    total = sum(int(str(one["line_total"])) for one in lines)
    return {"lines": list(lines), "total": total, "currency": "RUB"}


async def counted() -> int:
    return (await BrowserSession.get()).cart_count


async def with_pieces(sign_in: SignIn, pieces: int) -> httpx2.AsyncClient:
    """Sign somebody in whose session knows of so many pieces."""
    browser = await sign_in()
    await BrowserSession.all().update(cart_count=pieces)
    return browser


async def shown(browser: httpx2.AsyncClient) -> str:
    response = await browser.get("/cart")
    assert response.status_code == 200
    return unescape(response.text)


async def test_a_stranger_is_led_to_sign_in(browser: httpx2.AsyncClient) -> None:
    for method, path in (("GET", "/cart/"), ("POST", "/cart/add/"), ("POST", "/cart/17/remove/")):
        response = await browser.request(method, path)
        assert response.status_code == 303
        assert response.headers["location"].startswith("/users/login/")


async def test_the_cart_is_shown_and_counted(sign_in: SignIn, gateway: FakeGateway) -> None:
    gateway.on("GET", API, cart(line(17), line(18, quantity=3, line_total=30000)))
    page = await shown(await with_pieces(sign_in, 1))
    assert "Tea 17" in page and "Tea 18" in page
    assert "500.00" in page
    assert await counted() == 5


async def test_an_empty_cart_says_what_to_do(sign_in: SignIn, gateway: FakeGateway) -> None:
    gateway.on("GET", API, cart())
    page = await shown(await sign_in())
    assert "The cart is empty" in page
    assert 'href="/products/"' in page
    assert 'action="/checkout/"' not in page


async def test_what_changed_in_price_or_is_gone_is_said(
    sign_in: SignIn, gateway: FakeGateway
) -> None:
    gateway.on(
        "GET",
        API,
        cart(
            line(1, price=12000),
            line(2, price=8000),
            line(3, is_active=False, line_total=0),
            line(4, available=1),
            line(5, available=0),
        ),
    )
    page = await shown(await sign_in())
    assert "The prices of 2 products have changed" in page
    assert "1 product is not for sale any more" in page
    for said in ("Dearer now", "Cheaper now", "Not for sale any more", "Sold out"):
        assert said in page
    assert "Only 1 piece is left" in page
    assert 'id="quantity-3"' not in page


async def test_a_cart_of_which_nothing_is_for_sale_cannot_be_ordered(
    sign_in: SignIn, gateway: FakeGateway
) -> None:
    gateway.on("GET", API, cart(line(is_active=False, line_total=0)))
    assert 'action="/checkout/"' not in await shown(await sign_in())


async def test_each_page_of_the_cart_has_a_key_of_its_own(
    sign_in: SignIn, gateway: FakeGateway
) -> None:
    gateway.on("GET", API, cart(line()))
    browser = await sign_in()
    first, second = await shown(browser), await shown(browser)
    assert 'name="expected_total" value="20000"' in first
    assert _key(first) != _key(second)


def _key(page: str) -> str:
    key = page.partition('name="key" value="')[2].partition('"')[0]
    assert len(key) >= 20
    return key


async def test_a_product_is_put_in_and_the_way_leads_back_to_it(
    sign_in: SignIn, gateway: FakeGateway
) -> None:
    gateway.on("POST", f"{API}/items", cart(line(17, quantity=4)))
    gateway.on("GET", "/api/v1/products/17", product(17))
    browser = await sign_in()
    form = {"product_id": "17", "quantity": "3", "next": "/products/17/"}
    response = await browser.post("/cart/add/", data=form)
    assert response.status_code == 303
    assert response.headers["location"] == "/products/17/#product-17"
    [call] = gateway.asked("POST", f"{API}/items")
    assert call.json == {"items": [{"product_id": 17, "quantity": 3}]}
    assert await counted() == 4
    page = (await browser.get("/products/17/")).text
    assert page.count("In the cart: 4 pieces.") == 1
    assert "In the cart: 4 pieces." not in (await browser.get("/products/17/")).text


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example", "", "/\\evil"])
async def test_adding_leads_to_no_other_site(
    sign_in: SignIn, gateway: FakeGateway, wanted: str
) -> None:
    gateway.on("POST", f"{API}/items", cart(line()))
    browser = await sign_in()
    response = await browser.post("/cart/add/", data={"product_id": "17", "next": wanted})
    assert response.headers["location"] == "/cart/#product-17"


@pytest.mark.parametrize("wanted", ["", "x", "-1", "1.5", "0", "²", "9" * 40, "1;2", "../1"])
async def test_an_id_that_is_no_number_asks_for_nothing(
    sign_in: SignIn, gateway: FakeGateway, wanted: str
) -> None:
    browser = await sign_in()
    response = await browser.post("/cart/add/", data={"product_id": wanted})
    assert response.headers["location"] == "/cart/"
    for path in (f"/cart/{wanted or 'x'}/", f"/cart/{wanted or 'x'}/remove/"):
        response = await browser.post(path, data={"quantity": "1"})
        assert response.status_code in {404, 405}
    assert not gateway.calls


@pytest.mark.parametrize("typed", ["", "x", "-1", "1.5", "9999999", "٣", "1e2"])
async def test_a_quantity_that_is_no_number_is_said_beside_its_field(
    sign_in: SignIn, gateway: FakeGateway, typed: str
) -> None:
    gateway.on("GET", "/api/v1/products/17", product(17))
    gateway.on("GET", API, cart(line()))
    browser = await sign_in()
    for path, form in (
        ("/cart/add/", {"product_id": "17", "quantity": typed}),
        ("/cart/17/", {"quantity": typed}),
    ):
        response = await browser.post(path, data=form)
        assert response.status_code == 422
        page = unescape(response.text)
        assert "Write a number of pieces, like 2." in page
        assert f'value="{typed}"' in page
    assert {call.method for call in gateway.calls} == {"GET"}


async def test_what_the_catalog_refuses_is_said_beside_the_line(
    sign_in: SignIn, gateway: FakeGateway
) -> None:
    said = {"products.17": "1002 wanted, at most 999 allowed"}
    gateway.refuse("POST", f"{API}/items", 409, "too_many_pieces", fields=said)
    gateway.refuse("PATCH", f"{API}/items/17", 409, "too_many_pieces", fields=said)
    gateway.on("GET", "/api/v1/products/17", product(17))
    gateway.on("GET", API, cart(line()))
    browser = await sign_in()
    for path in ("/cart/add/", "/cart/17/"):
        response = await browser.post(path, data={"product_id": "17", "quantity": "1002"})
        assert response.status_code == 409
        assert response.text.count("1002 wanted, at most 999 allowed") == 2
        assert 'value="1002"' in response.text


async def test_a_quantity_is_changed_to_what_was_typed(
    sign_in: SignIn, gateway: FakeGateway
) -> None:
    gateway.on("PATCH", f"{API}/items/17", cart(line(17, quantity=5)))
    browser = await sign_in()
    for _ in range(2):
        response = await browser.post("/cart/17", data={"quantity": " 5 "})
        assert response.headers["location"] == "/cart/#product-17"
    assert [call.json for call in gateway.asked("PATCH", f"{API}/items/17")] == [
        {"quantity": 5}
    ] * 2
    assert await counted() == 5


async def test_the_line_of_another_is_not_there(sign_in: SignIn, gateway: FakeGateway) -> None:
    gateway.refuse(
        "PATCH", f"{API}/items/99", 404, "not_in_cart", "This product is not in the cart."
    )
    gateway.on("GET", API, cart(line()))
    response = await (await sign_in()).post("/cart/99/", data={"quantity": "1"})
    assert response.status_code == 404
    assert "This product is not in the cart." in response.text


async def test_a_product_is_taken_out(sign_in: SignIn, gateway: FakeGateway) -> None:
    gateway.on("DELETE", f"{API}/items/17", status=204)
    browser = await sign_in()
    response = await browser.post("/cart/17/remove/")
    assert response.headers["location"] == "/cart/"
    assert len(gateway.asked("DELETE", f"{API}/items/17")) == 1


async def test_emptying_says_what_goes_and_is_a_post(sign_in: SignIn, gateway: FakeGateway) -> None:
    gateway.on("GET", API, cart(line(17)), status=200)
    gateway.on("DELETE", API, status=204)
    browser = await with_pieces(sign_in, 2)
    page = unescape((await browser.get("/cart/empty/")).text)
    assert "Tea 17 × 2" in page
    assert not gateway.asked("DELETE", API)
    response = await browser.post("/cart/empty/")
    assert response.headers["location"] == "/cart/"
    assert await counted() == 0


async def test_an_empty_cart_is_not_emptied(sign_in: SignIn, gateway: FakeGateway) -> None:
    gateway.on("GET", API, cart())
    response = await (await sign_in()).get("/cart/empty/")
    assert response.headers["location"] == "/cart/"


async def test_addresses_of_forms_lead_to_the_cart(sign_in: SignIn, gateway: FakeGateway) -> None:
    gateway.on("GET", "/api/v1/users/me", {})
    browser = await sign_in()
    for path in ("/cart/add/", "/cart/17/", "/cart/17/remove"):
        assert (await browser.get(path)).headers["location"] == "/cart/"


async def test_names_full_of_markup_are_text(sign_in: SignIn, gateway: FakeGateway) -> None:
    gateway.on("GET", API, cart(line(name=MARKUP)))
    browser = await sign_in()
    for path in ("/cart/", "/cart/empty/"):
        text = (await browser.get(path)).text
        assert "<script>alert" not in text
        assert "544439" not in text
        assert MARKUP in unescape(text)


async def test_the_count_stays_where_the_catalog_is_away(
    sign_in: SignIn, gateway: FakeGateway
) -> None:
    gateway.on("GET", API, {"code": 503, "message": "Not now."}, status=503)
    response = await (await with_pieces(sign_in, 7)).get("/cart/")
    assert response.status_code == 503
    assert '<span class="count">7<' in response.text
    assert await counted() == 7


async def test_a_foreign_form_changes_nothing(sign_in: SignIn, gateway: FakeGateway) -> None:
    browser = await sign_in()
    for site in ("cross-site", "same-site", "none"):
        response = await browser.post(
            "/cart/add/", data={"product_id": "17"}, headers={"Sec-Fetch-Site": site}
        )
        assert response.status_code == 403
    assert not gateway.calls
