"""Find people, block with a reason, and let in again."""

from typing import Final

from starlette.responses import Response

from web_service.errors import ApiRefused
from web_service.pages.access import ADMINS, STAFF
from web_service.pages.forms import Form
from web_service.pages.page import Page
from web_service.pages.routes import get, post
from web_service.people import one_person, sessions
from web_service.people.accounts import USERS, address, api_path, read_person, role_names
from web_service.people.listing import LIST, PeopleListing

_UNPROCESSABLE: Final = 422


async def list_people(page: Page) -> Response:
    """Show a part of all accounts; everything about it stands in the address."""
    listing = PeopleListing.read(page.request.query_params)
    form = Form.filled(listing.chosen())
    status, found = 200, None
    try:
        found = (await page.api.get(USERS, listing.query())).data
    except ApiRefused as refused:
        if refused.status != _UNPROCESSABLE:
            raise
        status = refused.status
        form.refuse(refused, known=("q",))
    if found and not found["items"] and 1 <= found["pages"] < listing.page:
        return page.redirect(listing.address(page=found["pages"]))
    return page.render(
        "people/list.html",
        status=status,
        listing=listing,
        form=form,
        found=found,
        role_names=role_names(page),
    )


async def lead_to_list(page: Page) -> Response:
    """Lead to the list, which stands among what is managed."""
    query = page.request.url.query
    return page.redirect(f"{LIST}?{query}" if query else LIST)


async def show_block(page: Page) -> Response:
    """Say what a block does, and ask for the reason."""
    return page.render("people/block.html", person=await read_person(page), form=page.begin_form())


async def block(page: Page) -> Response:
    """Close an account, and have auth keep the reason."""
    form = await page.form()
    reason = form.text("reason")
    try:
        await page.api.post(f"{api_path(page)}/block", {"reason": reason} if reason else {})
    except ApiRefused as refused:
        form.refuse(refused, known=("reason",))
        who = await read_person(page)
        return page.render("people/block.html", status=refused.status, person=who, form=form)
    await page.notice(page.gettext("The account is blocked, and its sessions have ended."))
    return page.redirect(address(page))


async def unblock(page: Page) -> Response:
    """Open an account again."""
    await page.api.post(f"{api_path(page)}/unblock")
    await page.notice(page.gettext("The account is open again."))
    return page.redirect(address(page))


ROUTES = (
    get("/users", lead_to_list, STAFF),
    get("/admin/users", list_people, STAFF),
    get("/users/{user_id:uuid}/block", show_block, STAFF),
    post("/users/{user_id:uuid}/block", block, STAFF),
    post("/users/{user_id:uuid}/unblock", unblock, ADMINS),
    *one_person.ROUTES,
    *sessions.ROUTES,
)
