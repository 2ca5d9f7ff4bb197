"""Articles as pages of those who write them."""

import httpx2
import pytest

from web_service.models import BrowserSession, KeptForm
from web_service.security.headers import CONTENT_SECURITY_POLICY, PREVIEW_POLICY
from web_service.tests.accounts import heading_of, text_of
from web_service.tests.conftest import SignIn, person
from web_service.tests.drafts.blog import API, draft, instead, refuse_instead
from web_service.tests.fake_gateway import FakeGateway
from web_service.tests.mailing_data import HOSTILE, listed

ANNA = "0b1f5e2c-8d0c-4a55-b2d8-9fbb3a3f4d10"
TYPED = {
    "title": " Green tea ",
    "slug": "green-tea",
    "body": "  Water\r\n\r\n* one\r\n",
    "excerpt": "How",
    "language": "ru",
    "author": "",
}
READ = ("/drafts/", "/draft/create/", "/draft/5/", "/draft/5/update/", "/draft/5/delete/")
WRITTEN = (
    "/draft/create/",
    "/draft/5/update/",
    "/draft/5/delete/",
    "/draft/5/copy/",
    "/draft/5/publish/",
    "/draft/5/schedule/",
    "/draft/5/withdraw/",
)


def as_parts(typed: dict[str, str]) -> dict[str, tuple[None, str]]:
    return {name: (None, text) for name, text in typed.items()}


class TestWhoMay:
    @pytest.mark.parametrize("path", [*READ, "/draft/5/preview/"])
    async def test_nobody_else_reads(self, sign_in: SignIn, blog: FakeGateway, path: str) -> None:
        instead(blog, "GET", "/api/v1/users/me", person())
        for role in ("user", "manager"):
            page = await (await sign_in(role)).get(path)
            assert page.status_code == 403
            assert "Green tea" not in page.text
        assert [call.path for call in blog.calls if call.path.startswith(API)] == []

    @pytest.mark.parametrize("path", WRITTEN)
    async def test_nobody_else_writes(self, sign_in: SignIn, blog: FakeGateway, path: str) -> None:
        instead(blog, "GET", "/api/v1/users/me", person())
        assert (await (await sign_in("manager")).post(path, data=TYPED)).status_code == 403
        assert [call.path for call in blog.calls if call.path.startswith(API)] == []

    @pytest.mark.parametrize("path", READ)
    async def test_who_is_not_signed_in_is_asked_to(
        self, browser: httpx2.AsyncClient, path: str
    ) -> None:
        page = await browser.get(path)
        assert page.headers["location"].startswith("/users/login/")

    @pytest.mark.parametrize("path", READ[2:])
    async def test_a_role_that_was_taken_meanwhile(
        self, anna: httpx2.AsyncClient, blog: FakeGateway, path: str
    ) -> None:
        refuse_instead(blog, "GET", f"{API}/5", 403, "forbidden", "Your role does not allow this.")
        page = await anna.get(path)
        assert page.status_code == 403
        assert "Your role does not allow this." in page.text

    async def test_a_text_is_there_after_a_role_was_taken(
        self, anna: httpx2.AsyncClient, blog: FakeGateway
    ) -> None:
        refuse_instead(blog, "POST", API, 403, "forbidden", "Your role does not allow this.")
        page = await anna.post("/draft/create/", data=TYPED)
        assert page.status_code == 403
        assert "* one" in page.text

    @pytest.mark.parametrize(
        ("role", "is_there"),
        [("user", False), ("manager", False), ("blog_manager", True), ("admin", True)],
    )
    async def test_the_menu_has_it(self, sign_in: SignIn, role: str, *, is_there: bool) -> None:
        page = await (await sign_in(role)).get("/terms/")
        assert ("<summary>Blog</summary>" in page.text) is is_there


