"""Messages as pages."""

import httpx2
import pytest

from web_service.models import BrowserSession, KeptForm
from web_service.security.headers import CONTENT_SECURITY_POLICY, PREVIEW_POLICY
from web_service.tests.conftest import SignIn, person
from web_service.tests.fake_gateway import FakeGateway
from web_service.tests.mailing_data import HOSTILE, MOMENT, listed, message, recipient

API = "/api/v1/messages"
ANNA = "0b1f5e2c-8d0c-4a55-b2d8-9fbb3a3f4d10"
TYPED = {
    "subject": " Tea ",
    "preheader": "Three sorts",
    "body": "  Hello {{full_name}}\r\n\r\n* one\r\n",
    "language": "ru",
}
EMAIL = {
    "subject": "Tea is here",
    "html": "<html><body style='color:red'><p>Hello Борис</p></body></html>",
    "text": "Hello Борис\n<b>as text</b>",
    "size": 1234,
    "missing_fields": [],
    "warnings": [],
}
TEST = {
    "id": 11,
    "email": "anna@example.com",
    "state": "pending",
    "code": None,
    "response": None,
    "created_at": MOMENT,
    "expires_at": MOMENT,
}


@pytest.fixture
def scripted(gateway: FakeGateway) -> FakeGateway:
    gateway.on("GET", "/api/v1/users/me", person())
    gateway.on("GET", API, listed(message()))
    gateway.on("GET", f"{API}/5", message())
    gateway.on("POST", API, message(), status=201)
    gateway.on("PATCH", f"{API}/5", message(revision=5))
    gateway.on("DELETE", f"{API}/5", status=204)
    gateway.on("POST", f"{API}/5/copy", message(id=6), status=201)
    gateway.on("POST", f"{API}/5/preview", EMAIL)
    gateway.on("POST", f"{API}/5/test", TEST, status=202)
    gateway.on("GET", f"{API}/5/tests/11", TEST)
    gateway.on("GET", "/api/v1/recipients", listed(recipient()))
    return gateway


@pytest.fixture
async def anna(sign_in: SignIn, scripted: FakeGateway) -> httpx2.AsyncClient:
    assert scripted
    return await sign_in()


class TestTheList:
    async def test_it_shows_what_there_is(self, anna: httpx2.AsyncClient) -> None:
        page = await anna.get("/messages")
        assert '<a href="/message/5/">Tea is here</a>' in page.text
        assert "1 message<" in page.text

    async def test_an_empty_one_says_what_to_do(
        self, anna: httpx2.AsyncClient, scripted: FakeGateway
    ) -> None:
        scripted.answers.pop(("GET", API))
        scripted.on("GET", API, listed())
        assert "/message/create/" in (await anna.get("/messages/")).text


class TestOne:
    async def test_it_is_shown_as_a_recipient_gets_it(
        self, anna: httpx2.AsyncClient, scripted: FakeGateway
    ) -> None:
        page = await anna.get("/message/5/?recipient=7")
        assert scripted.asked("POST", f"{API}/5/preview")[0].json == {"recipient_id": 7}
        assert 'src="/message/5/preview/?recipient=7"' in page.text
        assert "&lt;b&gt;as text&lt;/b&gt;" in page.text
        assert '<option value="7" selected>Борис · boris@example.com' in page.text
        assert page.headers["content-security-policy"] == CONTENT_SECURITY_POLICY

    async def test_a_frame_is_sandboxed(self, anna: httpx2.AsyncClient) -> None:
        for path in ("/message/5/", "/message/5/update/"):
            page = await anna.get(path)
            assert 'sandbox title="Preview of the email"' in page.text
            assert "allow-" not in page.text

    async def test_what_a_recipient_lacks_and_what_is_too_large(
        self, anna: httpx2.AsyncClient, scripted: FakeGateway
    ) -> None:
        scripted.answers.pop(("POST", f"{API}/5/preview"))
        warnings = [{"warning": "email_too_large", "message": "Too large for Gmail"}]
        email = {**EMAIL, "missing_fields": ["city"], "warnings": warnings}
        scripted.on("POST", f"{API}/5/preview", email)
        page = await anna.get("/message/5/")
        assert "for want of these fields: city" in page.text
        assert "Too large for Gmail" in page.text

    async def test_hostile_texts_are_text(
        self, anna: httpx2.AsyncClient, scripted: FakeGateway
    ) -> None:
        scripted.answers.pop(("GET", f"{API}/5"))
        scripted.on("GET", f"{API}/5", message(subject=HOSTILE, body=HOSTILE, preheader=HOSTILE))
        for path in ("/message/5/", "/message/5/update/", "/message/5/delete/"):
            page = await anna.get(path)
            assert page.status_code == 200
            assert "<script>alert" not in page.text
            assert "{{ 7*7 }} {% raw %}" in page.text

    @pytest.mark.parametrize("path", ["/message/8/", "/message/8/update/", "/message/x/delete/"])
    async def test_another_persons_is_nowhere(self, anna: httpx2.AsyncClient, path: str) -> None:
        assert (await anna.get(path)).status_code == 404


