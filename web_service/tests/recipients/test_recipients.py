"""Recipients as pages."""

import httpx2
import pytest

from web_service.tests.conftest import SignIn
from web_service.tests.fake_gateway import FakeGateway
from web_service.tests.mailing_data import HOSTILE, listed, recipient, script_recipients

API = "/api/v1/recipients"
TYPED = {"email": "boris@example.com", "full_name": " Борис ", "comment": "met\r\nhere"}


@pytest.fixture
async def anna(sign_in: SignIn, gateway: FakeGateway) -> httpx2.AsyncClient:
    script_recipients(gateway)
    return await sign_in()


PAGES = ["/recipients/", "/recipient/create/", "/recipient/7/", "/recipient/7/update/"]


@pytest.mark.parametrize("path", [*PAGES, "/recipient/7/delete/", "/recipients/import/"])
async def test_a_stranger_signs_in_first(browser: httpx2.AsyncClient, path: str) -> None:
    response = await browser.get(path)
    assert response.status_code == 303
    assert response.headers["location"].startswith("/users/login/?next=/recipient")


class TestTheList:
    async def test_it_shows_who_there_is(self, anna: httpx2.AsyncClient) -> None:
        page = await anna.get("/recipients")
        assert page.status_code == 200
        assert '<a href="/recipient/7/">boris@example.com</a>' in page.text
        assert '<a href="/recipient-list/3/">Customers</a>' in page.text
        assert "1 recipient<" in page.text

    async def test_search_filter_and_page_go_to_the_api(
        self, anna: httpx2.AsyncClient, gateway: FakeGateway
    ) -> None:
        await anna.get("/recipients/", params={"q": " an  b ", "list_id": "3", "page": "2"})
        [call] = gateway.asked("GET", API)
        assert call.query == {"q": "an b", "list_id": "3", "page": "2"}

    async def test_what_makes_no_sense_is_left_out(
        self, anna: httpx2.AsyncClient, gateway: FakeGateway
    ) -> None:
        for query in ("page=0", "page=x&list_id=-1", "list_id=1e3&q=%00", "cursor=%2F..%2F&z=1"):
            assert (await anna.get(f"/recipients/?{query}")).status_code == 200
        assert [call.query for call in gateway.asked("GET", API)] == [{"page": "1"}] * 4

    async def test_pages_keep_what_was_looked_for(
        self, anna: httpx2.AsyncClient, gateway: FakeGateway
    ) -> None:
        gateway.answers.pop(("GET", API))
        many = listed(recipient(), total=50, pages=3, page=2, next_cursor="abc")
        gateway.on("GET", API, many)
        page = await anna.get("/recipients/?q=b&list_id=3&page=2")
        assert 'href="/recipients/?q=b&amp;list_id=3"' in page.text
        assert 'href="/recipients/?q=b&amp;list_id=3&amp;page=3"' in page.text
        assert "50 recipients" in page.text

    async def test_behind_the_last_number_a_cursor_leads_on(
        self, anna: httpx2.AsyncClient, gateway: FakeGateway
    ) -> None:
        gateway.answers.pop(("GET", API))
        last = listed(recipient(), total=10_000, total_is_capped=True, pages=500, page=500)
        gateway.on("GET", API, {**last, "next_cursor": "further"})
        gateway.on("GET", API, {**last, "page": None, "next_cursor": None})
        page = await anna.get("/recipients/?page=500")
        assert 'href="/recipients/?cursor=further"' in page.text
        assert "More than 10,000 recipients" in page.text
        assert (await anna.get("/recipients/?cursor=further")).status_code == 200
        assert gateway.asked("GET", API)[-1].query == {"cursor": "further"}

    async def test_a_cursor_that_is_none_any_more_is_the_first_page(
        self, anna: httpx2.AsyncClient, gateway: FakeGateway
    ) -> None:
        gateway.answers.pop(("GET", API))
        gateway.refuse("GET", API, 422, "unprocessable_entity", fields={"cursor": "No."})
        gateway.on("GET", API, listed(recipient()))
        assert (await anna.get("/recipients/?cursor=old")).status_code == 200

    async def test_a_page_behind_the_end_leads_to_the_last(
        self, anna: httpx2.AsyncClient, gateway: FakeGateway
    ) -> None:
        gateway.answers.pop(("GET", API))
        gateway.on("GET", API, listed(total=50, pages=3, page=9))
        response = await anna.get("/recipients/?page=9&q=b")
        assert response.headers["location"] == "/recipients/?q=b&page=3"

    async def test_an_empty_list_says_what_to_do(
        self, anna: httpx2.AsyncClient, gateway: FakeGateway
    ) -> None:
        gateway.answers.pop(("GET", API))
        gateway.on("GET", API, listed())
        assert "/recipients/import/" in (await anna.get("/recipients/")).text
        assert "Nobody fits" in (await anna.get("/recipients/?q=x")).text

    async def test_hostile_names_are_text(
        self, anna: httpx2.AsyncClient, gateway: FakeGateway
    ) -> None:
        gateway.answers.pop(("GET", API))
        gateway.on("GET", API, listed(recipient(full_name=HOSTILE, suppressed="new_reason")))
        page = await anna.get("/recipients/", params={"q": HOSTILE})
        assert "<script>alert" not in page.text
        assert "{{ 7*7 }} {% raw %}" in page.text

    async def test_in_russian(self, sign_in: SignIn, gateway: FakeGateway) -> None:
        script_recipients(gateway)
        page = await (await sign_in(language="ru")).get("/recipients/")
        assert "1 получатель<" in page.text

    async def test_the_mailing_service_away(self, sign_in: SignIn, gateway: FakeGateway) -> None:
        gateway.refuse("GET", API, 503, "service_unavailable")
        gateway.refuse("GET", "/api/v1/recipient-lists", 503, "service_unavailable")
        page = await (await sign_in()).get("/recipients/")
        assert page.status_code == 503
        assert "Retry-After" in page.headers