class TestTheList:
    async def test_it_shows_each_in_its_state(
        self, anna: httpx2.AsyncClient, blog: FakeGateway
    ) -> None:
        at = {"state": "scheduled", "published_at": "2026-12-24T09:00:00Z"}
        instead(blog, "GET", API, listed(draft(), draft(id=6, title="Чай", **at)))
        page = await anna.get("/drafts")
        assert '<a href="/draft/5/" lang="en">Green tea</a>' in page.text
        assert "2 articles<" in page.text
        text = text_of(page)
        assert "Scheduled" in text
        assert "24 Dec 2026, 12:00 +0300" in text

    async def test_it_is_asked_for_what_the_address_says(
        self, anna: httpx2.AsyncClient, blog: FakeGateway
    ) -> None:
        await anna.get("/drafts/?q=tea&state=scheduled&language=ru&page=3")
        wanted = {"q": "tea", "state": "scheduled", "language": "ru", "page": "3"}
        assert blog.asked("GET", API)[0].query == wanted

    @pytest.mark.parametrize(
        "query", ["state=x&language=de&q=*&page=-1", "q=%00&state=&page=x&language="]
    )
    async def test_what_makes_no_sense_is_left_out(
        self, anna: httpx2.AsyncClient, blog: FakeGateway, query: str
    ) -> None:
        assert (await anna.get(f"/drafts/?{query}")).status_code == 200
        assert blog.asked("GET", API)[0].query == {"page": "1"}

    async def test_a_page_behind_the_last_leads_there(
        self, anna: httpx2.AsyncClient, blog: FakeGateway
    ) -> None:
        instead(blog, "GET", API, listed(total=40, pages=2, page=9))
        page = await anna.get("/drafts/?page=9&state=draft")
        assert page.headers["location"] == "/drafts/?state=draft&page=2"

    async def test_an_empty_one_says_what_to_do(
        self, anna: httpx2.AsyncClient, blog: FakeGateway
    ) -> None:
        instead(blog, "GET", API, listed())
        assert "Nothing is written yet" in (await anna.get("/drafts/")).text
        assert "No article is like this" in (await anna.get("/drafts/?state=draft")).text


class TestOne:
    async def test_it_is_shown_with_a_preview_in_a_sandbox(self, anna: httpx2.AsyncClient) -> None:
        for path in ("/draft/5/", "/draft/5/update/"):
            page = await anna.get(path)
            assert 'sandbox title="Preview of the article" src="/draft/5/preview/"' in page.text
            assert "allow-" not in page.text
            assert page.headers["content-security-policy"] == CONTENT_SECURITY_POLICY

    @pytest.mark.parametrize(
        ("state", "acts"),
        [
            ("draft", {"publish", "schedule"}),
            ("scheduled", {"publish", "schedule", "withdraw"}),
            ("published", {"withdraw"}),
        ],
    )
    async def test_what_may_be_done_in_which_state(
        self, anna: httpx2.AsyncClient, blog: FakeGateway, state: str, acts: set[str]
    ) -> None:
        at = None if state == "draft" else "2026-11-29T10:00:00Z"
        instead(blog, "GET", f"{API}/5", draft(state=state, published_at=at))
        page = await anna.get("/draft/5/")
        every = ("publish", "schedule", "withdraw")
        assert {act for act in every if f'action="/draft/5/{act}/"' in page.text} == acts
        assert ('href="/articles/green-tea/"' in page.text) is (state == "published")

    async def test_hostile_texts_are_text(
        self, anna: httpx2.AsyncClient, blog: FakeGateway
    ) -> None:
        hostile = dict.fromkeys(("title", "body", "excerpt", "author"), HOSTILE)
        whole = draft(**hostile, former_slugs=[HOSTILE], cover={"alt": HOSTILE, "sources": []})
        instead(blog, "GET", f"{API}/5", whole)
        instead(blog, "GET", API, listed(whole))
        for path in READ:
            page = await anna.get(path)
            assert page.status_code == 200
            assert "<script>alert" not in page.text
            assert path == "/draft/create/" or "{{ 7*7 }} {% raw %}" in page.text

    @pytest.mark.parametrize(
        "path", ["/draft/8/", "/draft/8/update/", "/draft/x/delete/", "/draft/0/"]
    )
    async def test_one_that_is_none(self, anna: httpx2.AsyncClient, path: str) -> None:
        assert (await anna.get(path)).status_code == 404


