"""A form whose session had ended comes back to its person, and to nobody else."""

import re
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from datetime import timedelta
from random import randbytes
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import httpx2
import pytest
from fastapi import FastAPI
from starlette.responses import Response

from testing.clock import MovableClock, movable_clock
from web_service.errors import PageNotFound
from web_service.models import BrowserSession, KeptForm
from web_service.pages import kept_forms
from web_service.pages.access import SIGNED_IN
from web_service.pages.page import Page
from web_service.pages.routes import get, post
from web_service.pages.serving import PageServer
from web_service.tests.conftest import SignIn, person
from web_service.tests.fake_gateway import FakeGateway

NOTE = "/note/7/"
TEMPLATE = """{% import "components/form.html" as fields %}
{% for _, text in page.notices %}<p role="status">{{ text }}</p>{% endfor %}
{% call fields.post("/note/7/") %}
{{ form.raw("text") }}{{ form.values.keys() | list }}
{% endcall %}"""
BACK = "What you typed is here again"
ANNA, BORIS = str(uuid4()), str(uuid4())


@pytest.fixture
def clock() -> Iterator[MovableClock]:
    with movable_clock() as clock:
        yield clock


async def show_note(page: Page) -> Response:
    if "gone" in page.request.query_params:
        raise PageNotFound
    form = page.begin_form({"text": "what there was"})
    return Response(page.templates.from_string(TEMPLATE).render(page=page, form=form))


async def change_note(page: Page) -> Response:
    await page.api.post("/api/v1/notes", {"text": (await page.form()).text("text")})
    return page.redirect(NOTE)


@pytest.fixture
def app_with_notes(app: FastAPI, gateway: FakeGateway) -> FastAPI:
    gateway.on("GET", "/api/v1/users/me", person())
    pages = PageServer(app)
    pages.add(get("/note/{id:int}/", show_note, SIGNED_IN))
    pages.add(post("/note/{id:int}/", change_note, SIGNED_IN))
    pages.add(post("/note/{id:int}/copy/", change_note, SIGNED_IN))
    return app


async def mark_of(browser: httpx2.AsyncClient) -> str:
    page = await browser.get(NOTE)
    found = re.search(r'name="form-owner" value="([0-9a-f]+)"', page.text)
    assert found is not None
    return found[1]


async def sent_too_late(
    browser: httpx2.AsyncClient, path: str = NOTE, **typed: str
) -> tuple[str, str]:
    """Send a form after its session has ended; return where that leads, and from there on."""
    typed.setdefault("form-owner", await mark_of(browser))
    await BrowserSession.all().delete()
    response = await browser.post(path, data=typed)
    assert response.status_code == 303
    location = response.headers["location"]
    return location, parse_qs(urlsplit(location).query).get("next", [""])[0]


@pytest.mark.usefixtures("app_with_notes")
class TestComingBack:
    async def test_the_text_is_there_again_after_signing_in(self, sign_in: SignIn) -> None:
        browser = await sign_in(id=ANNA)
        text = "Чай <b>нового</b> урожая {{full_name}}\n" * 400
        location, onward = await sent_too_late(browser, text=text)
        assert location.startswith("/users/login/?next=/note/7/%3Fkept%3D")
        await sign_in(id=ANNA)
        page = await browser.get(onward)
        assert BACK in page.text
        assert "&lt;b&gt;нового&lt;/b&gt; урожая {{full_name}}" in page.text
        assert page.text.count("Чай") == 400

    async def test_it_comes_back_once(self, sign_in: SignIn) -> None:
        browser = await sign_in(id=ANNA)
        _, onward = await sent_too_late(browser, text="new")
        await sign_in(id=ANNA)
        assert BACK in (await browser.get(onward)).text
        again = await browser.get(onward)
        assert "what there was" in again.text
        assert BACK not in again.text
        assert await KeptForm.all().count() == 0

    async def test_a_page_that_fails_keeps_it(self, sign_in: SignIn) -> None:
        browser = await sign_in(id=ANNA)
        _, onward = await sent_too_late(browser, text="new")
        await sign_in(id=ANNA)
        assert (await browser.get(f"{onward}&gone=1")).status_code == 404
        assert BACK in (await browser.get(onward)).text

    async def test_auth_refuses_to_renew_the_session(
        self, sign_in: SignIn, app_with_notes: FastAPI, browser: httpx2.AsyncClient
    ) -> None:
        """Without the field, as from a form that was not made by the template."""
        await sign_in(id=ANNA)
        await BrowserSession.all().update(sealed_tokens=b"of another secret")
        response = await browser.post(NOTE, data={"text": "new"})
        onward = parse_qs(urlsplit(response.headers["location"]).query)["next"][0]
        await sign_in(id=ANNA)
        assert BACK in (await browser.get(onward)).text

    async def test_a_long_text_comes_as_multipart(self, sign_in: SignIn) -> None:
        browser = await sign_in(id=ANNA)
        mark = await mark_of(browser)
        await BrowserSession.all().delete()
        parts = {"form-owner": (None, mark), "text": (None, "Ж" * 32_768)}
        response = await browser.post(NOTE, files=parts)
        onward = parse_qs(urlsplit(response.headers["location"]).query)["next"][0]
        await sign_in(id=ANNA)
        assert (await browser.get(onward)).text.count("Ж") == 32_768

    async def test_an_enhanced_form_leads_there_too(self, sign_in: SignIn) -> None:
        browser = await sign_in(id=ANNA)
        mark = await mark_of(browser)
        await BrowserSession.all().delete()
        response = await browser.post(
            NOTE, data={"form-owner": mark, "text": "new"}, headers={"HX-Request": "true"}
        )
        assert response.status_code == 204
        assert "kept%3D" in response.headers["hx-redirect"]


