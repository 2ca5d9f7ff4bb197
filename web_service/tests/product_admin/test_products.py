"""Products as managers see and change them."""

from html import unescape

import httpx2
import pytest

from web_service.tests.accounts import ME, text_of
from web_service.tests.conftest import SignIn, person
from web_service.tests.fake_gateway import FakeGateway
from web_service.tests.products.catalog import MARKUP, listed, product

API = "/api/v1/products"
ONE, STOCK = f"{API}/7", f"{API}/7/stock"
LIST, CREATE, UPDATE = "/products/manage/", "/product/create/", "/product/7/update/"
ETAG = '"3-62d0fc0a1b2c3-3"'
NEWER = '"4-62d0fc0a1b2c4-3"'
TYPED = {
    "name": "Tea 7",
    "price": "1 299,50",
    "sku": "TEA-7",
    "revision": ETAG,
    "seen_name": "Tea 7",
    "seen_price": "1299.00",
    "seen_sku": "TEA-7",
}


@pytest.fixture
async def maria(sign_in: SignIn, gateway: FakeGateway) -> httpx2.AsyncClient:
    """A browser in which a manager is signed in."""
    gateway.refuse("GET", STOCK, 404, "stock_not_counted")
    return await sign_in("user", "manager")


def shows(gateway: FakeGateway, etag: str = ETAG, **changes: object) -> None:
    gateway.on("GET", ONE, product(7, **changes), headers={"ETag": etag})


class TestAccess:
    @pytest.mark.parametrize(
        "path", [LIST, CREATE, UPDATE, "/products/import/", "/products/export/"]
    )
    async def test_customers_are_refused_and_see_nothing_of_it(
        self, sign_in: SignIn, gateway: FakeGateway, path: str
    ) -> None:
        gateway.on("GET", ME, person())
        gateway.on("GET", API, listed(product(7, name="Secret tea")))
        shows(gateway, name="Secret tea")
        response = await (await sign_in("user", "blog_manager")).get(path)
        assert response.status_code == 403
        assert "Secret tea" not in response.text
        assert 'href="/products/manage' not in response.text
        assert {call.path for call in gateway.calls} <= {ME}

    @pytest.mark.parametrize(
        "path", [LIST, CREATE, UPDATE, "/product/7/stock/", "/product/7/switch/"]
    )
    async def test_customers_change_nothing(
        self, sign_in: SignIn, gateway: FakeGateway, path: str
    ) -> None:
        browser = await sign_in()
        assert (await browser.post(path, data={"ids": "7", "to": "off"})).status_code == 403
        assert {call.method for call in gateway.calls} <= {"GET"}

    async def test_strangers_are_led_to_sign_in(self, browser: httpx2.AsyncClient) -> None:
        for path in (LIST, CREATE, UPDATE):
            assert (await browser.get(path)).headers["location"] == f"/users/login/?next={path}"

    async def test_a_role_that_was_taken_away_while_the_page_was_open(
        self, maria: httpx2.AsyncClient, gateway: FakeGateway
    ) -> None:
        said = "You may not do this."
        gateway.refuse("GET", API, 403, "forbidden", said)
        gateway.refuse("PATCH", ONE, 403, "forbidden", said)
        gateway.refuse("POST", API, 403, "forbidden", said)
        gateway.refuse("POST", f"{API}/bulk", 403, "forbidden", said)
        gateway.refuse("DELETE", ONE, 403, "forbidden", said)
        shows(gateway, name="Secret tea")
        for response in (
            await maria.get(LIST),
            await maria.post(UPDATE, data=TYPED),
            await maria.post(LIST, data={"ids": "7", "to": "off"}),
            await maria.post("/product/7/switch/", data={"to": "off"}),
        ):
            assert response.status_code == 403
            assert said in response.text
            assert "Secret tea" not in response.text
        response = await maria.post(CREATE, data=TYPED)
        assert response.status_code == 403
        assert said in response.text

    @pytest.mark.parametrize("number", ["0", "x", "07", "9" * 40, "%00"])
    async def test_a_number_that_is_none_is_a_404(
        self, maria: httpx2.AsyncClient, gateway: FakeGateway, number: str
    ) -> None:
        assert (await maria.get(f"/product/{number}/update/")).status_code == 404
        assert not gateway.calls


