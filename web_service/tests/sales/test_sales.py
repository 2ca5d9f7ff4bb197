"""Everybody's orders as managers see them, and what they come to."""

from html import unescape

import httpx2
import pytest

from web_service.tests.accounts import ME, text_of
from web_service.tests.conftest import SignIn, person
from web_service.tests.fake_gateway import FakeGateway
from web_service.tests.orders.sales import ORDER_ID, order, orders
from web_service.tests.products.catalog import MARKUP
from web_service.tests.sales.sums import DAYS, NONE, products

API = "/api/v1/orders"
ONE = f"{API}/{ORDER_ID}"
PAGE = f"/order/{ORDER_ID}/"
ALL, SUMS = "/orders/all/", "/orders/sums/"
SECRET = "Somebody Else"


@pytest.fixture
async def maria(sign_in: SignIn) -> httpx2.AsyncClient:
    """A browser in which a manager is signed in."""
    return await sign_in("user", "manager")


def script(gateway: FakeGateway) -> None:
    """Have the API say more than it says to customers."""
    gateway.on("GET", ME, person())
    gateway.on("GET", API, orders(order(buyer_name=SECRET)))
    gateway.on("GET", f"{API}/sums/days", DAYS)
    gateway.on("GET", f"{API}/sums/products", products("Tea"))
    gateway.on("POST", f"{ONE}/pay", order(status="paid"))


@pytest.mark.parametrize("path", [ALL, SUMS, f"{ALL}?q=Anna", f"{SUMS}?from=2026-11-20"])
async def test_customers_are_refused_and_see_nothing_of_it(
    sign_in: SignIn, gateway: FakeGateway, path: str
) -> None:
    script(gateway)
    response = await (await sign_in("user", "blog_manager")).get(path)
    assert response.status_code == 403
    assert SECRET not in response.text
    assert "Tea" not in response.text
    assert 'href="/orders/all' not in response.text
    assert {call.path for call in gateway.calls} <= {ME}


async def test_customers_mark_nothing_as_paid(sign_in: SignIn, gateway: FakeGateway) -> None:
    script(gateway)
    assert (await (await sign_in()).post(f"{PAGE}pay/")).status_code == 403
    assert not gateway.asked("POST", f"{ONE}/pay")


async def test_strangers_are_led_to_sign_in(browser: httpx2.AsyncClient) -> None:
    for path in (ALL, SUMS):
        assert (await browser.get(path)).headers["location"] == f"/users/login/?next={path}"


@pytest.mark.parametrize("path", [ALL, SUMS])
async def test_a_role_that_was_taken_away_shows_nothing(
    maria: httpx2.AsyncClient, gateway: FakeGateway, path: str
) -> None:
    for refused in (API, f"{API}/sums/days", f"{API}/sums/products"):
        gateway.refuse("GET", refused, 403, "forbidden", "You may not do this.")
    response = await maria.get(path)
    assert response.status_code == 403
    assert "You may not do this." in response.text


class TestList:
    async def test_it_asks_for_what_the_address_says_on_the_readers_clock(
        self, maria: httpx2.AsyncClient, gateway: FakeGateway
    ) -> None:
        gateway.on("GET", API, orders(order(buyer_name="Anna"), total=45, page=2, pages=3))
        address = f"{ALL}?q= anna  p &status=paid&from=2026-11-01&to=2026-11-21&page=2"
        page = unescape((await maria.get(address)).text)
        [call] = gateway.asked("GET", API)
        assert call.query == {
            "everyone": "true",
            "q": "anna p",
            "status": "paid",
            "created_from": "2026-10-31T21:00:00+00:00",
            "created_to": "2026-11-21T20:59:59.999999+00:00",
            "page": "2",
        }
        for said in ("45 orders", "Order 8B5B52EA", "Anna", "200.00", 'value="2026-11-21"'):
            assert said in page
        kept = "q=anna+p&status=paid&from=2026-11-01&to=2026-11-21"
        assert f'href="{ALL}?{kept}&page=3"' in page

    @pytest.mark.parametrize(
        "query",
        ["?page=0", "?status=lost", "?from=yesterday&to=2026-02-30", "?from=9999-12-31", "?x=1"],
    )
    async def test_what_makes_no_sense_is_as_if_it_were_not_there(
        self, maria: httpx2.AsyncClient, gateway: FakeGateway, query: str
    ) -> None:
        gateway.on("GET", API, orders(order()))
        assert (await maria.get(f"{ALL}{query}")).status_code == 200
        [call] = gateway.asked("GET", API)
        assert call.query == {"everyone": "true", "page": "1"}

    async def test_what_the_api_refuses_is_said_beside_the_field(
        self, maria: httpx2.AsyncClient, gateway: FakeGateway
    ) -> None:
        said = {"q": "Must have a letter or a digit"}
        gateway.refuse("GET", API, 422, "validation_failed", fields=said)
        response = await maria.get(f"{ALL}?q=…")
        assert response.status_code == 422
        assert "Must have a letter or a digit" in response.text

    async def test_a_deleted_account_has_no_name(
        self, maria: httpx2.AsyncClient, gateway: FakeGateway
    ) -> None:
        found = orders(order(), total=2000, pages=100, total_is_capped=True)
        gateway.on("GET", API, found)
        page = text_of(await maria.get(ALL))
        assert "The account is deleted" in page
        assert "2,000 orders, perhaps more" in page

    async def test_a_page_behind_the_last_leads_to_the_last(
        self, maria: httpx2.AsyncClient, gateway: FakeGateway
    ) -> None:
        gateway.on("GET", API, orders(total=3, page=9, pages=1))
        assert (await maria.get(f"{ALL}?page=9&q=a")).headers["location"] == f"{ALL}?q=a"

    async def test_an_empty_list_says_why(
        self, maria: httpx2.AsyncClient, gateway: FakeGateway
    ) -> None:
        gateway.on("GET", API, orders(pages=0))
        assert "Nobody has ordered yet" in (await maria.get(ALL)).text
        assert "No order is like this" in (await maria.get(f"{ALL}?q=x")).text

    async def test_a_name_full_of_markup_is_text(
        self, maria: httpx2.AsyncClient, gateway: FakeGateway
    ) -> None:
        gateway.on("GET", API, orders(order(buyer_name=MARKUP)))
        text = (await maria.get(ALL)).text
        assert "<script>alert" not in text
        assert MARKUP in unescape(text)


