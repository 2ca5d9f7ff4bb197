"""Covers of articles: given, refused and taken away."""

from collections.abc import AsyncIterator

import httpx2
import pytest

from web_service.drafts.covers import LARGEST
from web_service.gateway_client.client import TRANSFERS, GatewayClient
from web_service.tests.accounts import heading_of
from web_service.tests.conftest import SignIn, person
from web_service.tests.drafts.blog import API, COVER, draft, instead, refuse_instead
from web_service.tests.fake_gateway import FakeGateway
from web_service.tests.mailing_data import HOSTILE

PATH = "/draft/5/cover/"
ASKED = f"{API}/5/cover"
PICTURE = b"\x89PNG" + bytes(range(256)) * 1000
TYPED = {"alt": " A cup ", "revision": "4"}


def file(content: bytes = PICTURE, name: str = "cup.png") -> dict[str, tuple[str, bytes]]:
    return {"file": (name, content)}


@pytest.fixture
def covers(blog: FakeGateway) -> FakeGateway:
    """A gateway that takes and removes a cover."""
    blog.on("POST", ASKED, draft(cover=COVER, revision=5))
    blog.on("DELETE", ASKED, status=204)
    return blog


class TestGiving:
    async def test_the_form_asks_for_picture_and_text(self, anna: httpx2.AsyncClient) -> None:
        page = (await anna.get(PATH)).text
        assert 'enctype="multipart/form-data"' in page
        assert page.index('name="revision"') < page.index('name="alt"') < page.index('name="file"')
        assert "Remove the cover" not in page

    async def test_the_picture_comes_as_it_is(
        self, anna: httpx2.AsyncClient, covers: FakeGateway
    ) -> None:
        response = await anna.post(PATH, data=TYPED, files=file())
        assert response.headers["location"] == "/draft/5/"
        [call] = covers.asked("POST", ASKED)
        assert call.body == PICTURE
        assert call.query == {"alt": "A cup"}
        assert call.headers["if-match"] == '"4"'
        assert call.headers["content-type"] == "application/octet-stream"
        assert "The cover is saved." in (await anna.get("/draft/5/")).text

    async def test_it_is_shown(self, anna: httpx2.AsyncClient, covers: FakeGateway) -> None:
        instead(covers, "GET", f"{API}/5", draft(cover={**COVER, "alt": HOSTILE}))
        for path in ("/draft/5/", PATH):
            page = (await anna.get(path)).text
            assert 'src="/api/v1/pictures/a-1600x900-480.webp"' in page
            assert "<script>alert" not in page
            assert 'alt="&lt;script&gt;alert' in page

    async def test_a_picture_from_elsewhere_is_not_asked_for(
        self, anna: httpx2.AsyncClient, covers: FakeGateway
    ) -> None:
        far = {"alt": "x", "sources": [{"url": "https://evil.example/x.webp", "width": 1}]}
        instead(covers, "GET", f"{API}/5", draft(cover=far))
        for path in ("/draft/5/", PATH):
            assert "evil.example" not in (await anna.get(path)).text

    @pytest.mark.parametrize("files", [file(b"", ""), {"other": ("x.png", b"x")}])
    async def test_without_a_picture(
        self,
        anna: httpx2.AsyncClient,
        covers: FakeGateway,
        files: dict[str, tuple[str, bytes]],
    ) -> None:
        page = await anna.post(PATH, data=TYPED, files=files)
        assert page.status_code == 422
        assert 'href="#field-file">Picture: Choose a picture' in page.text
        assert 'value=" A cup "' in page.text
        assert covers.asked("POST", ASKED) == []


