"""Files of recipients: checked, imported and exported."""

import codecs
import json
from collections.abc import AsyncIterator

import httpx2
import pytest
from aiohttp import web

from web_service.gateway_client.client import TRANSFERS
from web_service.models import BrowserSession
from web_service.tests.conftest import SignIn
from web_service.tests.fake_gateway import FakeGateway
from web_service.tests.mailing_data import HOSTILE, script_recipients

PATH = "/recipients/import/"
API = "/api/v1/recipients/import"
CSV = "email;full_name;city\nanna@example.com;Анна;Казань\nboris@example.com;Борис;Омск\n"
REPORT = {
    "created": 1200,
    "changed": 1,
    "unchanged": 0,
    "refused": 0,
    "errors": [],
    "encoding": "utf-8",
}


@pytest.fixture
async def anna(sign_in: SignIn, gateway: FakeGateway) -> httpx2.AsyncClient:
    script_recipients(gateway)
    return await sign_in()


def file(
    content: str | bytes = CSV, name: str = "people.csv"
) -> dict[str, tuple[str | None, str | bytes]]:
    """Return the parts of the form as a browser sends them: the file last."""
    return {"file": (name, content)}


async def test_the_form_offers_lists(anna: httpx2.AsyncClient) -> None:
    page = await anna.get("/recipients/import/?list_id=4")
    assert '<option value="4" selected>Friends' in page.text
    assert 'enctype="multipart/form-data"' in page.text
    assert 'formaction="/recipients/import/?check=1"' in page.text
    assert page.text.index('name="skip_errors"') < page.text.index('name="file"')


class TestChecking:
    async def test_it_shows_what_would_come_and_the_first_rows(
        self, anna: httpx2.AsyncClient, gateway: FakeGateway
    ) -> None:
        report = {**REPORT, "refused": 130, "errors": [{"line": 17, "message": f"is {HOSTILE}"}]}
        gateway.on("POST", API, report)
        typed = {"list_id": "3", "skip_errors": "on"}
        page = await anna.post(f"{PATH}?check=1", data=typed, files=file())
        assert page.status_code == 200
        for text in ("What would come of this file", "1,200", "17", "And 129 more", "Казань"):
            assert text in page.text
        assert "<script>alert" not in page.text
        assert '<option value="3" selected>' in page.text
        [call] = gateway.asked("POST", API)
        assert call.query == {
            "format": "csv",
            "dry_run": "true",
            "skip_errors": "true",
            "list_id": "3",
        }
        assert call.body.decode() == CSV
        assert call.headers["content-type"] == "application/octet-stream"

    async def test_what_an_export_has_guarded_is_shown_as_it_will_be_read(
        self, anna: httpx2.AsyncClient, gateway: FakeGateway
    ) -> None:
        gateway.on("POST", API, REPORT)
        content = b"email,phone\r\na@example.com,'+7 916 123-45-67\r\n"
        page = await anna.post(f"{PATH}?check=1", files=file(content))
        assert ">+7 916 123-45-67<" in page.text

    @pytest.mark.parametrize(
        "content", [codecs.BOM_UTF8 + CSV.encode(), CSV.encode("cp1251")], ids=["bom", "cp1251"]
    )
    async def test_what_spreadsheets_write_is_read(
        self, anna: httpx2.AsyncClient, gateway: FakeGateway, content: bytes
    ) -> None:
        gateway.on("POST", API, REPORT)
        page = await anna.post(f"{PATH}?check=1", files=file(content))
        assert '<th scope="col">email</th>' in page.text
        assert '<td data-label="full_name">Анна</td>' in page.text
        assert gateway.asked("POST", API)[0].body == content

    async def test_json_lines(self, anna: httpx2.AsyncClient, gateway: FakeGateway) -> None:
        gateway.on("POST", API, REPORT)
        lines = [{"email": "a@example.com", "custom_fields": {"city": "Омск"}}, 1, {"comment": 7}]
        content = "\n".join([json.dumps(line) for line in lines] + ["{no json"])
        page = await anna.post(f"{PATH}?check=1", files=file(content, "people.JSONL"))
        assert '<td data-label="city">Омск</td>' in page.text
        assert gateway.asked("POST", API)[0].query["format"] == "jsonl"

    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"\n\n",
            b"\x00\xff\xfe",
            b'"' * 1000,
            b"a," * 50_000,
            HOSTILE.encode(),
            b"email\n" + b"x" * 200_000,
            "email;имя\n".encode() + "a@example.com;Жук\n".encode() * 9_000,
        ],
        ids=["empty", "blank", "binary", "quotes", "commas", "hostile", "long line", "long"],
    )
    async def test_any_file_makes_a_page(
        self, anna: httpx2.AsyncClient, gateway: FakeGateway, content: bytes
    ) -> None:
        gateway.on("POST", API, REPORT)
        page = await anna.post(f"{PATH}?check=1", files=file(content))
        assert page.status_code == 200
        assert "<script>alert" not in page.text
        assert gateway.asked("POST", API)[0].body == content


