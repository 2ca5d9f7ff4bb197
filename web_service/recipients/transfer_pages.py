"""Files of recipients: checked and imported as they stream by, and exported."""

from typing import Final

from starlette.responses import Response

from shared.transfer.formats import FileFormat
from shared.transfer.uploads import MAX_SIZE
from web_service.errors import ApiRefused, ApiUnavailable, FormTooLarge
from web_service.gateway_client import streams
from web_service.pages.access import SIGNED_IN
from web_service.pages.bodies import MAX_FORM, Upload
from web_service.pages.downloads import download
from web_service.pages.forms import Form
from web_service.pages.import_report import Report
from web_service.pages.listing import number_in
from web_service.pages.page import Page
from web_service.pages.routes import get, upload
from web_service.recipient_lists.choices import ListChoice, list_choices
from web_service.recipients.first_rows import FirstRows, Sample

PATH: Final = "/recipients/import/"
_IMPORT: Final = "/api/v1/recipients/import"
_EXPORT: Final = "/api/v1/recipients/export"
_JSON_NAMES: Final = (".jsonl", ".ndjson", ".json")
_REFUSED: Final = "import_refused"


async def ask_for_file(page: Page) -> Response:
    """Ask for a file, and what is to become of it."""
    chosen = number_in(page.request.query_params.get("list_id"))
    return _show(page, Form.filled({"list_id": chosen}), await list_choices(page))


async def take_file(page: Page) -> Response:
    """Import a file, or with `check` in the address say what would come of that.

    Nothing of the file is kept here, so what was checked is chosen again to be imported.
    """
    lists = await list_choices(page)  # and whether the reader may do this, before a byte is read
    try:
        _check_length(page)
        sent = await page.upload("file", most=MAX_SIZE)
        return await _taken(page, sent, lists)
    except FormTooLarge:
        _ = page.gettext
        form = Form()
        form.add_error("file", _("The file is too large: 64 MiB are the most"))
        return _show(page, form, lists, status=FormTooLarge.status)


async def export(page: Page) -> Response:
    """Give all recipients, or those of a list, as a file."""
    query = page.request.query_params
    is_json = query.get("format") == FileFormat.JSON_LINES
    kind = FileFormat.JSON_LINES if is_json else FileFormat.CSV
    asked = {"format": kind.value, "list_id": number_in(query.get("list_id"))}
    return await download(page, _EXPORT, query=asked, filename=f"recipients.{kind.value}")


def _check_length(page: Page) -> None:
    length = page.request.headers.get("content-length", "")
    if length.isdecimal() and int(length) > MAX_SIZE + MAX_FORM:
        raise FormTooLarge


async def _taken(page: Page, sent: Upload, lists: list[ListChoice]) -> Response:
    _ = page.gettext
    form = sent.form
    if not sent.filename:
        form.add_error("file", _("Choose a file"))
        return _show(page, form, lists, status=422)
    is_check = page.request.query_params.get("check") == "1"
    is_json = sent.filename.lower().endswith(_JSON_NAMES)
    kind = FileFormat.JSON_LINES if is_json else FileFormat.CSV
    sample = Sample()
    try:
        report = await _imported(page, sent, kind, sample, is_check=is_check)
    except ApiRefused as refused:
        if refused.error != _REFUSED:
            form.refuse(refused, names={"list_id": "list_id"})
            return _show(page, form, lists, status=refused.status)
        report = Report.of_refusal(refused)
    if report.is_done and not report.refused:
        await page.notice(report.sentence(page))
        chosen = number_in(form.text("list_id"))
        return page.redirect(f"/recipient-list/{chosen}/" if chosen else "/recipients/")
    return _show(page, form, lists, report=report, rows=sample.first_rows(kind), name=sent.filename)


async def _imported(
    page: Page, sent: Upload, kind: FileFormat, sample: Sample, *, is_check: bool
) -> Report:
    query = {
        "format": kind.value,
        "dry_run": is_check,
        "skip_errors": sent.form.is_checked("skip_errors"),
        "list_id": number_in(sent.form.text("list_id")),
    }
    try:
        content = sample.through(sent.content())
        response = await streams.upload(page.api, _IMPORT, content, query=query)
    except ApiUnavailable:
        if sent.failure is not None:
            raise sent.failure from None
        raise
    return Report.of(response.data, is_done=not is_check)


def _show(
    page: Page,
    form: Form,
    lists: list[ListChoice],
    *,
    status: int = 200,
    report: Report | None = None,
    rows: FirstRows | None = None,
    name: str = "",
) -> Response:
    if report is not None and report.was_refused:
        status = 422
    return page.render(
        "recipients/import.html",
        status=status,
        form=form,
        lists=lists,
        report=report,
        rows=rows,
        filename=name,
    )


ROUTES = (
    get(PATH, ask_for_file, SIGNED_IN),
    upload(PATH, take_file, SIGNED_IN),
    get("/recipients/export/", export, SIGNED_IN),
)
