"""Mailings as their owner sees and writes them."""

from typing import Any
from uuid import UUID

import httpx2
import pytest

from web_service.models import BrowserSession
from web_service.sendings import actions, words
from web_service.tests.accounts import heading_of, text_of
from web_service.tests.conftest import SignIn
from web_service.tests.fake_gateway import FakeGateway
from web_service.tests.sendings.mailings import API, AUDIENCE, SUBMITTED, mailing, page_of

ONE = f"{API}/17"
TYPED = {
    "name": "Tea of the week",
    "purpose": "informing",
    "message_id": "3",
    "lists": ["5"],
    "addresses": "",
    "starts_at": "2026-12-01T09:00",
    "ends_at": "",
    "time_zone": "Europe/Moscow",
    "repeat": "weekly",
    "quiet_starts": "22:00",
    "quiet_ends": "08:00",
    "key": "a-key-of-the-form",
}


@pytest.fixture(autouse=True)
def choices(gateway: FakeGateway) -> None:
    """What the form offers."""
    gateway.on("GET", "/api/v1/messages", page_of({"id": 3, "subject": "<b>Tea</b>"}))
    gateway.on("GET", "/api/v1/recipient-lists", page_of({"id": 5, "name": "Friends"}))


async def me() -> UUID:
    return (await BrowserSession.get()).user_id


async def test_nobody_signed_in_is_asked_to(browser: httpx2.AsyncClient) -> None:
    for path in ("/sendings/", "/sending/create/", "/sending/17/", "/sending/17/update"):
        response = await browser.get(path)
        assert response.status_code == 303
        assert response.headers["location"].startswith("/users/login/?next=")


async def test_an_empty_list_says_what_to_do(sign_in: SignIn, gateway: FakeGateway) -> None:
    browser = await sign_in()
    gateway.on("GET", API, page_of())
    page = await browser.get("/sendings/")
    assert page.status_code == 200
    assert "No mailings yet" in page.text
    assert 'href="/sending/create/"' in page.text


async def test_the_list_asks_for_what_its_address_says(
    sign_in: SignIn, gateway: FakeGateway
) -> None:
    browser = await sign_in()
    counts = {"sent": 3, "failed": 1}
    gateway.on("GET", API, page_of(mailing(await me(), status="running", counts=counts)))
    page = await browser.get("/sendings/?status=running&purpose=nonsense&page=x&else=1")
    assert page.status_code == 200
    assert "Being sent" in page.text
    assert "3 / 4" in text_of(page)
    [call] = gateway.asked("GET", API)
    assert call.query == {"status": "running", "page": "1"}


async def test_what_is_written_is_submitted_under_the_key_of_the_form(
    sign_in: SignIn, gateway: FakeGateway
) -> None:
    browser = await sign_in()
    gateway.on("POST", API, mailing(await me()), status=201)
    response = await browser.post("/sending/create/", data={**TYPED, "then": "submit"})
    assert (response.status_code, response.headers["location"]) == (303, "/sending/17/")
    [call] = gateway.asked("POST", API)
    assert call.headers["idempotency-key"] == "a-key-of-the-form"
    assert call.json == {
        "name": "Tea of the week",
        "purpose": "informing",
        "message_id": 3,
        "list_ids": [5],
        "recipient_ids": [],
        "starts_at": "2026-12-01T09:00",
        "time_zone": "Europe/Moscow",
        "repeat": "weekly",
        "quiet_hours": {"starts": "22:00", "ends": "08:00"},
        "draft": False,
    }


async def test_a_lost_response_is_asked_for_again_under_the_same_key(
    sign_in: SignIn, gateway: FakeGateway
) -> None:
    browser = await sign_in()
    gateway.on("POST", API, status=502)
    gateway.on("POST", API, mailing(await me()), status=201)
    response = await browser.post("/sending/create/", data={**TYPED, "then": "submit"})
    assert response.status_code == 303
    keys = [call.headers["idempotency-key"] for call in gateway.asked("POST", API)]
    assert keys == ["a-key-of-the-form"] * 2