class TestImporting:
    async def test_what_is_right_leads_to_the_list(
        self, anna: httpx2.AsyncClient, gateway: FakeGateway
    ) -> None:
        gateway.on("POST", API, REPORT)
        response = await anna.post(PATH, data={"list_id": "3"}, files=file())
        assert response.headers["location"] == "/recipient-list/3/"
        assert gateway.asked("POST", API)[0].query["dry_run"] == "false"
        page = await anna.get("/recipients/")
        assert "Imported: 1,200 new, 1 changed, 0 as before." in page.text

    async def test_lines_that_were_passed_over_are_said(
        self, anna: httpx2.AsyncClient, gateway: FakeGateway
    ) -> None:
        errors = [{"line": 2, "message": "is wrong"}]
        gateway.on("POST", API, {**REPORT, "refused": 1, "errors": errors})
        page = await anna.post(PATH, data={"skip_errors": "on"}, files=file())
        assert page.status_code == 200
        assert "Imported, but for the lines below" in page.text

    async def test_wrong_lines_refuse_all(
        self, anna: httpx2.AsyncClient, gateway: FakeGateway
    ) -> None:
        said = {"line 17": "is wrong", "lines": "and 5 more bad lines"}
        gateway.refuse("POST", API, 422, "import_refused", fields=said)
        page = await anna.post(PATH, files=file())
        assert page.status_code == 422
        for text in ("Nothing was imported", "17", "and 5 more bad lines"):
            assert text in page.text

    async def test_a_list_of_another_person(
        self, anna: httpx2.AsyncClient, gateway: FakeGateway
    ) -> None:
        gateway.refuse("POST", API, 404, "list_not_found", "You have no such list.")
        page = await anna.post(PATH, data={"list_id": "99"}, files=file())
        assert page.status_code == 404
        assert "You have no such list." in page.text

    @pytest.mark.parametrize("parts", [{"file": ("", "")}, {"list_id": (None, "3")}])
    async def test_no_file(
        self,
        anna: httpx2.AsyncClient,
        gateway: FakeGateway,
        parts: dict[str, tuple[str | None, str]],
    ) -> None:
        page = await anna.post(PATH, files=parts)
        assert page.status_code == 422
        assert 'id="error-file"' in page.text
        assert gateway.asked("POST", API) == []

    async def test_half_a_form_imports_nothing(
        self, anna: httpx2.AsyncClient, gateway: FakeGateway
    ) -> None:
        whole: list[bool] = []

        async def answer(_request: web.Request, _body: bytes) -> web.StreamResponse:
            whole.append(True)
            return web.json_response(REPORT)

        gateway.answer("POST", API, answer)
        head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
        response = await anna.post(
            PATH,
            content=head + CSV.encode() * 9_000,
            headers={"Content-Type": "multipart/form-data; boundary=x"},
        )
        assert response.status_code == 400
        assert whole == []

    async def test_the_service_away(self, anna: httpx2.AsyncClient, gateway: FakeGateway) -> None:
        gateway.refuse("POST", API, 502, "bad_gateway")
        page = await anna.post(PATH, files=file())
        assert page.status_code == 503
        assert "It is not known whether it was done" in page.text


