"""Lists of recipients as pages."""

import httpx2
import pytest

from web_service.tests.conftest import SignIn
from web_service.tests.fake_gateway import FakeGateway
from web_service.tests.mailing_data import (
    HOSTILE,
    listed,
    recipient,
    recipient_list,
    script_recipients,
)

API = "/api/v1/recipient-lists"
PEOPLE = "/api/v1/recipients"


@pytest.fixture
async def anna(sign_in: SignIn, gateway: FakeGateway) -> httpx2.AsyncClient:
    script_recipients(gateway)
    return await sign_in()


async def test_the_lists_are_shown(anna: httpx2.AsyncClient) -> None:
    page = await anna.get("/recipient-lists")
    assert '<a href="/recipient-list/3/">Customers</a>' in page.text
    assert "2 lists" in page.text
    assert 'aria-current="page">Lists' in page.text


async def test_no_lists_say_what_to_do(anna: httpx2.AsyncClient, gateway: FakeGateway) -> None:
    gateway.answers.pop(("GET", API))
    gateway.on("GET", API, listed())
    assert "/recipient-list/create/" in (await anna.get("/recipient-lists/")).text


class TestOne:
    async def test_it_shows_who_stands_in_it(
        self, anna: httpx2.AsyncClient, gateway: FakeGateway
    ) -> None:
        page = await anna.get("/recipient-list/3/?q=bor&page=2")
        assert "boris@example.com" in page.text
        assert gateway.asked("GET", PEOPLE)[0].query == {"q": "bor", "list_id": "3", "page": "2"}
        assert "list_id=3&" not in page.text

    async def test_a_name_full_of_markup_is_text(
        self, anna: httpx2.AsyncClient, gateway: FakeGateway
    ) -> None:
        gateway.answers.pop(("GET", f"{API}/3"))
        gateway.on("GET", f"{API}/3", recipient_list(name=HOSTILE))
        for path in (
            "/recipient-list/3/",
            "/recipient-list/3/update/",
            "/recipient-list/3/delete/",
        ):
            page = await anna.get(path)
            assert page.status_code == 200
            assert "<script>alert" not in page.text

    async def test_another_persons_is_nowhere(self, anna: httpx2.AsyncClient) -> None:
        for path in ("/recipient-list/8/", "/recipient-list/8/update/", "/recipient-list/x/"):
            assert (await anna.get(path)).status_code == 404


class TestAdding:
    async def test_by_the_address_of_a_recipient(
        self, anna: httpx2.AsyncClient, gateway: FakeGateway
    ) -> None:
        gateway.on("PUT", f"{API}/3/recipients/7", status=204)
        response = await anna.post("/recipient-list/3/", data={"email": " Boris@example.com"})
        assert response.headers["location"] == "/recipient-list/3/"
        assert gateway.asked("GET", PEOPLE)[0].query["q"] == "boris@example.com"
        assert "boris@example.com stands in the list." in (
            await anna.get("/recipient-list/3/")
        ).text.replace("Boris", "boris")

    @pytest.mark.parametrize("email", ["", " ", "bori@example.com", HOSTILE, "%s%(x)s"])
    async def test_an_address_of_nobody(
        self, anna: httpx2.AsyncClient, gateway: FakeGateway, email: str
    ) -> None:
        page = await anna.post("/recipient-list/3/", data={"email": email})
        assert page.status_code == 422
        assert 'id="error-email"' in page.text
        assert "<script>alert" not in page.text
        assert not [call for call in gateway.calls if call.method == "PUT"]

    async def test_taking_out(self, anna: httpx2.AsyncClient, gateway: FakeGateway) -> None:
        gateway.on("DELETE", f"{API}/3/recipients/7", status=204)
        response = await anna.post("/recipient-list/3/remove/", data={"recipient": "7"})
        assert response.headers["location"] == "/recipient-list/3/"
        for bad in ("", "x", "../7"):
            response = await anna.post("/recipient-list/3/remove/", data={"recipient": bad})
            assert response.status_code == 400
        assert len(gateway.asked("DELETE", f"{API}/3/recipients/7")) == 1

    async def test_another_persons_recipient(self, anna: httpx2.AsyncClient) -> None:
        response = await anna.post("/recipient-list/3/remove/", data={"recipient": "99"})
        assert response.status_code == 404


class TestNames:
    async def test_a_list_is_made(self, anna: httpx2.AsyncClient, gateway: FakeGateway) -> None:
        gateway.on("POST", API, recipient_list(), status=201)
        response = await anna.post("/recipient-list/create/", data={"name": " Customers "})
        assert response.headers["location"] == "/recipient-list/3/"
        assert gateway.asked("POST", API)[0].json == {"name": "Customers"}

    @pytest.mark.parametrize("path", ["/recipient-list/create/", "/recipient-list/3/update/"])
    async def test_a_name_that_is_taken_stays_typed(
        self, anna: httpx2.AsyncClient, gateway: FakeGateway, path: str
    ) -> None:
        for method, asked in (("POST", API), ("PATCH", f"{API}/3")):
            gateway.refuse(method, asked, 409, "list_name_taken", "Taken.")
        page = await anna.post(path, data={"name": "Friends"})
        assert page.status_code == 409
        assert 'value="Friends"' in page.text
        assert "Taken." in page.text

    async def test_renaming(self, anna: httpx2.AsyncClient, gateway: FakeGateway) -> None:
        gateway.on("PATCH", f"{API}/3", recipient_list())
        assert 'value="Customers"' in (await anna.get("/recipient-list/3/update/")).text
        response = await anna.post("/recipient-list/3/update/", data={"name": "New"})
        assert response.headers["location"] == "/recipient-list/3/"
        assert (await anna.post("/recipient-list/8/update/", data={"name": "N"})).status_code == 404

    async def test_deleting_asks_first(
        self, anna: httpx2.AsyncClient, gateway: FakeGateway
    ) -> None:
        gateway.on("DELETE", f"{API}/3", status=204)
        assert "its recipients stay" in (await anna.get("/recipient-list/3/delete/")).text
        response = await anna.post("/recipient-list/3/delete/")
        assert response.headers["location"] == "/recipient-lists/"


async def test_members_are_counted_in_pages(anna: httpx2.AsyncClient, gateway: FakeGateway) -> None:
    gateway.answers.pop(("GET", PEOPLE))
    gateway.on("GET", PEOPLE, listed(recipient(), total=50, pages=3, page=2))
    page = await anna.get("/recipient-list/3/?page=2")
    assert 'href="/recipient-list/3/?page=3"' in page.text