async def test_mistakes_stand_beside_their_fields_and_what_was_typed_stays(
    sign_in: SignIn, gateway: FakeGateway
) -> None:
    browser = await sign_in()
    wrong = {"list_ids": "Choose a list.", "quiet_hours.ends": "Must be a time.", "other": "Hm."}
    gateway.refuse("POST", API, 422, "validation_failed", "Wrong.", wrong)
    page = await browser.post(
        "/sending/create/", data={**TYPED, "name": "<script>alert(1)</script>"}
    )
    assert page.status_code == 422
    assert '<a href="#field-lists">Lists: Choose a list.</a>' in page.text
    assert "Must be a time." in page.text
    assert "Hm." in page.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page.text
    assert "<script>alert(1)" not in page.text
    assert "&lt;b&gt;Tea&lt;/b&gt;" in page.text


async def test_recipients_are_chosen_by_their_address(
    sign_in: SignIn, gateway: FakeGateway
) -> None:
    browser = await sign_in()
    found = page_of(
        {"id": 8, "email": "vera@example.com"}, {"id": 9, "email": "vera@example.com.au"}
    )
    gateway.on("GET", "/api/v1/recipients", found)
    gateway.on("POST", API, mailing(await me()), status=201)
    typed = {**TYPED, "addresses": "Vera@example.com\n\n"}
    assert (await browser.post("/sending/create/", data=typed)).status_code == 303
    [call] = gateway.asked("POST", API)
    assert (call.json["recipient_ids"], call.json["draft"]) == ([8], True)
    page = await browser.post("/sending/create/", data={**TYPED, "addresses": "nobody@example.com"})
    assert page.status_code == 422
    assert "nobody@example.com is not among your recipients." in page.text
    assert len(gateway.asked("POST", API)) == 1


@pytest.mark.parametrize("status", words.STATUS_TONES)
async def test_every_status_has_its_page_and_only_its_buttons(
    sign_in: SignIn, gateway: FakeGateway, status: str
) -> None:
    browser = await sign_in()
    shown = mailing(await me(), status=status, counts={"failed": 1, "sent": 2})
    gateway.on("GET", ONE, shown)
    page = await browser.get("/sending/17/")
    assert page.status_code == 200
    assert words.statuses(str)[status] in page.text
    for name in actions.OF_OWNER.keys() - {"update"}:
        is_there = f'action="/sending/17/{name}/"' in page.text
        assert is_there == (status in actions.OF_OWNER[name]), name
    assert ('hx-trigger="every 5s"' in page.text) == (status in actions.MOVING)


async def test_before_it_is_submitted_it_says_how_many_it_reaches(
    sign_in: SignIn, gateway: FakeGateway
) -> None:
    browser = await sign_in()
    gateway.on("GET", ONE, mailing(await me(), audience=AUDIENCE, submitted=SUBMITTED))
    page = text_of(await browser.get("/sending/17/"))
    assert "970 people will get an email." in page
    assert "12 have unsubscribed" in page
    assert "3 have no value of {{city}}" in page


async def test_the_submitted_email_is_in_a_frame_that_runs_nothing(
    sign_in: SignIn, gateway: FakeGateway
) -> None:
    browser = await sign_in()
    gateway.on("GET", ONE, mailing(await me(), submitted=SUBMITTED))
    page = await browser.get("/sending/17/")
    assert '<iframe class="preview" sandbox src="/sending/17/preview/"' in page.text
    gateway.on("GET", f"{ONE}/preview", {"html": "<p>Tea</p>", "text": "Tea", "subject": "Tea"})
    frame = await browser.get("/sending/17/preview/")
    assert frame.text == "<p>Tea</p>"
    policy = frame.headers["content-security-policy"]
    assert policy.startswith("sandbox; default-src 'none'")
    assert "frame-ancestors 'self'" in policy


async def test_a_change_says_what_it_was_made_of(sign_in: SignIn, gateway: FakeGateway) -> None:
    browser = await sign_in()
    gateway.on("GET", ONE, mailing(await me()))
    page = await browser.get("/sending/17/update/")
    assert heading_of(page) == "Change the mailing"
    assert 'value="2026-12-01T09:00"' in page.text
    assert '<input type="hidden" name="revision" value="4">' in page.text
    gateway.on("PATCH", ONE, mailing(await me()))
    gateway.refuse("POST", f"{ONE}/submit", 409, "nobody_to_reach", "It would reach nobody.")
    typed = {**TYPED, "revision": "4", "then": "submit"}
    response = await browser.post("/sending/17/update/", data=typed)
    assert response.status_code == 303
    [call] = gateway.asked("PATCH", ONE)
    assert call.headers["if-match"] == '"4"'
    assert "It would reach nobody." in (await browser.get("/sending/17/")).text