class TestList:
    async def test_it_has_what_is_switched_off_too(
        self, maria: httpx2.AsyncClient, gateway: FakeGateway
    ) -> None:
        found = listed(product(7), product(8, is_active=False), total=45, pages=3, page=2)
        gateway.on("GET", API, found)
        response = await maria.get(f"{LIST}?q= tea &sort=-price&page=2&x=1")
        assert gateway.asked("GET", API)[0].query == {
            "q": "tea",
            "sort": "-price",
            "include_inactive": "true",
            "page": "2",
        }
        page = text_of(response)
        for said in ("45 products", "Tea 7", "For sale", "Switched off", "1,299.00"):
            assert said in page
        assert f'href="{LIST}?q=tea&amp;sort=-price&amp;page=3"' in response.text
        assert f'href="{UPDATE}"' in response.text

    async def test_words_that_are_none_are_refused_beside_the_field(
        self, maria: httpx2.AsyncClient, gateway: FakeGateway
    ) -> None:
        said = {"q": "Must have a letter or a digit"}
        gateway.refuse("GET", API, 422, "validation_failed", fields=said)
        response = await maria.get(f"{LIST}?q=…")
        assert response.status_code == 422
        assert "Must have a letter or a digit" in response.text

    async def test_an_empty_list_says_what_to_do(
        self, maria: httpx2.AsyncClient, gateway: FakeGateway
    ) -> None:
        gateway.on("GET", API, listed(pages=0))
        assert "There are no products yet" in (await maria.get(LIST)).text
        assert "No product is like this" in (await maria.get(f"{LIST}?q=x&sort=lost")).text

    async def test_a_page_behind_the_last_leads_to_the_last(
        self, maria: httpx2.AsyncClient, gateway: FakeGateway
    ) -> None:
        gateway.on("GET", API, listed(total=30, pages=2, page=9))
        assert (await maria.get(f"{LIST}?page=9")).headers["location"] == f"{LIST}?page=2"

    async def test_a_name_full_of_markup_is_text(
        self, maria: httpx2.AsyncClient, gateway: FakeGateway
    ) -> None:
        gateway.on("GET", API, listed(product(7, name=MARKUP, sku=MARKUP)))
        text = (await maria.get(LIST)).text
        assert "<script>alert" not in text
        assert "544439" not in text
        assert MARKUP in unescape(text)


class TestTicking:
    @pytest.mark.parametrize(
        ("to", "command", "said"),
        [
            ("off", "deactivate", "Switched off: 1."),
            ("on", "reactivate", "Switched on: 1."),
            ("lost", "deactivate", "Switched off: 1."),
        ],
    )
    async def test_what_is_ticked_is_switched_and_the_list_stays(
        self, maria: httpx2.AsyncClient, gateway: FakeGateway, to: str, command: str, said: str
    ) -> None:
        done = {"created": [], "changed": [], "deactivated": 1, "reactivated": 1}
        gateway.on("POST", f"{API}/bulk", done)
        gateway.on("GET", API, listed())
        here = f"{LIST}?q=tea&page=2"
        response = await maria.post(here, data={"ids": ["7", "8", "7", "x"], "to": to})
        assert response.headers["location"] == here
        assert gateway.asked("POST", f"{API}/bulk")[0].json == {command: [7, 8]}
        assert said in (await maria.get(LIST)).text

    async def test_the_form_works_without_scripts(
        self, maria: httpx2.AsyncClient, gateway: FakeGateway
    ) -> None:
        gateway.on("GET", API, listed(product(7)))
        page = unescape((await maria.get(f"{LIST}?q=tea")).text)
        assert f'<form method="post" action="{LIST}?q=tea"' in page
        assert 'type="checkbox" name="ids" value="7"' in page

    async def test_nothing_ticked_changes_nothing(
        self, maria: httpx2.AsyncClient, gateway: FakeGateway
    ) -> None:
        gateway.on("GET", API, listed())
        assert (await maria.post(LIST, data={"to": "off"})).headers["location"] == LIST
        assert "Nothing was ticked" in (await maria.get(LIST)).text
        assert not gateway.asked("POST", f"{API}/bulk")

    async def test_a_product_that_is_gone_is_said_and_nothing_is_changed(
        self, maria: httpx2.AsyncClient, gateway: FakeGateway
    ) -> None:
        fields = {"deactivate.0": "No such product"}
        said = "There is no such product for sale."
        gateway.refuse("POST", f"{API}/bulk", 404, "product_not_found", said, fields)
        gateway.on("GET", API, listed())
        response = await maria.post(LIST, data={"ids": "7", "to": "off"})
        assert response.headers["location"] == LIST
        assert said in (await maria.get(LIST)).text


