"""Lists of recipients as pages."""

import asyncio
from typing import Any, Final

from starlette.responses import Response

from web_service.errors import ApiRefused, MalformedForm
from web_service.pages.access import SIGNED_IN
from web_service.pages.forms import Form
from web_service.pages.listing import Listing, number_in, search_in
from web_service.pages.page import Page
from web_service.pages.routes import get, post
from web_service.pages.row_ids import row_id
from web_service.recipient_lists import members
from web_service.recipient_lists.choices import LISTS

PAGES: Final = "/recipient-lists/"
_NOT_FOUND: Final = 404


async def list_lists(page: Page) -> Response:
    """Show the reader's lists."""
    shown = await Listing.read(page, PAGES, {}).read_from(page, LISTS)
    if shown.beyond:
        return page.redirect(shown.beyond)
    return page.render("recipient_lists/lists.html", shown=shown)


async def show_list(page: Page) -> Response:
    """Show who stands in a list."""
    return await _show(page, page.begin_form())


async def begin_list(page: Page) -> Response:
    """Ask for the name of a new list."""
    return page.render("recipient_lists/form.html", form=page.begin_form(), one=None)


async def create_list(page: Page) -> Response:
    """Make an empty list."""
    _ = page.gettext
    form = await page.form()
    try:
        created = (await page.api.post(LISTS, {"name": form.text("name")})).data
    except ApiRefused as refused:
        return _again(page, form, refused, None)
    await page.notice(_("The list is there. Put recipients into it."))
    return page.redirect(f"/recipient-list/{created['id']}/")


async def begin_renaming(page: Page) -> Response:
    """Ask for another name."""
    one = await _read(page)
    form = page.begin_form({"name": one["name"]})
    return page.render("recipient_lists/form.html", form=form, one=one)


async def rename_list(page: Page) -> Response:
    """Rename a list."""
    _ = page.gettext
    form = await page.form()
    try:
        await page.api.patch(_path(page), {"name": form.text("name")})
    except ApiRefused as refused:
        if refused.status == _NOT_FOUND:
            raise
        return _again(page, form, refused, await _read(page))
    await page.notice(_("Saved."))
    return page.redirect(_address(page))


async def ask_to_delete(page: Page) -> Response:
    """Say what goes."""
    return page.render("recipient_lists/delete.html", one=await _read(page))


async def delete_list(page: Page) -> Response:
    """Remove a list; its recipients stay."""
    _ = page.gettext
    await page.api.delete(_path(page))
    await page.notice(_("The list is deleted."))
    return page.redirect(PAGES)


async def add_member(page: Page) -> Response:
    """Put the recipient with an address into a list."""
    _ = page.gettext
    form = await page.form()
    email = form.text("email")
    if not email:
        form.add_error("email", _("Must not be empty"))
        return await _show(page, form, status=422)
    recipient_id = await members.find(page, email)
    if recipient_id is None:
        form.add_error("email", _("None of your recipients has this address"))
        return await _show(page, form, status=422)
    await page.api.put(f"{_path(page)}/recipients/{recipient_id}")
    await page.notice(_("%(email)s stands in the list.") % {"email": email})
    return page.redirect(_address(page))


async def remove_member(page: Page) -> Response:
    """Take a recipient out of a list."""
    _ = page.gettext
    recipient_id = number_in((await page.form()).text("recipient"))
    if recipient_id is None:
        raise MalformedForm
    await page.api.delete(f"{_path(page)}/recipients/{recipient_id}")
    await page.notice(_("Taken out of the list."))
    return page.redirect(_address(page))


async def _show(page: Page, form: Form, *, status: int = 200) -> Response:
    q = search_in(page.request.query_params.get("q"))
    listing = Listing.read(page, _address(page), {"q": q})
    one, shown = await asyncio.gather(_read(page), members.read(page, listing, row_id(page)))
    if shown.beyond and status == 200:  # noqa: PLR2004 - OK
        return page.redirect(shown.beyond)
    return page.render(
        "recipient_lists/list.html", status=status, one=one, shown=shown, form=form, q=q
    )


def _again(page: Page, form: Form, refused: ApiRefused, one: dict[str, Any] | None) -> Response:
    form.refuse(refused, known=("name",), about={"list_name_taken": "name"})
    return page.render("recipient_lists/form.html", status=refused.status, form=form, one=one)


def _path(page: Page) -> str:
    return f"{LISTS}/{row_id(page)}"


def _address(page: Page) -> str:
    return f"/recipient-list/{row_id(page)}/"


async def _read(page: Page) -> dict[str, Any]:
    one: dict[str, Any] = (await page.api.get(_path(page))).data
    return one


ROUTES = (
    get(PAGES, list_lists, SIGNED_IN),
    get("/recipient-list/create/", begin_list, SIGNED_IN),
    post("/recipient-list/create/", create_list, SIGNED_IN),
    get("/recipient-list/{id}/", show_list, SIGNED_IN),
    post("/recipient-list/{id}/", add_member, SIGNED_IN),
    post("/recipient-list/{id}/remove/", remove_member, SIGNED_IN),
    get("/recipient-list/{id}/update/", begin_renaming, SIGNED_IN),
    post("/recipient-list/{id}/update/", rename_list, SIGNED_IN),
    get("/recipient-list/{id}/delete/", ask_to_delete, SIGNED_IN),
    post("/recipient-list/{id}/delete/", delete_list, SIGNED_IN),
)
