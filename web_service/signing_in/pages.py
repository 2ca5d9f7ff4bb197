"""Sign in, sign out, choose the language."""

from typing import Final

from starlette.responses import Response

from web_service.errors import ApiRefused, ApiUnavailable
from web_service.languages import choice
from web_service.pages.access import OPEN, SIGNED_IN
from web_service.pages.forms import Form
from web_service.pages.page import Page
from web_service.pages.routes import get, post
from web_service.pages.serving import ME
from web_service.security.next_path import next_path
from web_service.sessions import cookie, service
from web_service.signing_in import beginning
from web_service.signing_in.leaving import forget
from web_service.signing_in.waiting import TOO_MANY, try_again_in, with_retry_after

_UNAUTHORIZED: Final = 401


async def show_sign_in(page: Page) -> Response:
    """Ask for an email or a phone, and the password."""
    query = page.request.query_params
    form = Form.filled({"next": next_path(query.get("next"))})
    return page.render("signing_in/sign_in.html", form=form, said=query.get("said", ""))


async def sign_in(page: Page) -> Response:
    """Sign in, and lead to where the person came from."""
    form = await page.form()
    then = next_path(form.text("next"))
    if not form.text("login") or not form.raw("password"):
        return _again(page, form, status=422)
    try:
        return await beginning.sign_in(
            page,
            form.text("login"),
            form.raw("password"),
            remember=form.is_checked("remember"),
            then=then,
        )
    except ApiRefused as refused:
        return _refused(page, form, refused)


def _refused(page: Page, form: Form, refused: ApiRefused) -> Response:
    _ = page.gettext
    if refused.status == _UNAUTHORIZED:
        form.summary.append(_("The email or phone, or the password, is not right."))
        return _again(page, form, status=422)
    if refused.status == TOO_MANY:
        response = page.render(
            "signing_in/too_many_tries.html",
            status=TOO_MANY,
            form=form,
            wait=try_again_in(page, refused.retry_after or 1),
            may_ask_for_link=refused.error == "too_many_tries",
        )
        return with_retry_after(response, refused)
    form.refuse(refused, known=("login", "password"))
    return _again(page, form, status=refused.status)


def _again(page: Page, form: Form, *, status: int) -> Response:
    _ = page.gettext
    form.values["next"] = [next_path(form.text("next"))]
    for name in ("login", "password"):
        if not form.raw(name).strip():
            form.add_error(name, _("Must not be empty"))
    form.values.pop("password", None)
    return page.render("signing_in/sign_in.html", status=status, form=form, said="")


async def show_sign_out(page: Page) -> Response:
    """Ask for the press of a button: a link alone signs nobody out."""
    return page.render("signing_in/sign_out.html")


async def sign_out(page: Page) -> Response:
    """End the session, here and at auth, and have the browser forget what it has kept."""
    if page.session is None:
        return page.redirect("/")
    is_confirmed = await beginning.end(page, page.session)
    page.session = None
    if is_confirmed:
        return forget(page.redirect("/"), page)
    return forget(page.render("signing_in/signed_out.html"), page)


async def choose_language(page: Page) -> Response:
    """Keep the language in a cookie, and in the account of who is signed in."""
    form = await page.form()
    response = page.redirect(next_path(form.text("next")))
    language = choice.known(form.text("language"))
    if language is None:
        return response
    if page.session is not None:
        await _keep_in_account(page, language)
    cookie.keep(response, choice.COOKIE, language, page.settings, max_age=choice.YEAR)
    return response


async def _keep_in_account(page: Page, language: str) -> None:
    _ = page.gettext
    try:
        person = (await page.api.patch(ME, {"language": language})).data
    except (ApiRefused, ApiUnavailable):
        await page.notice(_("The language could not be changed at the moment."), "danger")
        return
    await service.copy_person(page.person, person)


ROUTES = (
    get("/users/login", show_sign_in, OPEN),
    post("/users/login", sign_in, OPEN),
    get("/users/logout", show_sign_out, SIGNED_IN),
    post("/users/logout", sign_out, OPEN),
    post("/language", choose_language, OPEN),
)