class TestPreviews:
    async def test_it_stands_alone_with_its_own_policy(
        self, anna: httpx2.AsyncClient, blog: FakeGateway
    ) -> None:
        frame = await anna.get("/draft/5/preview/")
        assert heading_of(frame) == "Green tea"
        assert "<h2>Water</h2>" in frame.text
        assert frame.headers["content-security-policy"] == PREVIEW_POLICY
        assert frame.headers["cache-control"] == "no-store"
        assert blog.asked("POST", f"{API}/5/preview")[0].json == {}

    async def test_a_text_that_is_not_saved(
        self, anna: httpx2.AsyncClient, blog: FakeGateway
    ) -> None:
        frame = await anna.post("/draft/5/preview/", files=as_parts(TYPED))
        assert frame.status_code == 200
        wanted = {"title": "Green tea", "body": "  Water\n\n* one\n", "excerpt": "How"}
        assert blog.asked("POST", f"{API}/5/preview")[0].json == wanted
        assert blog.asked("PATCH", f"{API}/5") == []

    async def test_markup_does_nothing(self, anna: httpx2.AsyncClient, blog: FakeGateway) -> None:
        html = '<script>alert(1)</script><img src=x onerror="f()"><a href="javascript:f()">x</a>'
        instead(blog, "POST", f"{API}/5/preview", {"title": HOSTILE, "excerpt": "", "html": html})
        frame = (await anna.get("/draft/5/preview/")).text
        for text in ("<script", "onerror", 'href="javascript'):
            assert text not in frame

    async def test_what_no_article_can_hold(
        self, anna: httpx2.AsyncClient, blog: FakeGateway
    ) -> None:
        said = {"body": f"Not this: {HOSTILE}"}
        path = f"{API}/5/preview"
        refuse_instead(blog, "POST", path, 422, "unprocessable_entity", fields=said)
        frame = await anna.post("/draft/5/preview/", data=TYPED)
        assert frame.status_code == 422
        assert "Not this: &lt;script&gt;" in frame.text
        assert frame.headers["content-security-policy"] == PREVIEW_POLICY

    async def test_the_mailing_service_away(
        self, anna: httpx2.AsyncClient, blog: FakeGateway
    ) -> None:
        refuse_instead(blog, "POST", f"{API}/5/preview", 503, "service_unavailable")
        frame = await anna.get("/draft/5/preview/")
        assert frame.status_code == 503
        assert frame.headers["content-security-policy"] == PREVIEW_POLICY

    async def test_a_session_that_has_ended_is_said_in_the_frame(
        self, browser: httpx2.AsyncClient
    ) -> None:
        """The sign-in page may stand in no frame."""
        for frame in (
            await browser.get("/draft/5/preview/"),
            await browser.post("/draft/5/preview/", data=TYPED),
        ):
            assert frame.status_code == 401
            assert "You are signed out." in frame.text
            assert frame.headers["content-security-policy"] == PREVIEW_POLICY
        assert await KeptForm.all().count() == 0

    async def test_an_article_that_is_none(self, anna: httpx2.AsyncClient) -> None:
        assert (await anna.get("/draft/8/preview/")).status_code == 404
        assert (await anna.get("/draft/x/preview/")).status_code == 404