class TestBeforeTheFirstByte:
    async def refused(self, browser: httpx2.AsyncClient, **headers: str) -> httpx2.Response:
        async def never() -> AsyncIterator[bytes]:
            yield pytest.fail("was read")

        kind = {"Content-Type": "multipart/form-data; boundary=x", **headers}
        return await browser.post(PATH, content=never(), headers=kind)

    async def test_a_stranger(self, browser: httpx2.AsyncClient) -> None:
        response = await self.refused(browser)
        assert response.headers["location"].startswith("/users/login/")

    async def test_a_foreign_form(self, anna: httpx2.AsyncClient) -> None:
        response = await self.refused(anna, **{"Sec-Fetch-Site": "cross-site"})
        assert response.status_code == 403

    async def test_a_session_that_auth_has_ended(
        self, anna: httpx2.AsyncClient, gateway: FakeGateway
    ) -> None:
        await BrowserSession.all().update(sealed_tokens=b"of another secret")
        response = await self.refused(anna)
        assert response.headers["location"].startswith("/users/login/")
        assert gateway.asked("POST", API) == []

    async def test_who_may_not_have_recipients(self, sign_in: SignIn, gateway: FakeGateway) -> None:
        gateway.refuse("GET", "/api/v1/recipient-lists", 403, "email_not_verified", "Confirm it.")
        response = await self.refused(await sign_in())
        assert response.status_code == 403
        assert 'href="/users/confirm-email/"' in response.text

    async def test_too_large_as_it_says_itself(self, anna: httpx2.AsyncClient) -> None:
        response = await self.refused(anna, **{"Content-Length": str(65 * 2**20)})
        assert response.status_code == 413
        assert "64 MiB are the most" in response.text


class TestExporting:
    async def test_a_spreadsheet_reads_it(
        self, anna: httpx2.AsyncClient, gateway: FakeGateway
    ) -> None:
        async def answer(_request: web.Request, _body: bytes) -> web.StreamResponse:
            return web.Response(text=CSV, content_type="text/csv")

        gateway.answer("GET", "/api/v1/recipients/export", answer)
        response = await anna.get("/recipients/export/?list_id=3&format=exe")
        assert response.content == codecs.BOM_UTF8 + CSV.encode()
        assert response.headers["content-disposition"] == 'attachment; filename="recipients.csv"'
        assert response.headers["cache-control"] == "no-store"
        assert gateway.asked("GET", "/api/v1/recipients/export")[0].query == {
            "format": "csv",
            "list_id": "3",
        }

    async def test_json_lines_come_as_they_are(
        self, anna: httpx2.AsyncClient, gateway: FakeGateway
    ) -> None:
        async def answer(_request: web.Request, _body: bytes) -> web.StreamResponse:
            return web.Response(text='{"email": "a"}\n', content_type="application/x-ndjson")

        gateway.answer("GET", "/api/v1/recipients/export", answer)
        response = await anna.get("/recipients/export/?format=jsonl")
        assert response.text == '{"email": "a"}\n'
        assert response.headers["content-type"] == "application/x-ndjson"

    async def test_another_persons_list(
        self, anna: httpx2.AsyncClient, gateway: FakeGateway
    ) -> None:
        gateway.refuse("GET", "/api/v1/recipients/export", 404, "list_not_found")
        assert (await anna.get("/recipients/export/?list_id=9")).status_code == 404

    async def test_no_place_is_left_behind(
        self, anna: httpx2.AsyncClient, gateway: FakeGateway
    ) -> None:
        async def cut(request: web.Request, _body: bytes) -> web.StreamResponse:
            response = web.StreamResponse(headers={"Content-Type": "text/csv"})
            await response.prepare(request)
            await response.write(b"email\n")
            assert request.transport is not None
            request.transport.abort()
            return response

        for _ in range(TRANSFERS + 1):
            gateway.answer("GET", "/api/v1/recipients/export", cut)
        gateway.on("GET", "/api/v1/recipients/export", [])
        for _ in range(TRANSFERS + 1):
            assert (await anna.get("/recipients/export/")).content.count(b"email") <= 1
        assert (await anna.get("/recipients/export/?format=jsonl")).text == "[]"
