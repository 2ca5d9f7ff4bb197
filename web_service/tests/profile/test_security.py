"""Password, sessions, and the end of an account."""

from uuid import uuid4

import pytest

from web_service.models import BrowserSession
from web_service.people.browsers import browser_name
from web_service.tests.accounts import ME, set_cookies, text_of
from web_service.tests.conftest import SignIn
from web_service.tests.fake_gateway import FakeGateway
from web_service.tests.profile.conftest import Anna
from web_service.tests.verification.test_verification import refreshes

PASSWORD = "/users/password-change/"
CHANGE = "/api/v1/auth/password/change"
SESSIONS = "/api/v1/auth/sessions"
TYPED = {
    "current_password": "Open:Sesame1",
    "password": "Open:Sesame2",
    "password_confirmation": "Open:Sesame2",
}


async def test_a_new_password_gets_new_tokens_and_another_cookie(
    anna: Anna, gateway: FakeGateway
) -> None:
    browser, somebody = await anna()
    before = await BrowserSession.get()
    gateway.on("POST", CHANGE, status=204)
    gateway.answers.pop(("GET", ME))
    refreshes(gateway, before)
    assert (await browser.get(PASSWORD)).text.count('autocomplete="new-password"') == 2

    response = await browser.post(PASSWORD, data=TYPED)

    assert response.headers["location"] == f"/users/{somebody['id']}/"
    assert gateway.asked("POST", CHANGE)[0].json == TYPED
    after = await BrowserSession.get()
    assert after.id_hash != before.id_hash
    assert bytes(after.sealed_tokens) != bytes(before.sealed_tokens)
    assert "vitrina" in set_cookies(response)


async def test_all_mistakes_of_a_password_are_said(anna: Anna, gateway: FakeGateway) -> None:
    browser, _ = await anna()
    mistakes = {"password": "Too easy.", "password_confirmation": "Must repeat it."}
    gateway.refuse("POST", CHANGE, 422, "validation_error", fields=mistakes)
    page = await browser.post(PASSWORD, data=TYPED)
    assert page.status_code == 422
    assert "Too easy." in text_of(page)
    assert "Must repeat it." in text_of(page)
    assert "Sesame" not in page.text


async def test_who_must_change_the_password_sees_that_page_alone(
    anna: Anna, gateway: FakeGateway
) -> None:
    browser, _ = await anna()
    await BrowserSession.all().update(must_change_password=True)
    for path in ("/", "/users/me/", "/terms/", "/users/register/"):
        assert (await browser.get(path)).headers["location"] == PASSWORD
    page = await browser.get(PASSWORD)
    assert "You were given your password." in text_of(page)

    gateway.on("POST", CHANGE, status=204)
    gateway.refuse("POST", "/api/v1/auth/refresh", 503, "service_unavailable")
    assert (await browser.post(PASSWORD, data=TYPED)).status_code == 303
    gateway.answers.clear()
    refreshes(gateway, await BrowserSession.get())
    response = await browser.get(PASSWORD)
    assert response.headers["location"] == "/", "auth is back, and says that it is changed"


def running(**changes: object) -> dict[str, object]:
    firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    return {
        "id": str(uuid4()),
        "user_agent": firefox,
        "address": "192.0.2.1",
        "last_user_agent": firefox,
        "last_address": "192.0.2.2",
        "created_at": "2026-11-29T10:00:00Z",
        "last_used_at": "2026-11-30T10:00:00Z",
        "expires_at": "2026-12-14T10:00:00Z",
        "is_current": False,
        **changes,
    }


async def test_sessions_are_listed_and_ended(anna: Anna, gateway: FakeGateway) -> None:
    browser, somebody = await anna()
    one, other = running(is_current=True), running(last_user_agent="<script>alert(1)</script>")
    gateway.on("GET", SESSIONS, [one, other])
    path = f"/users/{somebody['id']}/sessions/"

    page = await browser.get(path)
    assert "2 sessions" in text_of(page)
    assert "Firefox, Linux this one" in text_of(page)
    assert "13:00" in text_of(page)
    assert "<script>alert" not in page.text
    assert f"{one['id']}/end/" not in page.text

    gateway.on("DELETE", f"{SESSIONS}/{other['id']}", status=204)
    gateway.on("DELETE", SESSIONS, status=204)
    for sent in (f"{path}{other['id']}/end/", f"{path}end-others/"):
        assert (await browser.post(sent)).headers["location"] == path
    assert len(gateway.asked("DELETE", f"{SESSIONS}/{other['id']}")) == 1
    assert len(gateway.asked("DELETE", SESSIONS)) == 1


async def test_a_session_that_has_ended_already_has(anna: Anna) -> None:
    browser, somebody = await anna()
    path = f"/users/{somebody['id']}/sessions/"
    assert (await browser.post(f"{path}{uuid4()}/end/")).headers["location"] == path


async def test_getting_a_link_ends_no_session(anna: Anna, gateway: FakeGateway) -> None:
    browser, somebody = await anna()
    path = f"/users/{somebody['id']}/sessions/"
    for end in (f"{path}{uuid4()}/end/", f"{path}end-others/"):
        assert (await browser.get(end)).status_code == 405
    assert not gateway.calls


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit Chrome/140 Safari/537 Edg/140",
            "Edge, Windows",
        ),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18) AppleWebKit CriOS/140 Safari", "Chrome, iPhone"),
        ("Mozilla/5.0 (Linux; Android 16) AppleWebKit Chrome/140 Safari/537", "Chrome, Android"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X) AppleWebKit Safari/605", "Safari, macOS"),
        ("curl/8.0", "curl/8.0"),
        ("x" * 500, "x" * 60),
        ("", "A program that does not say its name"),
    ],
    ids=range(7),
)
def test_browsers_have_names(user_agent: str, name: str) -> None:
    assert browser_name(user_agent, str) == name


async def test_an_account_is_deleted_with_the_password(anna: Anna, gateway: FakeGateway) -> None:
    browser, somebody = await anna()
    path = f"/users/{somebody['id']}/delete/"
    assert "your name, email and phone" in text_of(await browser.get(path))
    gateway.refuse("DELETE", ME, 403, "wrong_password", "Not right.")
    gateway.on("DELETE", ME, status=204)
    typed = {"current_password": "Open:Sesame1"}

    page = await browser.post(path, data=typed)
    assert page.status_code == 403
    assert 'href="#field-current_password"' in page.text
    assert await BrowserSession.all().count() == 1

    response = await browser.post(path, data=typed)
    assert response.headers["location"] == "/users/login/?said=deleted"
    assert response.headers["clear-site-data"] == '"cache", "storage"'
    assert "max-age=0" in set_cookies(response)["vitrina"]
    assert gateway.asked("DELETE", ME)[1].json == typed
    assert not await BrowserSession.all()
    assert "Your account is deleted." in text_of(await browser.get("/users/login/?said=deleted"))


async def test_the_last_administrator_stays(sign_in: SignIn, gateway: FakeGateway) -> None:
    browser = await sign_in("user", "admin")
    session = await BrowserSession.get()
    gateway.refuse("DELETE", ME, 409, "last_administrator", "Appoint another one first.")
    page = await browser.post(f"/users/{session.user_id}/delete/", data={"current_password": "x"})
    assert page.status_code == 409
    assert "Appoint another one first." in text_of(page)