class TestAdding:
    async def test_a_price_is_typed_as_one_writes_it(
        self, maria: httpx2.AsyncClient, gateway: FakeGateway
    ) -> None:
        gateway.on("POST", API, product(7), status=201)
        assert 'name="is_active" checked' in (await maria.get(CREATE)).text
        typed = {"name": " Tea ", "price": "1 299,50 ₽", "sku": "", "is_active": "on"}
        response = await maria.post(CREATE, data=typed)
        assert response.headers["location"] == UPDATE
        assert gateway.asked("POST", API)[0].json == {
            "name": "Tea",
            "price": 129950,
            "sku": None,
            "is_active": True,
        }

    @pytest.mark.parametrize("price", ["", "free", "-1", "1.234,5.6", "1e3", "9" * 41, "1,999"])
    async def test_a_price_that_is_none_is_said_and_what_was_typed_stays(
        self, maria: httpx2.AsyncClient, gateway: FakeGateway, price: str
    ) -> None:
        gateway.on("POST", API, product(7), status=201)
        response = await maria.post(CREATE, data={"name": "<Tea>", "price": price})
        if price == "1,999":  # thousands
            assert gateway.asked("POST", API)[0].json["price"] == 199900
            return
        assert response.status_code == 422
        assert "Write a price like 199.50." in response.text
        assert 'value="&lt;Tea&gt;"' in response.text
        assert not gateway.asked("POST", API)

    async def test_what_the_api_refuses_stands_beside_the_field(
        self, maria: httpx2.AsyncClient, gateway: FakeGateway
    ) -> None:
        typed = {"name": "", "price": "1", "sku": "TEA-7"}
        gateway.refuse("POST", API, 422, "validation_failed", fields={"name": "Too short"})
        gateway.refuse("POST", API, 409, "sku_taken", "Another product has this sku.")
        first = await maria.post(CREATE, data=typed)
        assert (first.status_code, 'href="#field-name"' in first.text) == (422, True)
        second = await maria.post(CREATE, data=typed)
        assert (second.status_code, 'href="#field-sku"' in second.text) == (409, True)
        assert "Another product has this sku." in second.text


class TestChanging:
    async def test_the_form_holds_what_there_is(
        self, maria: httpx2.AsyncClient, gateway: FakeGateway
    ) -> None:
        shows(gateway, name=MARKUP, sku=None)
        response = await maria.get(UPDATE)
        assert "<script>alert" not in response.text
        page = unescape(response.text)
        for said in ('value="1299.00"', f'name="revision" value="{ETAG}"', MARKUP):
            assert said in page

    async def test_only_what_was_seen_is_changed(
        self, maria: httpx2.AsyncClient, gateway: FakeGateway
    ) -> None:
        gateway.on("PATCH", ONE, product(7))
        assert (await maria.post(UPDATE, data=TYPED)).headers["location"] == UPDATE
        [call] = gateway.asked("PATCH", ONE)
        assert call.json == {"name": "Tea 7", "price": 129950, "sku": "TEA-7"}
        assert call.headers["if-match"] == ETAG

    async def test_of_two_managers_the_second_sees_what_changed_and_keeps_what_was_typed(
        self, maria: httpx2.AsyncClient, gateway: FakeGateway
    ) -> None:
        gateway.refuse("PATCH", ONE, 412, "precondition_failed")
        gateway.on("PATCH", ONE, product(7))
        shows(gateway, NEWER, name="Black tea", price=1)
        response = await maria.post(UPDATE, data=TYPED)
        assert response.status_code == 412
        page = unescape(response.text)
        for said in (
            "Somebody has changed the product meanwhile",
            "It is “Black tea” now.",
            "It is “0.01” now.",
            'value="1 299,50"',
            'name="seen_name" value="Black tea"',
            f'name="revision" value="{NEWER}"',
        ):
            assert said in page
        assert "It is “TEA-7” now." not in page
        response = await maria.post(UPDATE, data={**TYPED, "revision": NEWER})
        assert response.headers["location"] == UPDATE
        assert gateway.asked("PATCH", ONE)[1].headers["if-match"] == NEWER

    @pytest.mark.parametrize("revision", ["", "*", '"3-1-3", "4-1-3"', '"x\r\ny"', 'W/"3-1-3"'])
    async def test_a_form_without_a_revision_changes_nothing_unseen(
        self, maria: httpx2.AsyncClient, gateway: FakeGateway, revision: str
    ) -> None:
        gateway.refuse("PATCH", ONE, 412, "precondition_failed")
        shows(gateway)
        response = await maria.post(UPDATE, data={**TYPED, "revision": revision})
        assert response.status_code == 412
        assert gateway.asked("PATCH", ONE)[0].headers["if-match"] == '"none"'

    async def test_what_is_wrong_stands_beside_the_field(
        self, maria: httpx2.AsyncClient, gateway: FakeGateway
    ) -> None:
        shows(gateway)
        response = await maria.post(UPDATE, data={**TYPED, "price": "free"})
        assert response.status_code == 422
        gateway.refuse("PATCH", ONE, 409, "sku_taken", "Another product has this sku.")
        response = await maria.post(UPDATE, data=TYPED)
        assert (response.status_code, 'href="#field-sku"' in response.text) == (409, True)

    @pytest.mark.parametrize(
        ("to", "call"), [("on", ("POST", f"{ONE}/reactivate")), ("off", ("DELETE", ONE))]
    )
    async def test_one_is_switched_off_and_on(
        self, maria: httpx2.AsyncClient, gateway: FakeGateway, to: str, call: tuple[str, str]
    ) -> None:
        gateway.on("DELETE", ONE, status=204)
        gateway.on("POST", f"{ONE}/reactivate", product(7))
        response = await maria.post("/product/7/switch/", data={"to": to})
        assert response.headers["location"] == UPDATE
        assert len(gateway.asked(*call)) == 1

    async def test_the_page_for_customers_leads_managers_to_it(
        self, sign_in: SignIn, gateway: FakeGateway
    ) -> None:
        shows(gateway)
        assert f'href="{UPDATE}"' not in (await (await sign_in()).get("/products/7/")).text
        assert f'href="{UPDATE}"' in (await (await sign_in("admin")).get("/products/7/")).text


