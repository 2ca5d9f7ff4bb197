"""Addresses that are never written to, as pages."""

import httpx2
import pytest

from web_service.tests.conftest import SignIn
from web_service.tests.fake_gateway import FakeGateway
from web_service.tests.mailing_data import HOSTILE, listed, suppression

API = "/api/v1/suppressions"
ONE = "/suppression/9/delete/"


@pytest.fixture
def scripted(gateway: FakeGateway) -> FakeGateway:
    own = suppression(id=10, email="left@example.com", reason="unsubscribed")
    gateway.on("GET", API, listed(suppression(), own))
    gateway.on("GET", f"{API}/9", suppression())
    gateway.on("POST", API, suppression(), status=201)
    gateway.on("DELETE", f"{API}/9", status=204)
    return gateway


@pytest.fixture
async def anna(sign_in: SignIn, scripted: FakeGateway) -> httpx2.AsyncClient:
    assert scripted
    return await sign_in()


@pytest.fixture
async def admin(sign_in: SignIn, scripted: FakeGateway) -> httpx2.AsyncClient:
    assert scripted
    return await sign_in("user", "admin")


async def test_the_list(anna: httpx2.AsyncClient) -> None:
    page = await anna.get("/suppressions")
    assert "gone@example.com" in page.text
    assert "Added by hand" in page.text
    assert 'href="/suppression/9/delete/"' in page.text
    assert 'href="/suppression/10/delete/"' not in page.text
    assert "For everybody" not in page.text


async def test_a_reason_is_a_filter(anna: httpx2.AsyncClient, scripted: FakeGateway) -> None:
    await anna.get("/suppressions/?reason=manual")
    await anna.get("/suppressions/?reason=none&everyone=true")
    assert [call.query for call in scripted.asked("GET", API)] == [
        {"reason": "manual", "page": "1"},
        {"page": "1"},
    ]


async def test_an_administrator_sees_those_of_everybody(
    admin: httpx2.AsyncClient, scripted: FakeGateway
) -> None:
    page = await admin.get("/suppressions/?everyone=true")
    assert scripted.asked("GET", API)[0].query == {"everyone": "true", "page": "1"}
    assert 'href="/suppression/10/delete/?everyone=true"' in page.text


@pytest.mark.parametrize("ticked", [True, False])
async def test_adding(admin: httpx2.AsyncClient, scripted: FakeGateway, *, ticked: bool) -> None:
    typed = {"email": " gone@example.com ", **({"everyone": "on"} if ticked else {})}
    response = await admin.post("/suppressions/", data=typed)
    assert scripted.asked("POST", API)[0].json == {"email": "gone@example.com", "everyone": ticked}
    expected = "/suppressions/?everyone=true" if ticked else "/suppressions/"
    assert response.headers["location"] == expected


async def test_only_administrators_add_for_everybody(
    anna: httpx2.AsyncClient, scripted: FakeGateway
) -> None:
    await anna.post("/suppressions/", data={"email": "a@example.com", "everyone": "on"})
    assert scripted.asked("POST", API)[0].json["everyone"] is False


async def test_what_is_no_address_stays_typed(
    anna: httpx2.AsyncClient, scripted: FakeGateway
) -> None:
    scripted.answers.pop(("POST", API))
    scripted.refuse("POST", API, 422, "unprocessable_entity", fields={"email": "Bad."})
    page = await anna.post("/suppressions/", data={"email": HOSTILE})
    assert page.status_code == 422
    assert "Email: Bad." in page.text
    assert "<script>alert" not in page.text
    assert "gone@example.com" in page.text


async def test_a_page_asks_before_an_address_is_written_to_again(
    anna: httpx2.AsyncClient, scripted: FakeGateway
) -> None:
    assert "gone@example.com again?" in (await anna.get(ONE)).text
    assert scripted.asked("DELETE", f"{API}/9") == []
    assert (await anna.post(ONE)).headers["location"] == "/suppressions/"
    assert len(scripted.asked("DELETE", f"{API}/9")) == 1


async def test_for_everybody_it_stays_with_everybody(
    admin: httpx2.AsyncClient, scripted: FakeGateway
) -> None:
    assert (
        'action="/suppression/9/delete/?everyone=true"'
        in (await admin.get(f"{ONE}?everyone=true")).text
    )
    await admin.post(f"{ONE}?everyone=true")
    assert scripted.asked("DELETE", f"{API}/9")[0].query == {"everyone": "true"}


async def test_what_the_recipient_asked_for_stays(
    anna: httpx2.AsyncClient, scripted: FakeGateway
) -> None:
    scripted.refuse("DELETE", f"{API}/10", 409, "suppression_is_the_recipients", "They left.")
    response = await anna.post("/suppression/10/delete/")
    assert response.headers["location"] == "/suppressions/"
    assert "They left." in (await anna.get("/suppressions/")).text


async def test_another_persons_is_nowhere(anna: httpx2.AsyncClient) -> None:
    for path in ("/suppression/11/delete/", "/suppression/x/delete/"):
        assert (await anna.get(path)).status_code == 404
        assert (await anna.post(path)).status_code == 404


async def test_an_empty_list_and_an_erased_address(
    anna: httpx2.AsyncClient, scripted: FakeGateway
) -> None:
    scripted.answers.pop(("GET", API))
    scripted.on("GET", API, listed(suppression(email=None)))
    scripted.on("GET", API, listed())
    assert "Erased at its owner" in (await anna.get("/suppressions/")).text
    assert "No address stands here" in (await anna.get("/suppressions/")).text


async def test_addresses_of_everybody_are_masked_until_an_administrator_asks(
    admin: httpx2.AsyncClient, scripted: FakeGateway
) -> None:
    page = await admin.get("/suppressions/?everyone=true")
    assert "Show whole addresses" in page.text
    assert "The audit log says that you did." in page.text
    await admin.get("/suppressions/?everyone=true&full_addresses=true")
    await admin.get("/suppressions/?full_addresses=true")
    assert [call.query for call in scripted.asked("GET", API)] == [
        {"everyone": "true", "page": "1"},
        {"everyone": "true", "full_addresses": "true", "page": "1"},
        {"page": "1"},
    ]


async def test_others_are_not_offered_whole_addresses(
    anna: httpx2.AsyncClient, scripted: FakeGateway
) -> None:
    page = await anna.get("/suppressions/?everyone=true&full_addresses=true")
    assert "Show whole addresses" not in page.text
    assert scripted.asked("GET", API)[0].query == {"page": "1"}


async def test_one_is_looked_for_by_its_address(
    anna: httpx2.AsyncClient, scripted: FakeGateway
) -> None:
    page = await anna.get("/suppressions/?q=+gone@example.com")
    assert scripted.asked("GET", API)[0].query == {"email": "gone@example.com", "page": "1"}
    assert 'value="gone@example.com"' in page.text


async def test_what_is_looked_for_and_is_no_address_stays_typed(
    anna: httpx2.AsyncClient, scripted: FakeGateway
) -> None:
    scripted.answers.pop(("GET", API))
    scripted.refuse("GET", API, 422, "validation_failed", fields={"email": "Whole, please."})
    page = await anna.get("/suppressions/", params={"q": HOSTILE})
    assert page.status_code == 422
    assert "Whole address: Whole, please." in page.text
    assert "<script>alert" not in page.text