class TestPaying:
    async def test_it_is_a_post_of_the_order_page(
        self, maria: httpx2.AsyncClient, gateway: FakeGateway
    ) -> None:
        gateway.on("GET", ONE, order(buyer_name="Anna"))
        gateway.on("GET", ONE, order(status="paid"))
        gateway.on("POST", f"{ONE}/pay", order(status="paid"))
        assert f'action="{PAGE}pay/"' in (await maria.get(PAGE)).text
        assert (await maria.post(f"{PAGE}pay/")).headers["location"] == PAGE
        page = (await maria.get(PAGE)).text
        assert "The order is marked as paid." in page
        assert f'action="{PAGE}pay/"' not in page

    async def test_what_another_has_cancelled_is_shown_as_it_is(
        self, maria: httpx2.AsyncClient, gateway: FakeGateway
    ) -> None:
        said = {"status": "The order is cancelled"}
        gateway.refuse("POST", f"{ONE}/pay", 409, "order_not_payable", fields=said)
        gateway.on("GET", ONE, order(status="cancelled", cancel_reason="No tea is left"))
        response = await maria.post(f"{PAGE}pay/")
        assert response.status_code == 409
        for text in ("The order is cancelled", "No tea is left"):
            assert text in response.text

    async def test_without_the_role_any_more_it_is_refused(
        self, maria: httpx2.AsyncClient, gateway: FakeGateway
    ) -> None:
        gateway.refuse("POST", f"{ONE}/pay", 403, "forbidden", "You may not do this.")
        assert (await maria.post(f"{PAGE}pay/")).status_code == 403


class TestSums:
    async def test_they_are_plots_with_tables(
        self, maria: httpx2.AsyncClient, gateway: FakeGateway
    ) -> None:
        gateway.on("GET", f"{API}/sums/days", DAYS)
        gateway.on("GET", f"{API}/sums/products", products(MARKUP, "Tea " * 50))
        response = await maria.get(f"{SUMS}?from=2026-11-20&to=2026-11-21")
        asked = {
            "first_day": "2026-11-20",
            "last_day": "2026-11-21",
            "time_zone": "Europe/Moscow",
        }
        for part in ("days", "products"):
            assert gateway.asked("GET", f"{API}/sums/{part}")[0].query == asked
        assert response.text.count("<svg") == 3
        assert response.text.count("The numbers as a table") == 3
        assert "<script>alert" not in response.text
        page = text_of(response)
        for said in ("1,201 orders", "1,234,617.50", "1,234,567.00", "21 Nov", "1.2M", "7,776.99"):
            assert said in page, said
        assert 'href="/orders/all/?from=2026-11-20&amp;to=2026-11-21"' in response.text

    async def test_days_without_orders_say_so(
        self, maria: httpx2.AsyncClient, gateway: FakeGateway
    ) -> None:
        nothing = [{"day": "2026-11-20", "orders": NONE, "totals": NONE}]
        gateway.on("GET", f"{API}/sums/days", {**DAYS, "days": nothing})
        gateway.on("GET", f"{API}/sums/products", products())
        response = await maria.get(f"{SUMS}?from=x")
        assert gateway.asked("GET", f"{API}/sums/days")[0].query == {"time_zone": "Europe/Moscow"}
        assert "Nothing was sold on these days" in response.text
        assert "<svg" not in response.text

    async def test_too_many_days_are_refused_beside_the_field(
        self, maria: httpx2.AsyncClient, gateway: FakeGateway
    ) -> None:
        said = {"last_day": "At most 31 days together"}
        for part in ("days", "products"):
            gateway.refuse("GET", f"{API}/sums/{part}", 422, "validation_failed", fields=said)
        response = await maria.get(f"{SUMS}?from=2026-01-01&to=2026-11-21")
        assert response.status_code == 422
        assert "At most 31 days together" in response.text
        assert 'value="2026-01-01"' in response.text