class TestOne:
    async def test_it_is_shown(self, anna: httpx2.AsyncClient) -> None:
        page = await anna.get("/recipient/7/")
        for text in ("Борис", "boris@example.com", "Казань", "Customers", "/recipient/7/update/"):
            assert text in page.text

    @pytest.mark.parametrize("number", ["0", "x", "7.0", "..", "9" * 17, "٧"])
    async def test_what_is_no_number_is_nowhere(
        self, anna: httpx2.AsyncClient, gateway: FakeGateway, number: str
    ) -> None:
        assert (await anna.get(f"/recipient/{number}/update/")).status_code == 404
        assert not [call for call in gateway.calls if call.path.startswith(f"{API}/")]

    async def test_another_persons_is_nowhere(self, anna: httpx2.AsyncClient) -> None:
        for path in ("/recipient/8/", "/recipient/8/update/", "/recipient/8/delete/"):
            assert (await anna.get(path)).status_code == 404
        assert (await anna.post("/recipient/8/update/", data=TYPED)).status_code == 404
        assert (await anna.post("/recipient/8/delete/")).status_code == 404


class TestAdding:
    async def test_everything_typed_goes_to_the_api(
        self, anna: httpx2.AsyncClient, gateway: FakeGateway
    ) -> None:
        gateway.on("POST", API, recipient(list_ids=[]), status=201)
        gateway.on("PUT", "/api/v1/recipient-lists/3/recipients/7", status=204)
        fields = {"name_1": "city", "value_1": "Казань", "name_4": "size", "value_4": ""}
        typed = {**TYPED, **fields, "lists": ["3", "x"], "offered": ["3", "4"]}
        response = await anna.post("/recipient/create/", data=typed)
        assert response.headers["location"] == "/recipient/7/"
        [call] = gateway.asked("POST", API)
        assert call.json == {
            "email": "boris@example.com",
            "full_name": "Борис",
            "comment": "met\nhere",
            "custom_fields": {"city": "Казань", "size": ""},
        }
        assert len(gateway.asked("PUT", "/api/v1/recipient-lists/3/recipients/7")) == 1
        assert "Saved." in (await anna.get("/recipient/7/")).text

    async def test_a_list_of_another_person(
        self, anna: httpx2.AsyncClient, gateway: FakeGateway
    ) -> None:
        gateway.on("POST", API, recipient(list_ids=[]), status=201)
        response = await anna.post("/recipient/create/", data={**TYPED, "lists": "99"})
        assert response.status_code == 303
        assert "not all lists could be changed" in (await anna.get("/recipient/7/")).text

    async def test_a_form_sent_twice(self, anna: httpx2.AsyncClient, gateway: FakeGateway) -> None:
        gateway.refuse("POST", API, 409, "recipient_exists", "You have this address already.")
        page = await anna.post("/recipient/create/", data=TYPED)
        assert page.status_code == 409
        assert 'href="#field-email">Email: You have this address already.' in page.text
        assert 'value=" Борис "' in page.text

    async def test_errors_stand_beside_their_fields(
        self, anna: httpx2.AsyncClient, gateway: FakeGateway
    ) -> None:
        said = {
            "email": "Bad address.",
            "custom_fields.full_name.[key]": "Bad name.",
            "custom_fields.size": "Bad value.",
            "custom_fields": "Too many.",
        }
        gateway.refuse("POST", API, 422, "unprocessable_entity", fields=said)
        fields = {"name_1": "full_name", "value_1": "x", "name_2": "size", "value_2": HOSTILE}
        page = await anna.post("/recipient/create/", data={**TYPED, **fields})
        assert page.status_code == 422
        for name in ("email", "name_1", "value_2"):
            assert f'id="error-{name}"' in page.text
        assert "<li>Too many.</li>" in page.text
        assert "<script>alert" not in page.text

    async def test_names_of_fields_are_needed_and_differ(
        self, anna: httpx2.AsyncClient, gateway: FakeGateway
    ) -> None:
        fields = {"value_1": "x", "name_2": "a", "value_2": "1", "name_3": "a", "value_3": "2"}
        more = {"name_4": "City!", "name_5": "город", "name_6": "a" * 41, "name_7": "ok_1"}
        page = await anna.post("/recipient/create/", data={**TYPED, **fields, **more})
        assert page.status_code == 422
        assert "Give this field a name" in page.text
        assert "Another field has this name" in page.text
        assert page.text.count('<p class="error"') == 5
        assert 'id="error-name_7"' not in page.text
        assert gateway.asked("POST", API) == []

    async def test_more_rows_on_demand_and_never_more_than_ten(
        self, anna: httpx2.AsyncClient, gateway: FakeGateway
    ) -> None:
        rows = {f"{what}_{n}": "" for n in range(1, 10) for what in ("name", "value")}
        page = await anna.post("/recipient/create/", data={**TYPED, **rows, "more": "1"})
        assert page.status_code == 200
        assert 'name="name_10"' in page.text
        assert 'name="name_11"' not in page.text
        assert gateway.asked("POST", API) == []

    async def test_a_list_and_an_address_come_from_the_address(
        self, anna: httpx2.AsyncClient
    ) -> None:
        page = await anna.get("/recipient/create/?list_id=4&email=new@example.com")
        assert 'value="4" checked' in page.text
        assert 'value="new@example.com"' in page.text


