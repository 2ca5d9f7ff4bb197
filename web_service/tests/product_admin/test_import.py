"""Files of products: checked, imported with a report, and exported."""

import codecs
from collections.abc import AsyncIterator

import httpx2
import pytest
from aiohttp import web

from web_service.tests.conftest import SignIn
from web_service.tests.fake_gateway import FakeGateway
from web_service.tests.products.catalog import MARKUP, listed

PATH = "/products/import/"
PRODUCTS = "/api/v1/products"
API = f"{PRODUCTS}/import"
CSV = "name;price;sku\nЧай;199;TEA-1\nКофе;349,90;\n"
REPORT = {
    "created": 1200,
    "changed": 1,
    "unchanged": 0,
    "refused": 0,
    "errors": [],
    "encoding": "utf-8",
    "prices": [{"line": 2, "name": MARKUP, "price": 19900, "shown": "RUB 199.00"}],
}


@pytest.fixture
async def maria(sign_in: SignIn, gateway: FakeGateway) -> httpx2.AsyncClient:
    """A browser in which a manager is signed in."""
    gateway.on("GET", PRODUCTS, listed())
    return await sign_in("manager")


def file(content: str = CSV, name: str = "tea.csv") -> dict[str, tuple[str | None, str]]:
    return {"file": (name, content)}


async def test_the_form_shows_what_a_number_may_mean(maria: httpx2.AsyncClient) -> None:
    page = (await maria.get(PATH)).text
    assert 'enctype="multipart/form-data"' in page
    assert 'formaction="/products/import/?check=1"' in page
    for value, shown in (("major", "199.00"), ("minor", "1.99")):
        assert f'<option value="{value}">RUB\N{NO-BREAK SPACE}{shown}' in page


class TestChecking:
    async def test_it_shows_what_would_come_and_the_prices_as_they_are_read(
        self, maria: httpx2.AsyncClient, gateway: FakeGateway
    ) -> None:
        report = {**REPORT, "refused": 130, "errors": [{"line": 17, "message": f"is {MARKUP}"}]}
        gateway.on("POST", API, report)
        typed = {"price_unit": "major", "skip_errors": "on"}
        page = await maria.post(f"{PATH}?check=1", data=typed, files=file())
        assert page.status_code == 200
        said = "What would come of this file", "1,200", "17", "And 129 more", "RUB 199.00"
        for text in said:
            assert text in page.text
        assert "<script>alert" not in page.text
        assert '<option value="major" selected>' in page.text
        [call] = gateway.asked("POST", API)
        assert call.query == {
            "format": "csv",
            "dry_run": "true",
            "skip_errors": "true",
            "price_unit": "major",
        }
        assert call.body.decode() == CSV

    async def test_a_file_that_mixes_prices_says_so_beside_the_choice(
        self, maria: httpx2.AsyncClient, gateway: FakeGateway
    ) -> None:
        said = {"price_unit": "Say what whole numbers count"}
        gateway.refuse("POST", API, 422, "validation_failed", fields=said)
        page = await maria.post(f"{PATH}?check=1", data={"price_unit": "lost"}, files=file())
        assert page.status_code == 422
        assert 'id="error-price_unit"' in page.text
        assert "price_unit" not in gateway.asked("POST", API)[0].query

    async def test_json_lines(self, maria: httpx2.AsyncClient, gateway: FakeGateway) -> None:
        gateway.on("POST", API, REPORT)
        await maria.post(f"{PATH}?check=1", files=file('{"name": "a"}', "tea.JSONL"))
        assert gateway.asked("POST", API)[0].query["format"] == "jsonl"


