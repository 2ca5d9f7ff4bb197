"""The list of products: what its address asks for is what is shown, and it is never a failure."""

from html import unescape

import httpx2
import pytest

from web_service.tests.conftest import SignIn
from web_service.tests.fake_gateway import FakeGateway
from web_service.tests.products.catalog import MARKUP, listed, product

API = "/api/v1/products"


async def shown(browser: httpx2.AsyncClient, address: str, status: int = 200) -> str:
    response = await browser.get(address)
    assert response.status_code == status, response.text
    return unescape(response.text)


async def test_a_stranger_is_led_to_sign_in(browser: httpx2.AsyncClient) -> None:
    response = await browser.get("/products/?q=tea")
    assert response.status_code == 303
    assert response.headers["location"] == "/users/login/?next=/products/%3Fq%3Dtea"


async def test_products_are_shown_with_their_prices(sign_in: SignIn, gateway: FakeGateway) -> None:
    gateway.on("GET", API, listed(product(1), product(2, sku=None)))
    page = await shown(await sign_in(), "/products")
    assert "<title>Products · Vitrina</title>" in page
    assert 'href="/products/1/">Tea 1</a>' in page
    assert "RUB" in page and "1,299.00" in page
    assert "2 products" in page
    [call] = gateway.asked("GET", API)
    assert call.query == {"size": "20", "page": "1"}


@pytest.mark.parametrize(
    ("address", "asked"),
    [
        ("?q=+tea+", {"q": "tea", "size": "20", "page": "1"}),
        ("?price_from=199,50&price_to=1+990", {"price_min": "19950", "price_max": "199000"}),
        ("?sort=-price&size=100&page=3", {"sort": "-price", "size": "100", "page": "3"}),
        ("?cursor=abc_-9", {"cursor": "abc_-9", "size": "20"}),
    ],
)
async def test_the_address_says_what_is_asked_for(
    sign_in: SignIn, gateway: FakeGateway, address: str, asked: dict[str, str]
) -> None:
    gateway.on("GET", API, listed(product()))
    await shown(await sign_in(), f"/products/{address}")
    [call] = gateway.asked("GET", API)
    assert asked.items() <= call.query.items()
    assert ("page" in call.query) is ("cursor" not in asked)


@pytest.mark.parametrize(
    "address",
    [
        "?page=0",
        "?page=-1",
        "?page=one",
        "?page=1e9",
        "?page=%D9%A3",
        "?size=7&sort=rating&view=clouds",
        "?size=9999999999999999",
        "?cursor=<script>",
        "?unknown=1",
        "?page=1&page=x",
    ],
)
async def test_what_makes_no_sense_in_an_address_is_as_if_it_were_not_there(
    sign_in: SignIn, gateway: FakeGateway, address: str
) -> None:
    gateway.on("GET", API, listed(product()))
    await shown(await sign_in(), f"/products/{address}")
    [call] = gateway.asked("GET", API)
    assert call.query == {"size": "20", "page": "1"}


@pytest.mark.parametrize("written", ["-5", "five", "1,2,3", "9" * 30, "1 USD", "٣"])
async def test_a_price_that_is_none_is_said_beside_its_field_and_nothing_is_asked(
    sign_in: SignIn, gateway: FakeGateway, written: str
) -> None:
    gateway.on("GET", API, listed(product()))
    gateway.on("GET", "/api/v1/users/me", {})
    browser = await sign_in()
    response = await browser.get("/products/", params={"price_from": written, "q": "tea"})
    assert response.status_code == 422
    page = unescape(response.text)
    assert 'id="error-price_from"' in page
    assert "Write a price like 199.50." in page
    assert f'value="{written}"' in page
    assert 'value="tea"' in page
    assert not gateway.asked("GET", API)


async def test_what_the_catalog_refuses_is_said_as_it_says_it(
    sign_in: SignIn, gateway: FakeGateway
) -> None:
    gateway.refuse(
        "GET", API, 422, "validation_failed", fields={"q": "Must have a letter or a digit"}
    )
    page = await shown(await sign_in(), "/products/?q=...", 422)
    assert page.count("Must have a letter or a digit") == 2
    assert 'id="error-q"' in page