class TestChanging:
    async def test_the_form_has_what_there_is(self, anna: httpx2.AsyncClient) -> None:
        page = await anna.get("/recipient/7/update/")
        for text in ('value="boris@example.com"', 'value="city"', 'value="3" checked'):
            assert text in page.text

    async def test_lists_change_with_it(
        self, anna: httpx2.AsyncClient, gateway: FakeGateway
    ) -> None:
        """Only what was offered is taken away: there may be lists that the form did not show."""
        gateway.on("PATCH", f"{API}/7", recipient(list_ids=[3, 50]))
        gateway.on("DELETE", "/api/v1/recipient-lists/3/recipients/7", status=204)
        gateway.on("PUT", "/api/v1/recipient-lists/4/recipients/7", status=204)
        typed = {**TYPED, "lists": ["4"], "offered": ["3", "4"]}
        assert (await anna.post("/recipient/7/update/", data=typed)).status_code == 303
        changed = [(c.method, c.path) for c in gateway.calls if "/recipient-lists/" in c.path]
        assert changed == [
            ("PUT", "/api/v1/recipient-lists/4/recipients/7"),
            ("DELETE", "/api/v1/recipient-lists/3/recipients/7"),
        ]

    async def test_what_was_typed_stays(
        self, anna: httpx2.AsyncClient, gateway: FakeGateway
    ) -> None:
        gateway.refuse("PATCH", f"{API}/7", 409, "recipient_exists", "Taken.")
        page = await anna.post("/recipient/7/update/", data={**TYPED, "full_name": "Other"})
        assert page.status_code == 409
        assert 'value="Other"' in page.text


class TestDeleting:
    async def test_a_page_asks_first(self, anna: httpx2.AsyncClient, gateway: FakeGateway) -> None:
        page = await anna.get("/recipient/7/delete/")
        assert "Delete boris@example.com?" in page.text
        assert not [call for call in gateway.calls if call.method == "DELETE"]

    async def test_the_button_deletes(self, anna: httpx2.AsyncClient, gateway: FakeGateway) -> None:
        gateway.on("DELETE", f"{API}/7", status=204)
        response = await anna.post("/recipient/7/delete/")
        assert response.headers["location"] == "/recipients/"
        assert len(gateway.asked("DELETE", f"{API}/7")) == 1