class TestStock:
    @pytest.fixture
    async def counted(self, sign_in: SignIn, gateway: FakeGateway) -> httpx2.AsyncClient:
        """A manager's browser; of the product twelve pieces are left."""
        gateway.on("GET", STOCK, {"quantity": 12})
        gateway.on("PUT", STOCK, {"quantity": 20})
        gateway.on("DELETE", STOCK, status=204)
        shows(gateway)
        return await sign_in("manager")

    async def test_it_is_shown_and_set(
        self, counted: httpx2.AsyncClient, gateway: FakeGateway
    ) -> None:
        page = (await counted.get(UPDATE)).text
        assert 'name="seen" value="12"' in page
        response = await counted.post("/product/7/stock/", data={"quantity": "20", "seen": "12"})
        assert response.headers["location"] == UPDATE
        assert gateway.asked("PUT", STOCK)[0].json == {"quantity": 20}

    async def test_nothing_typed_counts_no_longer(
        self, counted: httpx2.AsyncClient, gateway: FakeGateway
    ) -> None:
        await counted.post("/product/7/stock/", data={"quantity": "", "seen": "12"})
        assert len(gateway.asked("DELETE", STOCK)) == 1

    async def test_what_was_sold_meanwhile_is_said_before(
        self, counted: httpx2.AsyncClient, gateway: FakeGateway
    ) -> None:
        response = await counted.post("/product/7/stock/", data={"quantity": "20", "seen": "15"})
        assert response.status_code == 412
        assert "Meanwhile it is 12." in response.text
        assert 'name="seen" value="12"' in response.text
        assert 'value="20"' in response.text
        assert not gateway.asked("PUT", STOCK)

    async def test_what_another_counts_no_longer_is_said(
        self, maria: httpx2.AsyncClient, gateway: FakeGateway
    ) -> None:
        shows(gateway)
        response = await maria.post("/product/7/stock/", data={"quantity": "20", "seen": "15"})
        assert response.status_code == 412
        assert "It is not counted any more." in response.text

    @pytest.mark.parametrize("typed", ["-1", "1.5", "x", "²", "2147483648", "9" * 5000])
    async def test_what_is_no_count_is_refused(
        self, counted: httpx2.AsyncClient, gateway: FakeGateway, typed: str
    ) -> None:
        response = await counted.post("/product/7/stock/", data={"quantity": typed, "seen": "12"})
        assert response.status_code == 422
        assert "Write a whole number" in response.text
        assert not gateway.asked("PUT", STOCK)

    async def test_the_stock_of_no_product_is_a_404(
        self, sign_in: SignIn, gateway: FakeGateway
    ) -> None:
        gateway.refuse("GET", STOCK, 404, "product_not_found")
        browser = await sign_in("manager")
        response = await browser.post("/product/7/stock/", data={"quantity": "1", "seen": ""})
        assert response.status_code == 404