class TestPreviews:
    async def test_what_people_wrote_stands_alone_with_its_own_policy(
        self, anna: httpx2.AsyncClient, scripted: FakeGateway
    ) -> None:
        frame = await anna.get("/message/5/preview/?recipient=7")
        assert frame.text == EMAIL["html"]
        assert frame.headers["content-security-policy"] == PREVIEW_POLICY
        assert frame.headers["cache-control"] == "no-store"
        assert scripted.asked("POST", f"{API}/5/preview")[0].json == {"recipient_id": 7}

    async def test_a_text_that_is_not_saved(
        self, anna: httpx2.AsyncClient, scripted: FakeGateway
    ) -> None:
        frame = await anna.post("/message/5/preview/", files=as_parts(TYPED))
        assert frame.text == EMAIL["html"]
        assert frame.headers["content-security-policy"] == PREVIEW_POLICY
        assert scripted.asked("POST", f"{API}/5/preview")[0].json == {
            "subject": "Tea",
            "preheader": "Three sorts",
            "body": "  Hello {{full_name}}\n\n* one\n",
            "language": "ru",
        }
        assert scripted.asked("PATCH", f"{API}/5") == []

    async def test_a_message_that_is_not_stored_yet(
        self, anna: httpx2.AsyncClient, scripted: FakeGateway
    ) -> None:
        editor = await anna.get("/message/create/")
        assert 'formaction="/message/create/preview/" formtarget="preview"' in editor.text
        assert 'name="preview" sandbox title="Preview of the email"></iframe>' in editor.text
        scripted.on("POST", f"{API}/preview", EMAIL)
        frame = await anna.post("/message/create/preview/", files=as_parts(TYPED))
        assert frame.text == EMAIL["html"]
        assert frame.headers["content-security-policy"] == PREVIEW_POLICY
        assert scripted.asked("POST", f"{API}/preview")[0].json == {
            "subject": "Tea",
            "preheader": "Three sorts",
            "body": "  Hello {{full_name}}\n\n* one\n",
            "language": "ru",
        }
        assert scripted.asked("POST", API) == []

    async def test_one_that_no_email_can_hold_is_said_in_the_frame(
        self, anna: httpx2.AsyncClient, scripted: FakeGateway
    ) -> None:
        said = {"body": f"Not this: {HOSTILE}"}
        scripted.refuse("POST", f"{API}/preview", 422, "unprocessable_entity", fields=said)
        frame = await anna.post("/message/create/preview", data=TYPED)
        assert frame.status_code == 422
        assert "Not this: &lt;script&gt;" in frame.text
        assert frame.headers["content-security-policy"] == PREVIEW_POLICY
        assert (await anna.get("/message/create/preview/")).status_code == 404

    async def test_what_no_email_can_hold(
        self, anna: httpx2.AsyncClient, scripted: FakeGateway
    ) -> None:
        scripted.answers.pop(("POST", f"{API}/5/preview"))
        said = {"body": f"Not this: {HOSTILE}"}
        scripted.refuse("POST", f"{API}/5/preview", 422, "unprocessable_entity", fields=said)
        frame = await anna.post("/message/5/preview/", data=TYPED)
        assert frame.status_code == 422
        assert "Not this: &lt;script&gt;" in frame.text
        assert frame.headers["content-security-policy"] == PREVIEW_POLICY

    async def test_the_mailing_service_away(
        self, anna: httpx2.AsyncClient, scripted: FakeGateway
    ) -> None:
        scripted.answers.pop(("POST", f"{API}/5/preview"))
        scripted.refuse("POST", f"{API}/5/preview", 503, "service_unavailable")
        frame = await anna.get("/message/5/preview/")
        assert frame.status_code == 503
        assert frame.headers["content-security-policy"] == PREVIEW_POLICY

    async def test_a_session_that_has_ended_is_said_in_the_frame(
        self, browser: httpx2.AsyncClient
    ) -> None:
        """The sign-in page may stand in no frame."""
        for frame in (
            await browser.get("/message/5/preview/"),
            await browser.post("/message/5/preview/", data=TYPED),
            await browser.post("/message/create/preview/", data=TYPED),
        ):
            assert frame.status_code == 401
            assert "You are signed out." in frame.text
            assert frame.headers["content-security-policy"] == PREVIEW_POLICY
        assert await KeptForm.all().count() == 0

    async def test_another_persons_message(self, anna: httpx2.AsyncClient) -> None:
        assert (await anna.get("/message/8/preview/")).status_code == 404
        assert (await anna.get("/message/x/preview/")).status_code == 404


