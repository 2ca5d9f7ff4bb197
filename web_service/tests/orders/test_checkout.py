"""Placing an order: one for each form, however often it is sent and whatever gets lost."""

import asyncio
from collections.abc import Iterator
from html import unescape
from uuid import UUID

import httpx2
import pytest

from web_service.gateway_client import idempotency
from web_service.models import BrowserSession
from web_service.pages import serving
from web_service.tests.cart.test_cart import cart, line
from web_service.tests.conftest import SignIn
from web_service.tests.fake_gateway import FakeGateway
from web_service.tests.orders.sales import ORDER_ID, order

API = "/api/v1/orders"
KEY = "a-key-of-the-form-1"
FORM = {"key": KEY, "expected_total": "20000"}
ORDER_PAGE = f"/order/{ORDER_ID}/"


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let a page have less time."""
    monkeypatch.setattr(idempotency, "PAUSE", 0.4)
    monkeypatch.setattr(idempotency, "RESERVE", 0.1)
    monkeypatch.setattr(serving, "SECONDS", {**serving.SECONDS, "POST": 2.5})
    yield


async def placed(browser: httpx2.AsyncClient, **changes: str) -> httpx2.Response:
    return await browser.post("/checkout/", data={**FORM, **changes})


async def test_an_order_is_placed_with_the_key_and_the_total_of_the_form(
    sign_in: SignIn, gateway: FakeGateway
) -> None:
    gateway.on("POST", API, order(), status=201)
    gateway.on("GET", f"{API}/{ORDER_ID}", order())
    browser = await sign_in()
    await BrowserSession.all().update(cart_count=2)
    response = await placed(browser)
    assert (response.status_code, response.headers["location"]) == (303, ORDER_PAGE)
    [call] = gateway.asked("POST", API)
    assert call.headers["idempotency-key"] == KEY
    assert call.json == {"expected_total": 20000}
    assert (await BrowserSession.get()).cart_count == 0
    assert "Thank you! Your order is placed." in (await browser.get(ORDER_PAGE)).text


async def test_a_form_sent_twice_leads_to_the_same_order(
    sign_in: SignIn, gateway: FakeGateway
) -> None:
    gateway.on("POST", API, order(), status=201)
    browser = await sign_in()
    both = await asyncio.gather(placed(browser), placed(browser))
    assert {response.headers["location"] for response in both} == {ORDER_PAGE}
    assert {call.headers["idempotency-key"] for call in gateway.asked("POST", API)} == {KEY}


async def test_a_changed_total_shows_the_cart_with_the_new_one(
    sign_in: SignIn, gateway: FakeGateway
) -> None:
    said = {"expected_total": "The total is 24000 now"}
    gateway.refuse("POST", API, 409, "total_changed", fields=said)
    gateway.on("GET", "/api/v1/cart", cart(line(price=12000, line_total=24000)))
    response = await placed(await sign_in())
    assert response.status_code == 409
    page = unescape(response.text).replace("\xa0", " ")
    assert "The total is no longer RUB 200.00" in page
    assert "24000 now" not in page
    assert 'name="expected_total" value="24000"' in page
    assert f'name="key" value="{KEY}"' in page


async def test_what_is_short_is_said_beside_its_line(sign_in: SignIn, gateway: FakeGateway) -> None:
    said = {"products.17": "«Tea 17»: 3 wanted, 2 left"}
    gateway.refuse("POST", API, 409, "not_enough_stock", "There is not enough.", fields=said)
    gateway.on("GET", "/api/v1/cart", cart(line(17)))
    response = await placed(await sign_in())
    assert response.status_code == 409
    assert unescape(response.text).count("«Tea 17»: 3 wanted, 2 left") == 2


@pytest.mark.parametrize(
    ("status", "error"), [(409, "cart_empty"), (422, "idempotency_key_reused")]
)
async def test_a_second_tab_is_led_to_the_order_of_the_first(
    sign_in: SignIn, gateway: FakeGateway, status: int, error: str
) -> None:
    gateway.refuse("POST", API, status, error)
    gateway.on("GET", API, {"items": [order()], "total": 1, "page": 1, "size": 1, "pages": 1})
    browser = await sign_in()
    assert (await placed(browser)).headers["location"] == ORDER_PAGE
    gateway.on("GET", API, {"items": [], "total": 0, "page": 1, "size": 1, "pages": 0})
    other = await placed(browser, expected_total="777")
    assert other.headers["location"] == "/cart/"


async def test_a_lost_response_is_asked_for_again_under_the_same_key(
    sign_in: SignIn, gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(idempotency, "ATTEMPT_SECONDS", 1.0)
    gateway.hang("POST", API)
    gateway.on("POST", API, {"code": 502, "message": "No."}, status=502)
    gateway.refuse("POST", API, 409, "order_in_progress")
    gateway.on("POST", API, order(), status=201)
    response = await placed(await sign_in())
    assert (response.status_code, response.headers["location"]) == (303, ORDER_PAGE)
    calls = gateway.asked("POST", API)
    assert len(calls) == 4
    assert {call.headers["idempotency-key"] for call in calls} == {KEY}


async def test_an_outcome_that_stays_unknown_is_said_to_be(
    sign_in: SignIn, gateway: FakeGateway, impatient: None
) -> None:
    gateway.on("POST", API, {"code": 502, "message": "No."}, status=502)
    gateway.on("POST", API, {"code": 503, "message": "Not now."}, status=503)
    response = await placed(await sign_in())
    assert response.status_code == 503
    assert response.headers["retry-after"] == "3"
    assert "It is not known whether you have ordered" in response.text
    assert 'href="/orders/"' in response.text
    assert f'name="key" value="{KEY}"' in response.text
    assert 'name="expected_total" value="20000"' in response.text
    assert len(gateway.asked("POST", API)) > 1


async def test_what_was_certainly_not_done_is_said_to_be_not_done(
    sign_in: SignIn, gateway: FakeGateway, impatient: None
) -> None:
    not_sent = {"Vitrina-Not-Sent": "?1"}
    gateway.on("POST", API, {"code": 503, "message": "No."}, status=503, headers=not_sent)
    response = await placed(await sign_in())
    assert response.status_code == 503
    assert "Your order could not be placed" in response.text
    assert "Nothing was ordered" in response.text


@pytest.mark.parametrize(
    "changes",
    [
        {"key": ""},
        {"key": "short"},
        {"key": "x" * 65},
        {"key": "with a space and ü"},
        {"key": "line\r\nbreak-and-more"},
        {"expected_total": ""},
        {"expected_total": "-1"},
        {"expected_total": "1.5"},
        {"expected_total": "9" * 16},
        {"expected_total": "9" * 5000},
    ],
    ids=str,
)
async def test_a_form_that_is_not_ours_orders_nothing(
    sign_in: SignIn, gateway: FakeGateway, changes: dict[str, str]
) -> None:
    response = await placed(await sign_in(), **changes)
    assert response.headers["location"] == "/cart/"
    assert not gateway.calls


async def test_the_way_to_the_order_is_no_address_of_the_api(
    sign_in: SignIn, gateway: FakeGateway
) -> None:
    gateway.on("POST", API, order(), status=201)
    response = await placed(await sign_in())
    assert UUID(response.headers["location"].split("/")[2])


async def test_a_foreign_form_orders_nothing(sign_in: SignIn, gateway: FakeGateway) -> None:
    browser = await sign_in()
    response = await browser.post("/checkout/", data=FORM, headers={"Sec-Fetch-Site": "cross-site"})
    assert response.status_code == 403
    assert not gateway.calls


async def test_too_many_requests_are_a_page_with_the_time_to_wait(
    sign_in: SignIn, gateway: FakeGateway
) -> None:
    said = {"code": 429, "message": "Too many requests.", "error": "too_many_requests"}
    gateway.on("POST", API, said, status=429, headers={"Retry-After": "9"})
    response = await placed(await sign_in())
    assert (response.status_code, response.headers["retry-after"]) == (429, "9")


async def test_a_reader_of_the_address_is_led_to_the_cart(
    sign_in: SignIn, gateway: FakeGateway
) -> None:
    gateway.on("GET", "/api/v1/users/me", {})
    assert (await (await sign_in()).get("/checkout/")).headers["location"] == "/cart/"
