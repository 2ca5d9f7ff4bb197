"""What managers see and decide."""

import pytest

from web_service.tests.accounts import text_of
from web_service.tests.conftest import SignIn
from web_service.tests.fake_gateway import FakeGateway
from web_service.tests.sendings.mailings import API, ELSE, SUBMITTED, mailing, page_of

ONE = f"{API}/17"
PAGES = ["/admin/sendings/", "/admin/approvals/", "/sending/17/reject/", "/sending/17/disable/"]


@pytest.mark.parametrize("path", PAGES)
async def test_customers_see_none_of_it(sign_in: SignIn, gateway: FakeGateway, path: str) -> None:
    browser = await sign_in("user")
    response = await browser.get(path)
    assert response.status_code == 403
    assert not [call for call in gateway.calls if call.path.startswith(API)]


async def test_the_queue_shows_what_waits(sign_in: SignIn, gateway: FakeGateway) -> None:
    browser = await sign_in("user", "manager")
    gateway.on("GET", API, page_of(mailing(ELSE, status="awaiting_approval")))
    page = await browser.get("/admin/approvals/?status=finished&everyone=false")
    assert "Tea of the week" in page.text
    [call] = gateway.asked("GET", API)
    assert (call.query["everyone"], call.query["status"]) == ("true", "awaiting_approval")


async def test_everybodys_mailings_are_filtered_by_the_address(
    sign_in: SignIn, gateway: FakeGateway
) -> None:
    browser = await sign_in("user", "manager")
    gateway.on("GET", API, page_of())
    assert "No mailing fits" in (await browser.get("/admin/sendings/?status=paused")).text
    [call] = gateway.asked("GET", API)
    assert call.query == {"everyone": "true", "status": "paused", "page": "1"}


async def test_a_manager_approves_what_the_page_has_shown(
    sign_in: SignIn, gateway: FakeGateway
) -> None:
    browser = await sign_in("user", "manager")
    waiting = mailing(ELSE, status="awaiting_approval", submitted=SUBMITTED, list_ids=None)
    gateway.on("GET", ONE, {**waiting, "recipient_ids": None, "message_id": None})
    page = await browser.get("/sending/17/")
    assert 'action="/sending/17/approve/"' in page.text
    assert "/sending/17/update/" not in page.text
    assert "/sending/17/delete/" not in page.text
    gateway.on("POST", f"{ONE}/approve", mailing(ELSE))
    response = await browser.post("/sending/17/approve/", data={"revision": "4"})
    assert (response.status_code, response.headers["location"]) == (303, "/admin/approvals/")
    [call] = gateway.asked("POST", f"{ONE}/approve")
    assert call.headers["if-match"] == '"4"'


async def test_what_was_changed_meanwhile_is_not_approved(
    sign_in: SignIn, gateway: FakeGateway
) -> None:
    browser = await sign_in("user", "manager")
    gateway.refuse("POST", f"{ONE}/approve", 412, "precondition_failed", "It has changed.")
    response = await browser.post("/sending/17/approve/", data={"revision": "4"})
    assert (response.status_code, response.headers["location"]) == (303, "/sending/17/")
    gateway.on("GET", ONE, mailing(ELSE, status="awaiting_approval"))
    assert "It has changed." in (await browser.get("/sending/17/")).text


@pytest.mark.parametrize("decision", ["reject", "disable"])
async def test_a_refusal_has_a_reason(sign_in: SignIn, gateway: FakeGateway, decision: str) -> None:
    browser = await sign_in("user", "manager")
    gateway.on("GET", ONE, mailing(ELSE, status="running"))
    path = f"/sending/17/{decision}/"
    assert "Its owner reads this." in text_of(await browser.get(path))
    gateway.refuse(
        "POST", f"{ONE}/{decision}", 422, "validation_failed", "Wrong.", {"reason": "Say why."}
    )
    page = await browser.post(path, data={"reason": " "})
    assert (page.status_code, "Why?: Say why." in page.text) == (422, True)
    gateway.answers.pop(("POST", f"{ONE}/{decision}"))
    gateway.on("POST", f"{ONE}/{decision}", mailing(ELSE))
    response = await browser.post(path, data={"reason": "{{ 7 * 7 }} <b>"})
    assert (response.status_code, response.headers["location"]) == (303, "/sending/17/")
    assert gateway.asked("POST", f"{ONE}/{decision}")[-1].json == {"reason": "{{ 7 * 7 }} <b>"}


async def test_a_reason_is_shown_as_it_was_written(sign_in: SignIn, gateway: FakeGateway) -> None:
    browser = await sign_in("user", "manager")
    gateway.on("GET", ONE, mailing(ELSE, status="rejected", reason="{{ 7 * 7 }} <b>no</b>"))
    page = await browser.get("/sending/17/")
    assert "{{ 7 * 7 }} &lt;b&gt;no&lt;/b&gt;" in page.text
