"""What an owner does with a mailing: buttons of its page."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

from starlette.responses import Response

from web_service.errors import ApiRefused
from web_service.gateway_client.idempotency import post_once
from web_service.pages.access import SIGNED_IN
from web_service.pages.page import Page
from web_service.pages.routes import post
from web_service.pages.row_ids import row_id
from web_service.sendings.pages import MAILINGS

_UNAUTHORIZED: Final = 401


async def submit(page: Page) -> Response:
    """Submit a draft."""
    form, path = await page.form(), f"{MAILINGS}/{row_id(page)}/submit"
    said = page.gettext("The mailing is submitted.")
    return await _done(page, lambda: post_once(page.api, path, key=form.text("key")), said)


async def pause(page: Page) -> Response:
    """Pause a mailing."""
    return await _commanded(page, "pause", page.gettext("The mailing is paused."))


async def resume(page: Page) -> Response:
    """Have a paused mailing go on."""
    return await _commanded(page, "resume", page.gettext("The mailing goes on."))


async def finish(page: Page) -> Response:
    """Finish a mailing early."""
    return await _commanded(page, "finish", page.gettext("The mailing is finished."))


async def retry(page: Page) -> Response:
    """Send to those again whom it failed for."""
    form = await page.form()
    body: dict[str, Any] = {"include_uncertain": form.is_checked("include_uncertain")}
    if form.text("ends_at"):
        body["ends_at"] = form.text("ends_at")
    said = page.gettext("It is sent again to those who have not got it.")
    return await _commanded(page, "retry-failed", said, body)


async def copy(page: Page) -> Response:
    """Write a draft like it."""
    copied = (await page.api.post(f"{MAILINGS}/{row_id(page)}/copy")).data
    await page.notice(page.gettext("This is a copy: a draft that you may change."))
    return page.redirect(f"/sending/{copied['id']}/update/")


async def _commanded(page: Page, command: str, said: str, body: object = None) -> Response:
    path = f"{MAILINGS}/{row_id(page)}/{command}"
    return await _done(page, lambda: page.api.post(path, body), said)


async def _done(page: Page, act: Callable[[], Awaitable[object]], said: str) -> Response:
    """Do it and say so on the mailing's page; what the API says against it is said there, too."""
    try:
        await act()
    except ApiRefused as refused:
        if refused.status == _UNAUTHORIZED:
            raise
        texts = [refused.message, *(problem.message for problem in refused.fields)]
        await page.notice(" ".join(texts), "warning")
    else:
        await page.notice(said)
    return page.redirect(f"/sending/{row_id(page)}/")


ROUTES = (
    post("/sending/{id}/submit", submit, SIGNED_IN),
    post("/sending/{id}/pause", pause, SIGNED_IN),
    post("/sending/{id}/resume", resume, SIGNED_IN),
    post("/sending/{id}/finish", finish, SIGNED_IN),
    post("/sending/{id}/retry", retry, SIGNED_IN),
    post("/sending/{id}/copy", copy, SIGNED_IN),
)