class TestRefusals:
    @pytest.mark.parametrize(
        "error",
        ["picture_unreadable", "picture_too_large", "picture_moves"],
    )
    async def test_a_picture_that_is_none(
        self, anna: httpx2.AsyncClient, covers: FakeGateway, error: str
    ) -> None:
        refuse_instead(covers, "POST", ASKED, 422, error, f"Not so: {HOSTILE}")
        page = await anna.post(PATH, data=TYPED, files=file())
        assert page.status_code == 422
        assert 'href="#field-file">Picture: Not so: &lt;script&gt;' in page.text
        assert 'id="error-file"' in page.text
        assert 'value=" A cup "' in page.text

    async def test_without_a_text(self, anna: httpx2.AsyncClient, covers: FakeGateway) -> None:
        said = {"alt": "Must have at least 1 character"}
        refuse_instead(covers, "POST", ASKED, 422, "validation_failed", fields=said)
        page = await anna.post(PATH, data={**TYPED, "alt": ""}, files=file())
        assert page.status_code == 422
        assert 'href="#field-alt">' in page.text

    async def test_more_than_the_api_takes(
        self, anna: httpx2.AsyncClient, covers: FakeGateway
    ) -> None:
        refuse_instead(covers, "POST", ASKED, 413, "payload_too_large")
        page = await anna.post(PATH, data=TYPED, files=file())
        assert page.status_code == 413
        assert "The picture is too large: 20 MiB are the most" in page.text

    async def test_more_than_there_may_be_is_not_read(
        self, anna: httpx2.AsyncClient, covers: FakeGateway
    ) -> None:
        read: list[bytes] = []

        async def never() -> AsyncIterator[bytes]:
            read.append(b"")
            yield b"--x"

        fields = {
            "content-type": "multipart/form-data; boundary=x",
            "content-length": str(LARGEST + 200 * 1024),
        }
        page = await anna.post(PATH, content=never(), headers=fields)
        assert page.status_code == 413
        assert 'href="#field-file">Picture: The picture is too large' in page.text
        assert read == []
        assert covers.asked("POST", ASKED) == []

    async def test_one_that_grows_on_its_way(
        self, anna: httpx2.AsyncClient, covers: FakeGateway
    ) -> None:
        page = await anna.post(PATH, data=TYPED, files=file(bytes(LARGEST + 1)))
        assert page.status_code == 413
        assert "The picture is too large" in page.text
        assert 'value=" A cup "' in page.text

    async def test_the_largest_comes(self, anna: httpx2.AsyncClient, covers: FakeGateway) -> None:
        response = await anna.post(PATH, data=TYPED, files=file(bytes(LARGEST)))
        assert response.status_code == 303
        assert len(covers.asked("POST", ASKED)[0].body) == LARGEST

    async def test_the_article_was_changed_meanwhile(
        self, anna: httpx2.AsyncClient, covers: FakeGateway
    ) -> None:
        refuse_instead(covers, "POST", ASKED, 412, "precondition_failed")
        page = await anna.post(PATH, data=TYPED, files=file())
        assert page.status_code == 412
        assert "changed elsewhere meanwhile. Choose the picture again" in page.text
        assert 'value=" A cup "' in page.text
        assert 'name="revision" value=""' in page.text

    @pytest.mark.parametrize(("status", "error"), [(403, "forbidden"), (404, "article_not_found")])
    async def test_what_became_of_it_meanwhile(
        self, anna: httpx2.AsyncClient, covers: FakeGateway, status: int, error: str
    ) -> None:
        refuse_instead(covers, "POST", ASKED, status, error)
        page = await anna.post(PATH, data=TYPED, files=file())
        assert page.status_code == status

    async def test_an_article_that_is_none(self, anna: httpx2.AsyncClient) -> None:
        for path in ("/draft/8/cover/", "/draft/x/cover/"):
            assert (await anna.get(path)).status_code == 404
            assert (await anna.post(path, data=TYPED, files=file())).status_code == 404

    async def test_no_room_for_more_pictures(
        self, anna: httpx2.AsyncClient, covers: FakeGateway
    ) -> None:
        refuse_instead(covers, "POST", ASKED, 507, "no_room_for_pictures")
        page = await anna.post(PATH, data=TYPED, files=file())
        assert page.status_code == 507
        assert heading_of(page) == "Cover of an article"
        assert 'href="#field-file">Picture: The picture is not saved, as there is no' in page.text
        assert 'value=" A cup "' in page.text
        assert 'name="revision" value="4"' in page.text
        covers.answers.pop(("POST", ASKED))
        covers.on("POST", ASKED, draft(cover=COVER, revision=5))
        assert (await anna.post(PATH, data=TYPED, files=file())).status_code == 303

    async def test_the_mailing_service_away(
        self, anna: httpx2.AsyncClient, covers: FakeGateway
    ) -> None:
        refuse_instead(covers, "POST", ASKED, 503, "service_unavailable")
        page = await anna.post(PATH, data=TYPED, files=file())
        assert page.status_code == 503

    async def test_a_form_that_is_none(self, anna: httpx2.AsyncClient, covers: FakeGateway) -> None:
        fields = {"content-type": "multipart/form-data; boundary=x"}
        for content in (b"", b"--x\r\n", b"nothing"):
            page = await anna.post(PATH, content=content, headers=fields)
            assert page.status_code == 400
        assert covers.asked("POST", ASKED) == []

    async def test_a_form_that_ends_within_the_picture(
        self, anna: httpx2.AsyncClient, covers: FakeGateway
    ) -> None:
        fields = {"content-type": "multipart/form-data; boundary=x"}
        part = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\nhalf'
        page = await anna.post(PATH, content=part, headers=fields)
        assert page.status_code == 400
        assert covers.asked("POST", ASKED) == []

    @pytest.mark.parametrize("role", ["user", "manager"])
    async def test_nobody_else(self, sign_in: SignIn, covers: FakeGateway, role: str) -> None:
        instead(covers, "GET", "/api/v1/users/me", person())
        browser = await sign_in(role)
        assert (await browser.get(PATH)).status_code == 403
        assert (await browser.post(PATH, data=TYPED, files=file())).status_code == 403
        assert (await browser.post(f"{PATH}remove/", data=TYPED)).status_code == 403
        assert [call for call in covers.calls if call.path.startswith(API)] == []