@pytest.mark.usefixtures("app_with_notes")
class TestWhatIsNotKept:
    async def test_another_person_sees_nothing_and_it_is_gone(self, sign_in: SignIn) -> None:
        browser = await sign_in(id=ANNA)
        _, onward = await sent_too_late(browser, text="a secret")
        await sign_in(id=BORIS)
        page = await browser.get(onward)
        assert "a secret" not in page.text
        assert BACK not in page.text
        await sign_in(id=ANNA)
        assert "a secret" not in (await browser.get(onward)).text

    async def test_passwords_leave_no_trace(self, sign_in: SignIn) -> None:
        browser = await sign_in(id=ANNA)
        _, onward = await sent_too_late(
            browser, text="new", password="hunter2hunter2", new_Password="hunter3hunter3"
        )
        await sign_in(id=ANNA)
        page = await browser.get(onward)
        assert "[&#39;text&#39;]" in page.text
        assert "hunter" not in page.text

    async def test_nothing_after_an_hour(self, sign_in: SignIn, clock: MovableClock) -> None:
        browser = await sign_in(id=ANNA)
        _, onward = await sent_too_late(browser, text="new")
        clock.advance(timedelta(hours=1, seconds=1))
        await sign_in(id=ANNA)
        assert BACK not in (await browser.get(onward)).text

    async def test_what_nobody_came_back_for_is_purged(
        self, sign_in: SignIn, clock: MovableClock
    ) -> None:
        browser = await sign_in(id=ANNA)
        await sent_too_late(browser, text="new")
        await kept_forms.purge()
        assert await KeptForm.all().count() == 1
        clock.advance(timedelta(hours=1, seconds=1))
        await kept_forms.purge()
        assert await KeptForm.all().count() == 0

    async def test_a_form_that_is_too_large(self, sign_in: SignIn) -> None:
        browser = await sign_in(id=ANNA)
        noise = urlsafe_b64encode(randbytes(70_000)).decode()
        _, onward = await sent_too_late(browser, text=noise)
        assert onward == NOTE
        _, onward = await sent_too_late(await sign_in(id=ANNA), text="x" * 130 * 1024)
        assert onward == ""
        assert await KeptForm.all().count() == 0

    async def test_no_more_than_five_of_one_person(self, sign_in: SignIn) -> None:
        browser = await sign_in(id=ANNA)
        for number in range(7):
            _, onward = await sent_too_late(browser, text=f"number {number}")
            await sign_in(id=ANNA)
        assert await KeptForm.all().count() == kept_forms.MOST
        assert "number 6" in (await browser.get(onward)).text

    async def test_a_stranger_fills_no_table(self, browser: httpx2.AsyncClient) -> None:
        for mark in ("", "00" * 44, "no hex", ANNA):
            response = await browser.post(NOTE, data={"form-owner": mark, "text": "x"})
            assert response.headers["location"] == "/users/login/?next=/note/7/"
        assert await KeptForm.all().count() == 0

    async def test_a_foreign_form(self, sign_in: SignIn) -> None:
        browser = await sign_in(id=ANNA)
        mark = await mark_of(browser)
        await BrowserSession.all().delete()
        response = await browser.post(
            NOTE, data={"form-owner": mark}, headers={"Sec-Fetch-Site": "cross-site"}
        )
        assert response.status_code == 403
        assert await KeptForm.all().count() == 0

    async def test_a_form_whose_address_shows_none(self, sign_in: SignIn) -> None:
        browser = await sign_in(id=ANNA)
        location, _ = await sent_too_late(browser, "/note/7/copy/", text="x")
        assert location == "/users/login/"
        assert await KeptForm.all().count() == 0

    async def test_an_address_of_another_page(self, sign_in: SignIn) -> None:
        browser = await sign_in(id=ANNA)
        _, onward = await sent_too_late(browser, text="new")
        await sign_in(id=ANNA)
        assert BACK not in (await browser.get(onward.replace("/7/", "/8/"))).text
        for value in ("", "x", "й", "'; --", "0" * 5000):
            assert (await browser.get(NOTE, params={"kept": value})).status_code == 200
        assert BACK in (await browser.get(onward)).text

    async def test_it_is_sealed(self, sign_in: SignIn) -> None:
        browser = await sign_in(id=ANNA)
        _, onward = await sent_too_late(browser, text="a secret of mine")
        row = await KeptForm.get()
        assert b"secret" not in bytes(row.sealed)
        assert row.id_hash not in onward