class TestWriting:
    async def test_a_new_one(self, anna: httpx2.AsyncClient, scripted: FakeGateway) -> None:
        assert 'enctype="multipart/form-data"' in (await anna.get("/message/create/")).text
        response = await anna.post("/message/create/", files=as_parts(TYPED))
        assert response.headers["location"] == "/message/5/"
        assert scripted.asked("POST", API)[0].json["body"] == "  Hello {{full_name}}\n\n* one\n"

    async def test_the_longest_in_cyrillic_fits(
        self, anna: httpx2.AsyncClient, scripted: FakeGateway
    ) -> None:
        long = as_parts({**TYPED, "body": "Ж" * 32_768})
        assert (await anna.post("/message/create/", files=long)).status_code == 303
        assert scripted.asked("POST", API)[0].json["body"] == "Ж" * 32_768

    async def test_more_than_a_form_may_have(self, anna: httpx2.AsyncClient) -> None:
        too_long = as_parts({**TYPED, "body": "Ж" * 70_000})
        assert (await anna.post("/message/create/", files=too_long)).status_code == 413

    @pytest.mark.parametrize("path", ["/message/create/", "/message/5/update/"])
    async def test_what_was_typed_stays_with_the_errors(
        self, anna: httpx2.AsyncClient, scripted: FakeGateway, path: str
    ) -> None:
        said = {"body": "Only fields may stand in braces; not: {% x %}", "subject": "Too long"}
        for method, asked in (("POST", API), ("PATCH", f"{API}/5")):
            scripted.answers.pop((method, asked))
            scripted.refuse(method, asked, 422, "unprocessable_entity", fields=said)
        typed = {**TYPED, "body": f"{HOSTILE}</textarea>"}
        page = await anna.post(path, files=as_parts(typed))
        assert page.status_code == 422
        assert 'href="#field-body">Text: Only fields may stand in braces; not: {% x %}' in page.text
        assert "&lt;/textarea&gt;" in page.text
        assert "<script>alert" not in page.text

    async def test_only_the_revision_that_was_seen_is_changed(
        self, anna: httpx2.AsyncClient, scripted: FakeGateway
    ) -> None:
        assert 'name="revision" value="4"' in (await anna.get("/message/5/update/")).text
        await anna.post("/message/5/update/", data={**TYPED, "revision": "4"})
        await anna.post("/message/5/update/", data={**TYPED, "revision": '4", "5'})
        calls = scripted.asked("PATCH", f"{API}/5")
        assert [call.headers.get("if-match") for call in calls] == ['"4"', None]

    async def test_it_was_changed_elsewhere(
        self, anna: httpx2.AsyncClient, scripted: FakeGateway
    ) -> None:
        scripted.answers.pop(("PATCH", f"{API}/5"))
        scripted.refuse("PATCH", f"{API}/5", 412, "precondition_failed")
        page = await anna.post("/message/5/update/", data={**TYPED, "revision": "2"})
        assert page.status_code == 412
        assert "changed elsewhere meanwhile" in page.text
        assert 'name="revision" value="4"' in page.text
        assert "* one" in page.text

    async def test_another_persons_is_not_changed(self, anna: httpx2.AsyncClient) -> None:
        assert (await anna.post("/message/8/update/", data=TYPED)).status_code == 404