class TestRemoval:
    async def test_it_is_of_the_revision_that_was_seen(
        self, anna: httpx2.AsyncClient, covers: FakeGateway
    ) -> None:
        instead(covers, "GET", f"{API}/5", draft(cover=COVER))
        assert f'action="{PATH}remove/"' in (await anna.get(PATH)).text
        response = await anna.post(f"{PATH}remove/", data=TYPED)
        assert response.headers["location"] == "/draft/5/"
        assert covers.asked("DELETE", ASKED)[0].headers["if-match"] == '"4"'
        assert "The cover is removed." in (await anna.get("/draft/5/")).text

    async def test_the_article_was_changed_meanwhile(
        self, anna: httpx2.AsyncClient, covers: FakeGateway
    ) -> None:
        refuse_instead(covers, "DELETE", ASKED, 412, "precondition_failed")
        response = await anna.post(f"{PATH}remove/", data=TYPED)
        assert response.headers["location"] == "/draft/5/"
        assert "changed elsewhere meanwhile" in (await anna.get("/draft/5/")).text

    async def test_an_article_that_is_none(self, anna: httpx2.AsyncClient) -> None:
        assert (await anna.post("/draft/8/cover/remove/", data=TYPED)).status_code == 404


async def test_covers_on_their_way_leave_room_for_pages() -> None:
    """They have the places of files, as imports do."""
    gateway = GatewayClient("http://gateway.invalid")
    places = [gateway.place(ASKED, seconds=1) for _ in range(TRANSFERS)]
    for place in places:
        await place.__aenter__()
    async with gateway.place(API, seconds=1):
        pass
    for place in places:
        await place.__aexit__(None, None, None)