class TestWriting:
    async def test_a_new_one(self, anna: httpx2.AsyncClient, blog: FakeGateway) -> None:
        form = (await anna.get("/draft/create/")).text
        assert 'enctype="multipart/form-data"' in form
        assert 'value="Анна Петрова"' in form
        assert "data-markdown" in form
        response = await anna.post("/draft/create/", files=as_parts(TYPED))
        assert response.headers["location"] == "/draft/5/"
        assert blog.asked("POST", API)[0].json == {
            "title": "Green tea",
            "slug": "green-tea",
            "body": "  Water\n\n* one\n",
            "excerpt": "How",
            "language": "ru",
            "author": "",
        }

    async def test_an_address_of_ones_own_is_not_needed(
        self, anna: httpx2.AsyncClient, blog: FakeGateway
    ) -> None:
        await anna.post("/draft/create/", data={**TYPED, "slug": " "})
        assert "slug" not in blog.asked("POST", API)[0].json

    async def test_the_longest_in_cyrillic_fits(
        self, anna: httpx2.AsyncClient, blog: FakeGateway
    ) -> None:
        long = as_parts({**TYPED, "body": "Ж" * 32_768})
        assert (await anna.post("/draft/create/", files=long)).status_code == 303
        assert blog.asked("POST", API)[0].json["body"] == "Ж" * 32_768

    async def test_more_than_a_form_may_have(self, anna: httpx2.AsyncClient) -> None:
        too_long = as_parts({**TYPED, "body": "Ж" * 70_000})
        assert (await anna.post("/draft/create/", files=too_long)).status_code == 413

    @pytest.mark.parametrize("path", ["/draft/create/", "/draft/5/update/"])
    async def test_what_was_typed_stays_with_the_errors(
        self, anna: httpx2.AsyncClient, blog: FakeGateway, path: str
    ) -> None:
        said = {"body": "This link leads nowhere: x:y", "slug": "Must have a word"}
        for method, asked in (("POST", API), ("PATCH", f"{API}/5")):
            refuse_instead(blog, method, asked, 422, "unprocessable_entity", fields=said)
        typed = {**TYPED, "body": f"{HOSTILE}</textarea>"}
        page = await anna.post(path, files=as_parts(typed))
        assert page.status_code == 422
        assert 'href="#field-body">Text: This link leads nowhere: x:y' in page.text
        assert 'href="#field-slug">Address: Must have a word' in page.text
        assert "&lt;/textarea&gt;" in page.text
        assert "<script>alert" not in page.text

    async def test_only_the_revision_that_was_seen_is_changed(
        self, anna: httpx2.AsyncClient, blog: FakeGateway
    ) -> None:
        assert 'name="revision" value="4"' in (await anna.get("/draft/5/update/")).text
        await anna.post("/draft/5/update/", data={**TYPED, "revision": "4"})
        await anna.post("/draft/5/update/", data={**TYPED, "revision": '4", "5'})
        calls = blog.asked("PATCH", f"{API}/5")
        assert [call.headers.get("if-match") for call in calls] == ['"4"', None]

    async def test_it_was_changed_elsewhere(
        self, anna: httpx2.AsyncClient, blog: FakeGateway
    ) -> None:
        refuse_instead(blog, "PATCH", f"{API}/5", 412, "precondition_failed")
        page = await anna.post("/draft/5/update/", data={**TYPED, "revision": "2"})
        assert page.status_code == 412
        assert "changed elsewhere meanwhile" in page.text
        assert 'name="revision" value="4"' in page.text
        assert "* one" in page.text

    @pytest.mark.parametrize("path", ["/draft/8/update/", "/draft/8/delete/", "/draft/8/copy/"])
    async def test_one_that_is_gone(self, anna: httpx2.AsyncClient, path: str) -> None:
        assert (await anna.post(path, data=TYPED)).status_code == 404

    async def test_a_long_text_comes_back_after_signing_in(
        self, sign_in: SignIn, blog: FakeGateway
    ) -> None:
        browser = await sign_in("blog_manager", id=ANNA)
        form = (await browser.get("/draft/5/update/")).text
        mark = form.split('name="form-owner" value="')[1].split('"')[0]
        await BrowserSession.all().delete()
        parts = as_parts({**TYPED, "revision": "4", "form-owner": mark})
        response = await browser.post("/draft/5/update/", files=parts)
        onward = httpx2.URL(response.headers["location"]).params["next"]
        await sign_in("blog_manager", id=ANNA)
        page = await browser.get(onward)
        assert "\n  Water\n\n* one\n</textarea>" in page.text
        assert 'name="revision" value="4"' in page.text
        assert blog.asked("PATCH", f"{API}/5") == []


class TestCopyAndDeletion:
    async def test_a_copy_is_opened(self, anna: httpx2.AsyncClient) -> None:
        response = await anna.post("/draft/5/copy/")
        assert response.headers["location"] == "/draft/6/update/"
        assert (await anna.get("/draft/5/copy/")).status_code == 405

    async def test_deleting_asks_first(self, anna: httpx2.AsyncClient, blog: FakeGateway) -> None:
        assert "Green tea" in (await anna.get("/draft/5/delete/")).text
        assert blog.asked("DELETE", f"{API}/5") == []
        response = await anna.post("/draft/5/delete/")
        assert response.headers["location"] == "/drafts/"
        assert "The article is deleted." in (await anna.get("/drafts/")).text