async def test_a_cursor_of_another_list_leads_to_the_first_page(
    sign_in: SignIn, gateway: FakeGateway
) -> None:
    gateway.refuse("GET", API, 422, "validation_failed", fields={"cursor": "Is not a cursor"})
    response = await (await sign_in()).get("/products/?q=tea&cursor=abc&view=table")
    assert response.status_code == 303
    assert response.headers["location"] == "/products/?q=tea&view=table"


async def test_pages_keep_everything_else_of_the_address(
    sign_in: SignIn, gateway: FakeGateway
) -> None:
    gateway.on("GET", API, listed(product(), total=50, page=2, pages=3))
    address = "/products/?q=tea&price_from=1&sort=price&view=table&page=2"
    page = await shown(await sign_in(), address)
    rest = "q=tea&price_from=1&sort=price&view=table"
    assert f'href="/products/?{rest}&page=3"' in page
    assert f'href="/products/?{rest}"' in page
    assert 'href="/products/?q=tea&price_from=1&sort=-price&view=table"' in page
    assert 'href="/products/?q=tea&price_from=1&sort=price&page=2"' in page
    assert '<input type="hidden" form="filters" name="sort" value="price">' in page
    assert '<th scope="col">Product</th>' in page


async def test_beyond_the_last_number_a_cursor_leads_on(
    sign_in: SignIn, gateway: FakeGateway
) -> None:
    beyond = listed(product(), total=10000, page=500, pages=500, total_is_capped=True)
    gateway.on("GET", API, {**beyond, "next_cursor": "behind"})
    browser = await sign_in()
    page = await shown(browser, "/products/?q=tea&page=500")
    assert "More than 10,000 products" in page
    assert 'href="/products/?q=tea&cursor=behind"' in page
    gateway.answers.clear()
    gateway.on("GET", API, {**beyond, "page": None, "next_cursor": None})
    page = await shown(browser, "/products/?q=tea&cursor=behind")
    assert 'href="/products/?q=tea" ' in page
    assert 'rel="next"' not in page


async def test_an_empty_list_says_what_to_do(sign_in: SignIn, gateway: FakeGateway) -> None:
    gateway.on("GET", API, listed(pages=0))
    browser = await sign_in()
    assert "Nothing is for sale yet" in await shown(browser, "/products/")
    assert "No product is like this" in await shown(browser, "/products/?q=elephant")
    gateway.answers.clear()
    gateway.on("GET", API, listed(total=3, page=9, pages=1))
    page = await shown(browser, "/products/?page=9")
    assert "The list ends before this page" in page


@pytest.mark.parametrize("view", ["tiles", "table"])
async def test_names_full_of_markup_are_text(
    sign_in: SignIn, gateway: FakeGateway, view: str
) -> None:
    gateway.on("GET", API, listed(product(name=MARKUP, sku="<b>'\"")))
    response = await (await sign_in()).get("/products/", params={"view": view, "q": MARKUP})
    assert response.status_code == 200
    assert "<script>alert" not in response.text
    assert "<b>" not in response.text
    assert "544439" not in response.text
    assert MARKUP in unescape(response.text)


async def test_a_catalog_that_is_away_is_a_page_that_says_when_to_come_back(
    sign_in: SignIn, gateway: FakeGateway
) -> None:
    said = {"code": 503, "message": "Not now.", "error": "service_unavailable"}
    gateway.on("GET", API, said, status=503, headers={"Retry-After": "7"})
    response = await (await sign_in()).get("/products/")
    assert response.status_code == 503
    assert response.headers["retry-after"] == "7"


async def test_too_many_requests_are_a_page_with_the_time_to_wait(
    sign_in: SignIn, gateway: FakeGateway
) -> None:
    said = {"code": 429, "message": "Too many requests.", "error": "too_many_requests"}
    gateway.on("GET", API, said, status=429, headers={"Retry-After": "30"})
    response = await (await sign_in()).get("/products/")
    assert response.status_code == 429
    assert response.headers["retry-after"] == "30"
    assert "30 seconds" in response.text


async def test_in_russian_prices_counts_and_texts_are_russian(
    sign_in: SignIn, gateway: FakeGateway
) -> None:
    gateway.on("GET", API, listed(product(), total=5))
    page = await shown(await sign_in(language="ru"), "/products/")
    assert "5 товаров" in page
    assert "1 299,00 ₽" in page.replace("\xa0", " ")
