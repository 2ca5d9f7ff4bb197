"""One's own page, and the change of name, language, time zone, email and phone."""

from uuid import uuid4

import httpx2
import pytest

from web_service.models import BrowserSession
from web_service.tests.accounts import ME, heading_of, text_of
from web_service.tests.conftest import SignIn
from web_service.tests.fake_gateway import FakeGateway
from web_service.tests.profile.conftest import Anna

TYPED = {"full_name": "Анна Ёлкина", "language": "ru", "time_zone": "Asia/Tokyo"}
SECRET = "Open:Sesame1"


async def test_the_page_shows_the_account(anna: Anna) -> None:
    browser, somebody = await anna(is_email_verified=False)
    page = await browser.get(f"/users/{somebody['id']}/")
    assert page.status_code == 200
    assert heading_of(page) == "Анна Петрова"
    for text in ("anna@example.com", "+79161234567", "Europe/Moscow", "not confirmed"):
        assert text in text_of(page)
    assert page.headers["cache-control"] == "no-store"


async def test_me_leads_to_ones_own_page(anna: Anna) -> None:
    browser, somebody = await anna()
    response = await browser.get("/users/me")
    assert response.headers["location"] == f"/users/{somebody['id']}/"


async def test_what_auth_says_renews_the_session(anna: Anna, gateway: FakeGateway) -> None:
    browser, somebody = await anna()
    gateway.answers.clear()
    gateway.on("GET", ME, {**somebody, "full_name": "Анна Ёлкина"})
    await browser.get(f"/users/{somebody['id']}/")
    assert (await BrowserSession.get()).full_name == "Анна Ёлкина"


PARTS = ["{}/sessions/", "{}/delete/", "update/{}/", "update/{}/email/", "update/{}/phone/"]
SENT = [
    "{}/sessions/end-others/",
    f"{{}}/sessions/{uuid4()}/end/",
    "{}/delete/",
    "update/{}/",
    "update/{}/email/",
    "update/{}/phone/",
]


@pytest.mark.parametrize("path", ["{}/", *PARTS])
async def test_anothers_id_leads_to_nothing(anna: Anna, gateway: FakeGateway, path: str) -> None:
    browser, _ = await anna()
    page = await browser.get(f"/users/{path.format(uuid4())}")
    assert page.status_code == 404
    assert not gateway.calls


@pytest.mark.parametrize("path", SENT, ids=range(len(SENT)))
async def test_a_form_with_anothers_id_changes_nothing(
    anna: Anna, gateway: FakeGateway, path: str
) -> None:
    browser, somebody = await anna()
    data = {**TYPED, "id": somebody["id"], "user_id": somebody["id"], "current_password": SECRET}
    page = await browser.post(f"/users/{path.format(uuid4())}", data=data)
    assert page.status_code == 404
    assert not gateway.calls


@pytest.mark.parametrize("path", ["", "x", "0", "..%2f", "me/delete", "%00", "' OR 1=1"])
async def test_an_id_that_is_none_leads_to_nothing(anna: Anna, path: str) -> None:
    browser, _ = await anna()
    assert (await browser.get(f"/users/{path}/")).status_code in {403, 404}


async def test_a_change_is_stored_and_shown(anna: Anna, gateway: FakeGateway) -> None:
    browser, somebody = await anna()
    path = f"/users/update/{somebody['id']}/"
    form = await browser.get(path)
    assert 'value="Анна Петрова"' in form.text
    assert '<option value="Europe/Moscow" selected>' in form.text

    gateway.on("PATCH", ME, {**somebody, **TYPED})
    more = {"id": str(uuid4()), "roles": "admin", "email": "evil@example.com"}
    response = await browser.post(path, data={**TYPED, **more})

    assert response.headers["location"] == f"/users/{somebody['id']}/"
    assert gateway.asked("PATCH", ME)[0].json == TYPED
    session = await BrowserSession.get()
    assert session.full_name == "Анна Ёлкина"
    assert (session.language, session.time_zone) == ("ru", "Asia/Tokyo")
    assert session.notices == [["success", "Сохранено."]]


async def test_what_is_wrong_stands_beside_its_field(anna: Anna, gateway: FakeGateway) -> None:
    browser, somebody = await anna()
    mistakes = {"full_name": "Too long", "time_zone": "Must be a time zone"}
    gateway.refuse("PATCH", ME, 422, "validation_error", fields=mistakes)
    name = '"><script>alert(1)</script>'
    typed = {**TYPED, "full_name": name, "time_zone": "Mars/Olympus"}
    page = await browser.post(f"/users/update/{somebody['id']}/", data=typed)
    assert page.status_code == 422
    for field in mistakes:
        assert f'href="#field-{field}"' in page.text
    assert "<script>alert" not in page.text


@pytest.mark.parametrize(
    ("part", "status", "leads_to"), [("email", 202, "/users/confirm-email/"), ("phone", 204, None)]
)
async def test_email_and_phone_need_the_password(
    anna: Anna, gateway: FakeGateway, part: str, status: int, leads_to: str | None
) -> None:
    browser, somebody = await anna()
    path = f"/users/update/{somebody['id']}/{part}/"
    assert somebody[part] in text_of(await browser.get(path))
    gateway.refuse("POST", f"{ME}/{part}", 403, "wrong_password", "Not right.")
    gateway.on("POST", f"{ME}/{part}", status=status)
    typed = {part: " new ", "current_password": f" {SECRET} "}

    page = await browser.post(path, data=typed)
    assert page.status_code == 403
    assert 'href="#field-current_password"' in page.text
    assert SECRET not in page.text
    assert 'value=" new "' in page.text

    response = await browser.post(path, data=typed)
    assert response.headers["location"] == (leads_to or f"/users/{somebody['id']}/")
    expected = {part: "new", "current_password": f" {SECRET} "}
    assert gateway.asked("POST", f"{ME}/{part}")[1].json == expected


@pytest.mark.parametrize(
    ("part", "error"),
    [("email", "email_taken"), ("email", "email_unchanged"), ("phone", "phone_taken")],
)
async def test_what_is_taken_stands_beside_its_field(
    anna: Anna, gateway: FakeGateway, part: str, error: str
) -> None:
    browser, somebody = await anna()
    gateway.refuse("POST", f"{ME}/{part}", 409, error)
    page = await browser.post(f"/users/update/{somebody['id']}/{part}/", data={part: "x"})
    assert page.status_code == 409
    assert f'href="#field-{part}"' in page.text


async def test_too_many_guesses_say_how_long_to_wait(anna: Anna, gateway: FakeGateway) -> None:
    browser, somebody = await anna()
    said = {"code": 429, "error": "too_many_tries", "message": "Too many."}
    gateway.on("POST", f"{ME}/phone", said, status=429, headers={"Retry-After": "300"})
    page = await browser.post(f"/users/update/{somebody['id']}/phone/", data={"phone": "1"})
    assert (page.status_code, page.headers["retry-after"]) == (429, "300")
    assert "Try again in 5 minutes." in text_of(page)


async def test_auth_away_is_a_page(sign_in: SignIn, gateway: FakeGateway) -> None:
    browser = await sign_in()
    gateway.refuse("GET", ME, 503, "service_unavailable")
    session = await BrowserSession.get()
    assert (await browser.get(f"/users/{session.user_id}/")).status_code == 503


async def test_a_stranger_signs_in_first(browser: httpx2.AsyncClient) -> None:
    path = f"/users/{uuid4()}/"
    response = await browser.get(path)
    assert response.headers["location"] == f"/users/login/?next={path}"
