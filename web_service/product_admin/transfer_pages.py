"""Files of products: checked and imported as they stream by, and exported."""

from collections.abc import Sequence
from typing import Any, Final

from starlette.responses import Response

from shared.transfer.formats import FileFormat
from shared.transfer.uploads import MAX_SIZE
from web_service.errors import ApiRefused, ApiUnavailable, FormTooLarge
from web_service.gateway_client import streams
from web_service.gateway_client.api import Query
from web_service.pages.access import STAFF
from web_service.pages.bodies import MAX_FORM, Upload
from web_service.pages.downloads import download
from web_service.pages.forms import Form
from web_service.pages.import_report import Report
from web_service.pages.page import Page
from web_service.pages.routes import get, upload
from web_service.product_admin import product_form
from web_service.products.pages import API

PATH: Final = "/products/import/"
UNITS: Final = ("major", "minor")
_JSON_NAMES: Final = (".jsonl", ".ndjson", ".json")
_REFUSED: Final = "import_refused"
_UNPROCESSABLE: Final = 422

Prices = Sequence[dict[str, Any]]


async def ask_for_file(page: Page) -> Response:
    """Ask for a file, and what is to become of it."""
    return _show(page, page.begin_form())


async def take_file(page: Page) -> Response:
    """Import a file, or with `check` in the address say what would come of that.

    Nothing of the file is kept here, so what was checked is chosen again to be imported.
    """
    await page.api.get(API, {"include_inactive": True, "size": 1})  # may the reader still do this?
    try:
        _check_length(page)
        return await _taken(page, await page.upload("file", most=MAX_SIZE))
    except FormTooLarge:
        form = Form()
        form.add_error("file", page.gettext("The file is too large: 64 MiB are the most"))
        return _show(page, form, status=FormTooLarge.status)


async def export(page: Page) -> Response:
    """Give all products as a file, also those that are switched off."""
    is_json = page.request.query_params.get("format") == FileFormat.JSON_LINES
    kind = FileFormat.JSON_LINES if is_json else FileFormat.CSV
    asked = {"format": kind.value, "include_inactive": True}
    return await download(page, f"{API}/export", query=asked, filename=f"products.{kind.value}")


def _check_length(page: Page) -> None:
    length = page.request.headers.get("content-length", "")
    if length.isdecimal() and int(length) > MAX_SIZE + MAX_FORM:
        raise FormTooLarge


async def _taken(page: Page, sent: Upload) -> Response:
    form = sent.form
    if not sent.filename:
        form.add_error("file", page.gettext("Choose a file"))
        return _show(page, form, status=_UNPROCESSABLE)
    prices: Prices = ()
    try:
        report, prices = await _imported(page, sent)
    except ApiRefused as refused:
        if refused.error != _REFUSED:
            form.refuse(refused, names={"price_unit": "price_unit"})
            return _show(page, form, status=refused.status)
        report = Report.of_refusal(refused)
    if report.is_done:
        await page.notice(report.sentence(page))
    return _show(page, form, report=report, prices=prices, name=sent.filename)


async def _imported(page: Page, sent: Upload) -> tuple[Report, Prices]:
    is_check = page.request.query_params.get("check") == "1"
    is_json = sent.filename.lower().endswith(_JSON_NAMES)
    unit = sent.form.text("price_unit")
    query: Query = {
        "format": (FileFormat.JSON_LINES if is_json else FileFormat.CSV).value,
        "dry_run": is_check,
        "skip_errors": sent.form.is_checked("skip_errors"),
        "price_unit": unit if unit in UNITS else None,
    }
    try:
        response = await streams.upload(page.api, f"{API}/import", sent.content(), query=query)
    except ApiUnavailable:
        if sent.failure is not None:
            raise sent.failure from None
        raise
    return Report.of(response.data, is_done=not is_check), response.data["prices"]


def _show(
    page: Page,
    form: Form,
    *,
    status: int = 200,
    report: Report | None = None,
    prices: Prices = (),
    name: str = "",
) -> Response:
    if report is not None and report.was_refused:
        status = _UNPROCESSABLE
    return page.render(
        "product_admin/import.html",
        status=status,
        form=form,
        report=report,
        prices=prices,
        filename=name,
        units=product_form.examples(page),
    )


ROUTES = (
    get(PATH, ask_for_file, STAFF),
    upload(PATH, take_file, STAFF),
    get("/products/export/", export, STAFF),
)
