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

ACCOUNTS: Final = Log(
    path="/admin/audit/",
    api="/api/v1/audit",
    filename="audit.csv",
    people={"who": "actor_id", "about": "subject_id"},
    own={"outcome": "succeeded"},
)
MAILINGS: Final = Log(
    path="/admin/mailing-audit/",
    api="/api/v1/mailing-audit",
    filename="mailing-audit.csv",
    people={"who": "actor_id", "about": "owner_id"},
    own={"mailing": "mailing_id"},
)
CATALOG: Final = Log(
    path="/admin/catalog-audit/",
    api="/api/v1/catalog-audit",
    filename="catalog-audit.csv",
    people={"who": "actor_id"},
    own={"product": "product_id", "order": "order_id"},
)
_UNPROCESSABLE: Final = 422


async def list_account_events(page: Page) -> Response:
    """Show what happened to accounts, the newest first."""
    return await _list(page, ACCOUNTS, "audit_log/accounts.html")


async def list_mailing_events(page: Page) -> Response:
    """Show what happened to mailings, the newest first."""
    return await _list(page, MAILINGS, "audit_log/mailings.html")


async def list_catalog_events(page: Page) -> Response:
    """Show what the staff did to products and orders, the newest first."""
    return await _list(page, CATALOG, "audit_log/catalog.html")


async def export_account_events(page: Page) -> Response:
    """Give those events as a file."""
    return await _export(page, ACCOUNTS)


async def export_mailing_events(page: Page) -> Response:
    """Give those events as a file."""
    return await _export(page, MAILINGS)


async def export_catalog_events(page: Page) -> Response:
    """Give those events as a file."""
    return await _export(page, CATALOG)


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


async def _export(page: Page, log: Log) -> Response:
    chosen = await _read(page, log)
    if chosen.form.is_wrong:
        return page.redirect(address_of(log.path, chosen.address))
    query = {**chosen.asked, "format": "csv"}
    return await download(page, f"{log.api}/export", query=query, filename=log.filename)


async def _read(page: Page, log: Log) -> Chosen:
    return await read_filters(page, log, _events(page, log))


def _events(page: Page, log: Log) -> dict[str, str]:
    return dict(_EVENTS[log.path](page.gettext))


_EVENTS: Final = {
    ACCOUNTS.path: words.account_events,
    MAILINGS.path: words.mailing_events,
    CATALOG.path: words.catalog_events,
}

ROUTES = (
    get("/admin/audit", list_account_events, ADMINS),
    get("/admin/audit/export", export_account_events, ADMINS),
    get("/admin/mailing-audit", list_mailing_events, ADMINS),
    get("/admin/mailing-audit/export", export_mailing_events, ADMINS),
    get("/admin/catalog-audit", list_catalog_events, ADMINS),
    get("/admin/catalog-audit/export", export_catalog_events, ADMINS),
)
