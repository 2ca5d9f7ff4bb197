"""Publish an article, now or at a time, and take it back: of the revision that was seen."""

from typing import Final

from starlette.responses import Response

from web_service.drafts import api
from web_service.drafts.showing import show
from web_service.drafts.wall_times import instant_of
from web_service.errors import ApiRefused
from web_service.pages.forms import Form
from web_service.pages.page import Page
from web_service.pages.revisions import if_match

_CHANGED_MEANWHILE: Final = "precondition_failed"
_CONFLICTS: Final = frozenset({409, 412})
_UNPROCESSABLE: Final = 422


async def publish(page: Page) -> Response:
    """Have everybody read it now."""
    return await _moved(page, "publish", page.gettext("Published. Everybody can read it now."))


async def withdraw(page: Page) -> Response:
    """Make it a draft again."""
    said = page.gettext("It is a draft again, which nobody but editors sees.")
    return await _moved(page, "withdraw", said)


async def schedule(page: Page) -> Response:
    """Have it appear by itself, at a time on the reader's clock."""
    _ = page.gettext
    form = await page.form()
    instant = instant_of(form.text("publish_at"), page.time_zone)
    if instant is None:
        form.add_error("publish_at", _("Say a day and a time that there is on your clock"))
        return show(page, await api.read(page), form, status=_UNPROCESSABLE)
    body = {"publish_at": instant.strftime("%Y-%m-%dT%H:%M:%SZ")}
    try:
        return await _asked(page, form, "schedule", _("It appears by itself."), body)
    except ApiRefused as refused:
        if refused.status != _UNPROCESSABLE:
            raise
        form.refuse(refused, known=("publish_at",))
        return show(page, await api.read(page), form, status=refused.status)


async def _moved(page: Page, act: str, said: str) -> Response:
    return await _asked(page, await page.form(), act, said)


async def _asked(page: Page, form: Form, act: str, said: str, body: object = None) -> Response:
    """Ask for it; an article that is something else by now is shown as it is."""
    try:
        await page.api.post(f"{api.path_of(page)}/{act}", body, fields=if_match(form))
    except ApiRefused as refused:
        if refused.status not in _CONFLICTS:
            raise
        await page.notice(_meanwhile(page, refused), "danger")
    else:
        await page.notice(said)
    return page.redirect(api.address_of(page))


def _meanwhile(page: Page, refused: ApiRefused) -> str:
    _ = page.gettext
    if refused.error == _CHANGED_MEANWHILE:
        return _("The article was changed elsewhere meanwhile. This is how it is now.")
    return refused.message
