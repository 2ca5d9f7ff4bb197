"""One's orders, one of them, and cancelling it."""

from html import unescape

import httpx2
import pytest

from web_service.tests.conftest import SignIn
from web_service.tests.fake_gateway import FakeGateway
from web_service.tests.orders.sales import ORDER_ID, order, orders
from web_service.tests.products.catalog import MARKUP

API = "/api/v1/orders"
ONE = f"{API}/{ORDER_ID}"
PAGE = f"/order/{ORDER_ID}/"


async def test_a_stranger_is_led_to_sign_in(browser: httpx2.AsyncClient) -> None:
    for path in ("/orders/", PAGE):
        assert (await browser.get(path)).headers["location"] == f"/users/login/?next={path}"
    assert (await browser.post(f"{PAGE}cancel/")).status_code == 303


async def test_orders_are_shown_in_the_readers_zone(sign_in: SignIn, gateway: FakeGateway) -> None:
    gateway.on("GET", API, orders(order()))
    response = await (await sign_in()).get("/orders")
    assert response.status_code == 200
    page = unescape(response.text)
    assert "21 Nov 2026, 12:30" in page
    assert "Order 8B5B52EA" in page
    assert "1 order" in page
    assert f'href="{PAGE}"' in page


async def test_pages_keep_the_state(sign_in: SignIn, gateway: FakeGateway) -> None:
    gateway.on("GET", API, orders(order(), total=50, page=2, pages=3))
    page = unescape((await (await sign_in()).get("/orders/?status=placed&page=2&x=1")).text)
    assert 'href="/orders/?status=placed&page=3"' in page
    assert 'href="/orders/?status=placed"' in page
    assert 'href="/orders/?status=paid"' in page
    [call] = gateway.asked("GET", API)
    assert call.query == {"status": "placed", "page": "2"}


@pytest.mark.parametrize(
    "query", ["?page=0", "?page=-1", "?page=x", f"?page={'9' * 5000}", "?status=lost", "?page=%00"]
)
async def test_what_makes_no_sense_in_an_address_is_as_if_it_were_not_there(
    sign_in: SignIn, gateway: FakeGateway, query: str
) -> None:
    gateway.on("GET", API, orders(order()))
    assert (await (await sign_in()).get(f"/orders/{query}")).status_code == 200
    [call] = gateway.asked("GET", API)
    assert call.query == {"page": "1"}


async def test_an_empty_list_says_what_to_do(sign_in: SignIn, gateway: FakeGateway) -> None:
    gateway.on("GET", API, orders(pages=0))
    gateway.on("GET", API, orders(pages=0))
    gateway.on("GET", API, orders(total=3, page=9, pages=1))
    browser = await sign_in()
    assert "Nothing is ordered yet" in (await browser.get("/orders/")).text
    assert "No order is in this state" in (await browser.get("/orders/?status=paid")).text
    assert "The list ends before this page" in (await browser.get("/orders/?page=9")).text


async def test_an_order_is_shown_as_it_was_placed(sign_in: SignIn, gateway: FakeGateway) -> None:
    gateway.on("GET", ONE, order(updated_at="2026-11-21T10:30:00Z"))
    page = unescape((await (await sign_in()).get(PAGE)).text)
    for said in ("Tea 17", "Placed", "200.00", str(ORDER_ID), "Changed on"):
        assert said in page
    assert f'href="{PAGE}cancel/"' in page


@pytest.mark.parametrize(
    ("status", "roles", "may_cancel"),
    [
        ("placed", ("user",), True),
        ("paid", ("user",), False),
        ("paid", ("user", "manager"), True),
        ("cancelled", ("user", "manager"), False),
        ("on-its-way", ("user",), False),
    ],
)
async def test_who_may_cancel_is_offered_it(
    sign_in: SignIn, gateway: FakeGateway, status: str, roles: tuple[str, ...], may_cancel: bool
) -> None:
    gateway.on("GET", ONE, order(status=status, buyer_name="Anna"))
    browser = await sign_in(*roles)
    response = await browser.get(PAGE)
    assert response.status_code == 200
    assert (f"{PAGE}cancel/" in response.text) is may_cancel
    assert (await browser.get(f"{PAGE}cancel/")).status_code == (200 if may_cancel else 303)


async def test_the_order_of_another_is_not_there(sign_in: SignIn, gateway: FakeGateway) -> None:
    gateway.refuse("GET", ONE, 404, "order_not_found", "You have no such order.")
    gateway.refuse("POST", f"{ONE}/cancel", 404, "order_not_found", "You have no such order.")
    browser = await sign_in()
    for response in (await browser.get(PAGE), await browser.post(f"{PAGE}cancel/")):
        assert response.status_code == 404
        assert "You have no such order." in response.text


@pytest.mark.parametrize("wanted", ["17", "x", "8b5b52ea", "%00", "9" * 5000])
async def test_an_id_that_is_none_is_a_404(
    sign_in: SignIn, gateway: FakeGateway, wanted: str
) -> None:
    browser = await sign_in()
    assert (await browser.get(f"/order/{wanted}/")).status_code == 404
    assert (await browser.post(f"/order/{wanted}/cancel/")).status_code == 404
    assert not gateway.calls