async def test_somebody_who_was_quicker_is_said_and_what_was_typed_stays(
    sign_in: SignIn, gateway: FakeGateway
) -> None:
    browser = await sign_in()
    gateway.refuse("PATCH", ONE, 412, "precondition_failed", "It was changed meanwhile.")
    page = await browser.post(
        "/sending/17/update/", data={**TYPED, "name": "Mine", "revision": "4"}
    )
    assert page.status_code == 412
    assert "It was changed meanwhile." in page.text
    assert 'value="Mine"' in page.text


@pytest.mark.parametrize("name", ["pause", "resume", "finish", "retry", "submit"])
async def test_a_button_does_one_thing_and_says_so(
    sign_in: SignIn, gateway: FakeGateway, name: str
) -> None:
    browser = await sign_in()
    path = f"{ONE}/{'retry-failed' if name == 'retry' else name}"
    gateway.on("GET", ONE, mailing(await me(), status="running"))
    gateway.on("POST", path, mailing(await me()))
    response = await browser.post(f"/sending/17/{name}/", data={"key": "k"})
    assert (response.status_code, response.headers["location"]) == (303, "/sending/17/")
    assert len(gateway.asked("POST", path)) == 1
    assert 'role="status"' in (await browser.get("/sending/17/")).text


async def test_a_button_that_comes_too_late_says_why(sign_in: SignIn, gateway: FakeGateway) -> None:
    browser = await sign_in()
    gateway.on("GET", ONE, mailing(await me(), status="finished"))
    gateway.refuse("POST", f"{ONE}/pause", 409, "status_forbids", "It is finished.")
    assert (await browser.post("/sending/17/pause/")).status_code == 303
    assert "It is finished." in (await browser.get("/sending/17/")).text


async def test_deleting_is_asked_first(sign_in: SignIn, gateway: FakeGateway) -> None:
    browser = await sign_in()
    gateway.on("GET", ONE, mailing(await me()))
    gateway.on("DELETE", ONE, status=204)
    assert "Delete “Tea of the week”?" in (await browser.get("/sending/17/delete/")).text
    assert not gateway.asked("DELETE", ONE)
    response = await browser.post("/sending/17/delete/")
    assert (response.status_code, response.headers["location"]) == (303, "/sendings/")


@pytest.mark.parametrize("path", ["0", "-1", "1e3", "x", "17.5", "9" * 30, "١٧"])
async def test_what_is_no_number_is_a_404_and_asks_nothing(
    sign_in: SignIn, gateway: FakeGateway, path: str
) -> None:
    browser = await sign_in()
    calls = len(gateway.calls)
    assert (await browser.get(f"/sending/{path}/")).status_code == 404
    assert len(gateway.calls) == calls


async def test_another_persons_mailing_is_a_404(sign_in: SignIn, gateway: FakeGateway) -> None:
    browser = await sign_in()
    assert (await browser.get("/sending/17/")).status_code == 404


def test_every_word_has_its_tone() -> None:
    known: Any = words.statuses(str).keys() | words.states(str).keys()
    assert known == words.STATUS_TONES.keys() | words.STATE_TONES.keys()


async def test_russian_readers_get_russian_with_its_three_plurals(
    sign_in: SignIn, gateway: FakeGateway
) -> None:
    browser = await sign_in(language="ru")
    for reached, said in ((1, "1 человек"), (3, "3 человека"), (25, "25 человек")):
        gateway.answers.pop(("GET", ONE), None)
        audience = {**AUDIENCE, "reached": reached}
        gateway.on("GET", ONE, mailing(await me(), audience=audience))
        page = text_of(await browser.get("/sending/17/"))
        assert said in page
        assert "Черновик" in page


async def test_an_email_that_is_not_confirmed_leads_to_the_page_for_it(
    sign_in: SignIn, gateway: FakeGateway
) -> None:
    browser = await sign_in()
    gateway.refuse("GET", API, 403, "email_not_verified", "Verify, then refresh your token.")
    page = await browser.get("/sendings/")
    assert (page.status_code, heading_of(page)) == (403, "Confirm your email")
    assert 'href="/users/confirm-email/"' in page.text
    assert "refresh your token" not in page.text
