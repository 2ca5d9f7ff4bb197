"""Emails of a mailing as pages, and as a file."""

from typing import Final

from starlette.responses import Response

from web_service.pages.access import SIGNED_IN
from web_service.pages.downloads import download
from web_service.pages.forms import Form
from web_service.pages.listing import Listing, search_in
from web_service.pages.page import Page
from web_service.pages.routes import get
from web_service.pages.row_ids import row_id
from web_service.sendings import words
from web_service.sendings.pages import MAILINGS, read_sending

DELIVERIES: Final = "/api/v1/deliveries"


async def list_deliveries(page: Page) -> Response:
    """Show the emails of a mailing, the newest first."""
    mailing = await read_sending(page)
    query, states = page.request.query_params, words.states(page.gettext)
    state = query.get("state", "")
    filters = {"state": state if state in states else None, "q": search_in(query.get("q"))}
    listing = Listing.read(page, f"/sending/{mailing['id']}/deliveries/", filters)
    shown = await listing.read_from(page, f"{MAILINGS}/{mailing['id']}/deliveries")
    if shown.beyond:
        return page.redirect(shown.beyond)
    return page.render(
        "deliveries/list.html",
        mailing=mailing,
        form=Form.filled(listing.filters),
        shown=shown,
        states=states,
        tones=words.STATE_TONES,
        is_own=mailing["owner_id"] == str(page.person.user_id),
    )


async def show_delivery(page: Page) -> Response:
    """Show one email with each attempt, and what the mail server said to it."""
    delivery = (await page.api.get(f"{DELIVERIES}/{row_id(page)}")).data
    _ = page.gettext
    return page.render(
        "deliveries/delivery.html",
        delivery=delivery,
        states=words.states(_),
        tones=words.STATE_TONES,
        outcomes=words.outcomes(_),
    )


async def export_deliveries(page: Page) -> Response:
    """Give them all as a file."""
    mailing_id, state = row_id(page), page.request.query_params.get("state", "")
    query = {"format": "csv", "state": state if state in words.STATE_TONES else None}
    path = f"{MAILINGS}/{mailing_id}/deliveries/export"
    return await download(page, path, query=query, filename=f"deliveries-{mailing_id}.csv")


ROUTES = (
    get("/sending/{id}/deliveries", list_deliveries, SIGNED_IN),
    get("/sending/{id}/deliveries/export", export_deliveries, SIGNED_IN),
    get("/delivery/{id}", show_delivery, SIGNED_IN),
)
