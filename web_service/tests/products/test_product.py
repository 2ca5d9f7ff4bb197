"""One product."""

from html import unescape

import httpx2
import pytest

from web_service.tests.conftest import SignIn
from web_service.tests.fake_gateway import FakeGateway
from web_service.tests.products.catalog import MARKUP, product

PATH = "/api/v1/products/17"


async def test_a_product_is_shown_with_a_form_for_the_cart(
    sign_in: SignIn, gateway: FakeGateway
) -> None:
    gateway.on("GET", PATH, product(17))
    response = await (await sign_in()).get("/products/17")
    assert response.status_code == 200
    assert "<h1>Tea 17</h1>" in response.text
    assert "<title>Tea 17 · Vitrina</title>" in response.text
    assert 'action="/cart/add/"' in response.text
    assert "TEA-17" in response.text


async def test_what_is_not_for_sale_has_no_form(sign_in: SignIn, gateway: FakeGateway) -> None:
    gateway.on("GET", PATH, product(17, is_active=False, sku=None))
    response = await (await sign_in("user", "manager")).get("/products/17/")
    assert "Not for sale" in response.text
    assert 'action="/cart/add/"' not in response.text


async def test_a_product_that_is_not_there_is_a_page(sign_in: SignIn, gateway: FakeGateway) -> None:
    gateway.refuse("GET", PATH, 404, "product_not_found", "There is no such product for sale.")
    response = await (await sign_in()).get("/products/17/")
    assert response.status_code == 404
    assert "There is no such product for sale." in response.text


@pytest.mark.parametrize(
    "wanted", ["0", "-1", "tea", "1.5", "9" * 17, "9" * 5000, "%D9%A3", "1%00"]
)
async def test_an_id_that_is_no_number_is_a_404(
    sign_in: SignIn, gateway: FakeGateway, wanted: str
) -> None:
    response = await (await sign_in()).get(f"/products/{wanted}/")
    assert response.status_code == 404
    assert not gateway.calls


async def test_a_name_full_of_markup_is_text(sign_in: SignIn, gateway: FakeGateway) -> None:
    gateway.on("GET", PATH, product(17, name=MARKUP, sku=MARKUP[:64]))
    text = (await (await sign_in()).get("/products/17/")).text
    assert "<script>alert" not in text
    assert "544439" not in text
    assert MARKUP in unescape(text)


async def test_a_stranger_is_led_to_sign_in(browser: httpx2.AsyncClient) -> None:
    response = await browser.get("/products/17/")
    assert response.headers["location"] == "/users/login/?next=/products/17/"
