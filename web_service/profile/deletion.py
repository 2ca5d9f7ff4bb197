"""The end of an account: a page that says what goes, and the password."""

from starlette.responses import Response

from web_service.errors import ApiRefused
from web_service.pages.access import SIGNED_IN
from web_service.pages.forms import Form
from web_service.pages.page import Page
from web_service.pages.routes import get, post
from web_service.pages.serving import ME
from web_service.people import deletion as people_deletion
from web_service.profile.own import is_own, show_again
from web_service.sessions import service
from web_service.signing_in.leaving import forget


async def show_deletion(page: Page) -> Response:
    """Say what goes, and ask for the password; administrators need none for others."""
    if not is_own(page):
        return await people_deletion.show_deletion(page)
    return page.render("profile/delete.html", form=Form())


async def delete_account(page: Page) -> Response:
    """Delete the account; the browser forgets what it has kept of it."""
    if not is_own(page):
        return await people_deletion.delete_person(page)
    form = await page.form()
    try:
        await page.api.delete(ME, {"current_password": form.raw("current_password")})
    except ApiRefused as refused:
        return show_again(page, form, refused, "profile/delete.html", {})
    await service.end(page.person)
    page.session = None
    return forget(page.redirect("/users/login/?said=deleted"), page)


ROUTES = (
    get("/users/{user_id:uuid}/delete", show_deletion, SIGNED_IN),
    post("/users/{user_id:uuid}/delete", delete_account, SIGNED_IN),
)
