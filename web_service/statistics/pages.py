"""Statistics as pages: of everything, of a mailing, of a message."""

import asyncio
from collections.abc import Mapping
from typing import Any, Final

from starlette.responses import Response

from web_service.pages.access import SIGNED_IN
from web_service.pages.page import Page
from web_service.pages.routes import get
from web_service.pages.row_ids import row_id
from web_service.sendings import words
from web_service.sendings.pages import MAILINGS, read_sending
from web_service.sendings.sending_form import MESSAGES
from web_service.statistics.hours import points

STATISTICS: Final = "/api/v1/statistics"
PLOTTED: Final = ("sent", "temporary_failure", "permanent_failure", "uncertain")


async def show_all(page: Page) -> Response:
    """Show what became of all the reader's emails."""
    return _show(page, (await page.api.get(STATISTICS)).data)


async def show_of_mailing(page: Page) -> Response:
    """Show what became of the emails of a mailing, as a whole, by run and by hour."""
    path = f"{MAILINGS}/{row_id(page)}/statistics"
    mailing, found = await asyncio.gather(read_sending(page), page.api.get(path))
    return _show(page, found.data, mailing=mailing)


async def show_of_message(page: Page) -> Response:
    """Show what became of all emails that began with a message."""
    path = f"{MESSAGES}/{row_id(page)}"
    message, found = await asyncio.gather(page.api.get(path), page.api.get(f"{path}/statistics"))
    return _show(page, found.data, message=message.data)


def _show(
    page: Page,
    found: Mapping[str, Any],
    *,
    mailing: Mapping[str, Any] | None = None,
    message: Mapping[str, Any] | None = None,
) -> Response:
    _ = page.gettext
    outcomes = words.outcomes(_)
    plots = [
        (
            outcomes[outcome],
            points(found["hours"], outcome, time_zone=page.time_zone, language=page.language),
        )
        for outcome in PLOTTED
        if any(one["attempts"].get(outcome) for one in found["hours"])
    ]
    states = words.states(_)
    return page.render(
        "statistics/statistics.html",
        mailing=mailing,
        message=message,
        found=found,
        plots=plots,
        states=states,
        counted=[(text, found["counts"].get(state, 0)) for state, text in states.items()],
    )


ROUTES = (
    get("/statistics", show_all, SIGNED_IN),
    get("/sending/{id}/statistics", show_of_mailing, SIGNED_IN),
    get("/message/{id}/statistics", show_of_message, SIGNED_IN),
)