async def test_cancelling_is_asked_before_and_is_a_post(
    sign_in: SignIn, gateway: FakeGateway
) -> None:
    gateway.on("GET", ONE, order())
    gateway.on("POST", f"{ONE}/cancel", order(status="cancelled"))
    browser = await sign_in()
    page = unescape((await browser.get(f"{PAGE}cancel/")).text)
    assert "Tea 17 × 2" in page
    assert not gateway.asked("POST", f"{ONE}/cancel")
    response = await browser.post(f"{PAGE}cancel/")
    assert response.headers["location"] == PAGE
    assert "The order is cancelled." in (await browser.get(PAGE)).text


async def test_a_refused_cancellation_is_said_on_the_order(
    sign_in: SignIn, gateway: FakeGateway
) -> None:
    said = {"status": "The order is paid"}
    gateway.refuse("POST", f"{ONE}/cancel", 409, "order_not_cancellable", fields=said)
    gateway.on("GET", ONE, order(status="paid"))
    gateway.on("GET", ONE, order(status="cancelled"))
    browser = await sign_in()
    response = await browser.post(f"{PAGE}cancel/")
    assert response.status_code == 409
    assert "The order is paid" in response.text
    assert (await browser.post(f"{PAGE}cancel/")).headers["location"] == PAGE


async def test_names_full_of_markup_are_text(sign_in: SignIn, gateway: FakeGateway) -> None:
    sold = {"product_id": 1, "name": MARKUP, "price": 1, "quantity": 1, "line_total": 1}
    gateway.on("GET", ONE, order(lines=[sold], buyer_name=MARKUP))
    browser = await sign_in()
    for path in (PAGE, f"{PAGE}cancel/"):
        text = (await browser.get(path)).text
        assert "<script>alert" not in text
        assert "544439" not in text
        assert MARKUP in unescape(text)


async def test_an_order_on_paper_has_everything_and_nothing_to_press(
    sign_in: SignIn, gateway: FakeGateway
) -> None:
    gateway.on("GET", ONE, order(buyer_name=MARKUP, status="cancelled", cancel_reason="No tea"))
    response = await (await sign_in()).get(f"{PAGE}print/")
    assert "<script>alert" not in response.text
    page = unescape(response.text)
    for said in ("Tea 17", "200.00", "100.00", str(ORDER_ID), MARKUP, "No tea"):
        assert said in page
    assert f'href="{PAGE}print/"' in (await (await sign_in()).get(PAGE)).text


class TestCancellingByTheStaff:
    async def test_it_asks_why_and_says_what_it_has_seen(
        self, sign_in: SignIn, gateway: FakeGateway
    ) -> None:
        gateway.on("GET", ONE, order(status="paid"))
        gateway.on("POST", f"{ONE}/cancel", order(status="cancelled"))
        browser = await sign_in("manager")
        page = (await browser.get(f"{PAGE}cancel/")).text
        assert 'name="expected_status" value="paid"' in page
        typed = {"reason": " No tea is left ", "expected_status": "paid"}
        assert (await browser.post(f"{PAGE}cancel/", data=typed)).headers["location"] == PAGE
        [call] = gateway.asked("POST", f"{ONE}/cancel")
        assert call.json == {"reason": "No tea is left", "expected_status": "paid"}

    async def test_no_reason_is_refused_before_the_api_is_asked(
        self, sign_in: SignIn, gateway: FakeGateway
    ) -> None:
        gateway.on("GET", ONE, order())
        typed = {"reason": " ", "expected_status": "placed"}
        response = await (await sign_in("manager")).post(f"{PAGE}cancel/", data=typed)
        assert response.status_code == 422
        assert "Say why" in response.text
        assert not gateway.asked("POST", f"{ONE}/cancel")

    async def test_what_another_manager_did_meanwhile_is_said_and_the_reason_stays(
        self, sign_in: SignIn, gateway: FakeGateway
    ) -> None:
        said = {"status": "The order is paid"}
        gateway.refuse("POST", f"{ONE}/cancel", 409, "order_not_cancellable", fields=said)
        gateway.on("GET", ONE, order(status="paid"))
        gateway.on("GET", ONE, order(status="cancelled", cancel_reason="Another reason"))
        browser = await sign_in("manager")
        typed = {"reason": "No <tea>", "expected_status": "placed"}
        response = await browser.post(f"{PAGE}cancel/", data=typed)
        assert response.status_code == 409
        for text in ("The order is paid", 'value="No &lt;tea&gt;"', 'value="paid"'):
            assert text in response.text
        response = await browser.post(f"{PAGE}cancel/", data=typed)
        assert response.status_code == 409
        assert "Another reason" in response.text

    async def test_what_the_api_says_of_the_reason_stands_beside_it(
        self, sign_in: SignIn, gateway: FakeGateway
    ) -> None:
        said = {"reason": "Must be shorter"}
        gateway.refuse("POST", f"{ONE}/cancel", 422, "validation_failed", fields=said)
        gateway.on("GET", ONE, order())
        typed = {"reason": "x" * 501, "expected_status": "lost"}
        response = await (await sign_in("manager")).post(f"{PAGE}cancel/", data=typed)
        assert response.status_code == 422
        assert "Must be shorter" in response.text
        assert gateway.asked("POST", f"{ONE}/cancel")[0].json == {"reason": "x" * 501}

    async def test_an_own_order_needs_no_reason(
        self, sign_in: SignIn, gateway: FakeGateway
    ) -> None:
        own = str(ORDER_ID)
        gateway.on("GET", ONE, order(user_id=own))
        browser = await sign_in("manager", id=own)
        assert 'name="reason"' not in (await browser.get(f"{PAGE}cancel/")).text