class TestCommands:
    async def test_a_copy_is_opened(self, anna: httpx2.AsyncClient) -> None:
        response = await anna.post("/message/5/copy/")
        assert response.headers["location"] == "/message/6/update/"
        assert (await anna.get("/message/5/copy/")).status_code == 405

    async def test_deleting_asks_first(
        self, anna: httpx2.AsyncClient, scripted: FakeGateway
    ) -> None:
        assert "Tea is here" in (await anna.get("/message/5/delete/")).text
        assert scripted.asked("DELETE", f"{API}/5") == []
        response = await anna.post("/message/5/delete/")
        assert response.headers["location"] == "/messages/"

    async def test_a_test_email_and_what_became_of_it(
        self, anna: httpx2.AsyncClient, scripted: FakeGateway
    ) -> None:
        response = await anna.post("/message/5/test/", data={"recipient": "7"})
        assert response.headers["location"] == "/message/5/?test=11"
        assert scripted.asked("POST", f"{API}/5/test")[0].json == {"recipient_id": 7}
        page = await anna.get("/message/5/?test=11")
        assert 'hx-get="/message/5/?test=11"' in page.text
        assert "Waits to be sent" in page.text
        scripted.answers.pop(("GET", f"{API}/5/tests/11"))
        sent = {**TEST, "state": "sent", "code": 250, "response": "2.0.0 <Ok>"}
        scripted.on("GET", f"{API}/5/tests/11", sent)
        page = await anna.get("/message/5/?test=11")
        assert "250 2.0.0 &lt;Ok&gt;" in page.text
        assert "hx-trigger" not in page.text

    async def test_too_many_tests(self, anna: httpx2.AsyncClient, scripted: FakeGateway) -> None:
        scripted.answers.pop(("POST", f"{API}/5/test"))
        scripted.refuse("POST", f"{API}/5/test", 409, "too_many_message_tests", "Ten wait.")
        response = await anna.post("/message/5/test/", data={"recipient": ""})
        assert response.headers["location"] == "/message/5/"
        assert "Ten wait." in (await anna.get("/message/5/")).text

    async def test_a_test_that_is_none_is_not_shown(self, anna: httpx2.AsyncClient) -> None:
        for number in ("12", "x", "-1"):
            page = await anna.get(f"/message/5/?test={number}")
            assert page.status_code == 200
            assert "Test email to" not in page.text


async def test_a_long_text_comes_back_after_signing_in(
    sign_in: SignIn, scripted: FakeGateway, app: object
) -> None:
    """The text is as it was typed: not stripped, with its braces."""
    assert app
    browser = await sign_in(id=ANNA)
    form = (await browser.get("/message/5/update/")).text
    mark = form.split('name="form-owner" value="')[1].split('"')[0]
    await BrowserSession.all().delete()
    parts = as_parts({**TYPED, "revision": "4", "form-owner": mark})
    response = await browser.post("/message/5/update/", files=parts)
    onward = httpx2.URL(response.headers["location"]).params["next"]
    await sign_in(id=ANNA)
    page = await browser.get(onward)
    assert "\n  Hello {{full_name}}\n\n* one\n</textarea>" in page.text
    assert 'name="revision" value="4"' in page.text
    assert scripted.asked("PATCH", f"{API}/5") == []


def as_parts(typed: dict[str, str]) -> dict[str, tuple[None, str]]:
    return {name: (None, text) for name, text in typed.items()}
