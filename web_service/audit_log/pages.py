"""The audit logs as lists with filters, and as files for a spreadsheet."""

from typing import Any, Final

from starlette.responses import Response

from web_service.audit_log import words
from web_service.audit_log.filters import Chosen, Log, read_filters
from web_service.pages.access import ADMINS
from web_service.pages.downloads import download
from web_service.pages.listing import Listing, address_of
from web_service.pages.page import Page
from web_service.pages.routes import get
from web_service.people.accounts import role_names
from web_service.people.browsers import browser_name

ACCOUNTS: Final = Log("/admin/audit/", "/api/v1/audit", "subject_id")
MAILINGS: Final = Log("/admin/mailing-audit/", "/api/v1/mailing-audit", "owner_id")
_UNPROCESSABLE: Final = 422


async def list_account_events(page: Page) -> Response:
    """Show what happened to accounts, the newest first."""
    return await _list(page, ACCOUNTS, "audit_log/accounts.html")


async def list_mailing_events(page: Page) -> Response:
    """Show what happened to mailings, the newest first."""
    return await _list(page, MAILINGS, "audit_log/mailings.html")


async def export_account_events(page: Page) -> Response:
    """Give those events as a file."""
    return await _export(page, ACCOUNTS, "audit.csv")


async def export_mailing_events(page: Page) -> Response:
    """Give those events as a file."""
    return await _export(page, MAILINGS, "mailing-audit.csv")


async def _list(page: Page, log: Log, template: str) -> Response:
    chosen = await _read(page, log)
    values: dict[str, Any] = {
        "form": chosen.form,
        "events": _events(page, log),
        "details": words.details(page.gettext),
        "role_names": role_names(page),
        "browser_name": browser_name,
        "export": address_of(f"{log.path}export/", chosen.address),
    }
    if chosen.form.is_wrong:
        return page.render(template, status=_UNPROCESSABLE, shown=None, **values)
    listing = Listing.read(page, log.path, chosen.address, asked=chosen.asked)
    shown = await listing.read_from(page, log.api)
    if shown.beyond:
        return page.redirect(shown.beyond)
    return page.render(template, shown=shown, **values)


async def _export(page: Page, log: Log, filename: str) -> Response:
    chosen = await _read(page, log)
    if chosen.form.is_wrong:
        return page.redirect(address_of(log.path, chosen.address))
    query = {**chosen.asked, "format": "csv"}
    return await download(page, f"{log.api}/export", query=query, filename=filename)


async def _read(page: Page, log: Log) -> Chosen:
    return await read_filters(page, log, _events(page, log))


def _events(page: Page, log: Log) -> dict[str, str]:
    texts = words.account_events if log is ACCOUNTS else words.mailing_events
    return dict(texts(page.gettext))


ROUTES = (
    get("/admin/audit", list_account_events, ADMINS),
    get("/admin/audit/export", export_account_events, ADMINS),
    get("/admin/mailing-audit", list_mailing_events, ADMINS),
    get("/admin/mailing-audit/export", export_mailing_events, ADMINS),
)