class TestImporting:
    async def test_the_report_says_what_was_done(
        self, maria: httpx2.AsyncClient, gateway: FakeGateway
    ) -> None:
        gateway.on("POST", API, REPORT)
        page = await maria.post(PATH, files=file())
        assert page.status_code == 200
        assert gateway.asked("POST", API)[0].query["dry_run"] == "false"
        assert "<h2>Imported</h2>" in page.text
        assert "RUB 199.00" in page.text
        said = "Imported: 1,200 new, 1 changed, 0 as before."
        assert said in (await maria.get("/products/manage/")).text

    async def test_lines_that_were_passed_over_are_said(
        self, maria: httpx2.AsyncClient, gateway: FakeGateway
    ) -> None:
        errors = [{"line": 2, "message": "is wrong"}]
        gateway.on("POST", API, {**REPORT, "refused": 1, "errors": errors})
        page = await maria.post(PATH, data={"skip_errors": "on"}, files=file())
        assert "Imported, but for the lines below" in page.text

    async def test_wrong_lines_refuse_all(
        self, maria: httpx2.AsyncClient, gateway: FakeGateway
    ) -> None:
        said = {"line 17": "is wrong", "lines": "and 5 more bad lines"}
        gateway.refuse("POST", API, 422, "import_refused", fields=said)
        page = await maria.post(PATH, files=file())
        assert page.status_code == 422
        for text in ("Nothing was imported", "17", "and 5 more bad lines"):
            assert text in page.text

    async def test_while_another_import_runs_nothing_is_imported(
        self, maria: httpx2.AsyncClient, gateway: FakeGateway
    ) -> None:
        gateway.refuse("POST", API, 409, "import_running", "Another import is running.")
        page = await maria.post(PATH, files=file())
        assert page.status_code == 409
        assert "Another import is running." in page.text

    @pytest.mark.parametrize("parts", [{"file": ("", "")}, {"price_unit": (None, "major")}])
    async def test_no_file(
        self,
        maria: httpx2.AsyncClient,
        gateway: FakeGateway,
        parts: dict[str, tuple[str | None, str]],
    ) -> None:
        page = await maria.post(PATH, files=parts)
        assert page.status_code == 422
        assert 'id="error-file"' in page.text
        assert gateway.asked("POST", API) == []

    async def test_half_a_form_imports_nothing(
        self, maria: httpx2.AsyncClient, gateway: FakeGateway
    ) -> None:
        whole: list[bool] = []

        async def answer(_request: web.Request, _body: bytes) -> web.StreamResponse:
            whole.append(True)
            return web.json_response(REPORT)

        gateway.answer("POST", API, answer)
        head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
        response = await maria.post(
            PATH,
            content=head + CSV.encode() * 9_000,
            headers={"Content-Type": "multipart/form-data; boundary=x"},
        )
        assert response.status_code == 400
        assert whole == []

    async def test_the_service_away(self, maria: httpx2.AsyncClient, gateway: FakeGateway) -> None:
        gateway.refuse("POST", API, 502, "bad_gateway")
        page = await maria.post(PATH, files=file())
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

    async def test_a_customer(self, sign_in: SignIn) -> None:
        assert (await self.refused(await sign_in())).status_code == 403

    async def test_whose_role_was_taken_away(self, sign_in: SignIn, gateway: FakeGateway) -> None:
        gateway.refuse("GET", PRODUCTS, 403, "forbidden", "You may not do this.")
        assert (await self.refused(await sign_in("manager"))).status_code == 403

    async def test_too_large_as_it_says_itself(self, maria: httpx2.AsyncClient) -> None:
        response = await self.refused(maria, **{"Content-Length": str(65 * 2**20)})
        assert response.status_code == 413
        assert "64 MiB are the most" in response.text


class TestExporting:
    @pytest.mark.parametrize(
        ("query", "kind", "expected"),
        [("", "csv", codecs.BOM_UTF8 + CSV.encode()), ("?format=jsonl", "jsonl", CSV.encode())],
    )
    async def test_everything_is_a_file(
        self,
        maria: httpx2.AsyncClient,
        gateway: FakeGateway,
        query: str,
        kind: str,
        expected: bytes,
    ) -> None:
        media_type = {"csv": "text/csv", "jsonl": "application/x-ndjson"}[kind]

        async def answer(_request: web.Request, _body: bytes) -> web.StreamResponse:
            return web.Response(text=CSV, content_type=media_type)

        gateway.answer("GET", f"{PRODUCTS}/export", answer)
        response = await maria.get(f"/products/export/{query}")
        assert response.content == expected
        assert response.headers["content-disposition"] == f'attachment; filename="products.{kind}"'
        asked = {"format": kind, "include_inactive": "true"}
        assert gateway.asked("GET", f"{PRODUCTS}/export")[0].query == asked
