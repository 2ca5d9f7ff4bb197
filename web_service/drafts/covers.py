"""The picture at the head of an article: given as it streams by, and taken away."""

from collections.abc import Mapping
from typing import Any, Final

from starlette.responses import Response

from web_service.articles.cards import Card
from web_service.drafts import api
from web_service.errors import ApiRefused, ApiUnavailable, FormTooLarge
from web_service.gateway_client import streams
from web_service.pages.access import BLOG_EDITORS
from web_service.pages.bodies import MAX_FORM, Upload
from web_service.pages.forms import Form
from web_service.pages.page import Page
from web_service.pages.revisions import if_match
from web_service.pages.routes import get, post, upload

LARGEST: Final = 20 * 1024 * 1024
"""Bytes of a picture, as the API takes them."""
_OF_THE_FILE: Final = {
    "picture_unreadable": "file",
    "picture_too_large": "file",
    "picture_moves": "file",
    "unsupported_media_type": "file",
}
"""The field that an error of the API is about."""
_CHANGED_MEANWHILE: Final = 412
_TOO_LARGE: Final = 413
_NO_ROOM: Final = 507
_SHOWN_AGAIN: Final = frozenset({_CHANGED_MEANWHILE, _TOO_LARGE, 415, 422, _NO_ROOM})


async def ask_for_picture(page: Page) -> Response:
    """Show the cover, and ask for another one."""
    draft = await api.read(page)
    alt = draft["cover"]["alt"] if draft["cover"] else ""
    return _show(page, draft, Form.filled({"alt": alt, "revision": draft["revision"]}))


async def take_picture(page: Page) -> Response:
    """Give the article this cover, of the revision that was seen."""
    draft = await api.read(page)  # and whether the reader may do this, before a byte is read
    try:
        _check_length(page)
        return await _taken(page, draft, await page.upload("file", most=LARGEST))
    except FormTooLarge:
        form = Form.filled({"revision": draft["revision"]})
        return _too_large(page, draft, form)


async def remove_cover(page: Page) -> Response:
    """Show no picture at the head of the article any more."""
    _ = page.gettext
    fields = if_match(await page.form())
    try:
        await page.api.call("DELETE", f"{api.path_of(page)}/cover", fields=fields)
    except ApiRefused as refused:
        if refused.status != _CHANGED_MEANWHILE:
            raise
        said = _("The article was changed elsewhere meanwhile. This is how it is now.")
        await page.notice(said, "danger")
    else:
        await page.notice(_("The cover is removed."))
    return page.redirect(api.address_of(page))


def _check_length(page: Page) -> None:
    length = page.request.headers.get("content-length", "")
    if length.isdecimal() and int(length) > LARGEST + MAX_FORM:
        raise FormTooLarge


async def _taken(page: Page, draft: Mapping[str, Any], sent: Upload) -> Response:
    form = sent.form
    if not sent.filename:
        form.add_error("file", page.gettext("Choose a picture"))
        return _show(page, draft, form, status=422)
    try:
        await _given(page, sent)
    except FormTooLarge:
        return _too_large(page, draft, form)
    except ApiRefused as refused:
        if refused.status not in _SHOWN_AGAIN:
            raise
        return _refused(page, draft, form, refused)
    await page.notice(page.gettext("The cover is saved."))
    return page.redirect(api.address_of(page))


async def _given(page: Page, sent: Upload) -> None:
    path, query = f"{api.path_of(page)}/cover", {"alt": sent.form.text("alt")}
    try:
        fields = if_match(sent.form)
        await streams.upload(page.api, path, sent.content(), query=query, fields=fields)
    except ApiUnavailable:
        if sent.failure is not None:
            raise sent.failure from None
        raise


def _too_large(page: Page, draft: Mapping[str, Any], form: Form) -> Response:
    form.add_error("file", page.gettext("The picture is too large: 20 MiB are the most"))
    return _show(page, draft, form, status=_TOO_LARGE)


def _refused(page: Page, draft: Mapping[str, Any], form: Form, refused: ApiRefused) -> Response:
    _ = page.gettext
    if refused.status == _TOO_LARGE:
        return _too_large(page, draft, form)
    if refused.status == _CHANGED_MEANWHILE:
        form.summary.append(
            _(
                "The article was changed elsewhere meanwhile. Choose the picture again to replace"
                " that."
            )
        )
        form.drop("revision")  # what it is by now there was no time to ask
    elif refused.status == _NO_ROOM:
        form.add_error(
            "file",
            _(
                "The picture is not saved, as there is no room for more pictures. Tell an"
                " administrator, and choose it again when there is."
            ),
        )
    else:
        form.refuse(refused, known=("alt",), about=_OF_THE_FILE)
    return _show(page, draft, form, status=refused.status)


def _show(page: Page, draft: Mapping[str, Any], form: Form, *, status: int = 200) -> Response:
    card = Card.read({**draft})
    return page.render("drafts/cover.html", status=status, draft=draft, card=card, form=form)


ROUTES = (
    get("/draft/{id}/cover/", ask_for_picture, BLOG_EDITORS),
    upload("/draft/{id}/cover/", take_picture, BLOG_EDITORS),
    post("/draft/{id}/cover/remove/", remove_cover, BLOG_EDITORS),
)
