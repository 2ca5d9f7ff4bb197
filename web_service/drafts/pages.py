"""Articles as their editors see them: the list, the editor, copies and deletion."""

from typing import Any, Final

from starlette.responses import Response

from shared.language.translation import LANGUAGES
from web_service.drafts import api, covers, previews, publishing
from web_service.drafts.showing import show
from web_service.drafts.words import STATES, state_texts
from web_service.errors import ApiRefused
from web_service.pages.access import BLOG_EDITORS, OPEN
from web_service.pages.forms import Form
from web_service.pages.listing import Listing, words_in
from web_service.pages.page import Page
from web_service.pages.revisions import if_match
from web_service.pages.routes import get, post

PAGES: Final = "/drafts/"
_CHANGED_MEANWHILE: Final = "precondition_failed"
_SHOWN_AGAIN: Final = frozenset({412, 422})


async def list_drafts(page: Page) -> Response:
    """Show the articles that the address asks for, in any state, the newest first."""
    query = page.request.query_params
    state, language = query.get("state"), query.get("language")
    filters = {
        "q": words_in(query.get("q")),
        "state": state if state in STATES else None,
        "language": language if language in LANGUAGES else None,
    }
    listing = Listing.read(page, PAGES, filters)
    shown = await listing.read_from(page, api.DRAFTS)
    if shown.beyond:
        return page.redirect(shown.beyond)
    return page.render(
        "drafts/list.html",
        form=Form.filled(listing.filters),
        is_filtered=bool(listing.filters),
        shown=shown,
        states=state_texts(page.gettext),
    )


async def show_draft(page: Page) -> Response:
    """Show one with its preview, and what may be done with it."""
    return show(page, await api.read(page))


async def begin_draft(page: Page) -> Response:
    """Show an empty editor."""
    begin = {"language": page.language, "author": page.person.full_name}
    return _show_form(page, page.begin_form(begin), None)


async def create_draft(page: Page) -> Response:
    """Store a new article; without words of its own, its address is made of the title."""
    form = await page.form()
    body = api.body_of(form)
    if not body["slug"]:
        del body["slug"]
    try:
        created = (await page.api.post(api.DRAFTS, body)).data
    except ApiRefused as refused:
        form.refuse(refused, known=api.FIELDS)
        return _show_form(page, form, None, status=refused.status)
    await page.notice(page.gettext("Saved. Nobody but editors sees it before it is published."))
    return page.redirect(f"/draft/{created['id']}/")


async def begin_change(page: Page) -> Response:
    """Show the editor with an article."""
    draft = await api.read(page)
    return _show_form(page, page.begin_form(api.values_of(draft)), draft)


async def change_draft(page: Page) -> Response:
    """Store what was changed, unless the article was changed elsewhere meanwhile."""
    form = await page.form()
    try:
        await page.api.patch(api.path_of(page), api.body_of(form), fields=if_match(form))
    except ApiRefused as refused:
        if refused.status not in _SHOWN_AGAIN:
            raise
        return await _refused(page, form, refused)
    await page.notice(page.gettext("Saved. This is how it looks."))
    return page.redirect(api.address_of(page))


async def ask_to_delete(page: Page) -> Response:
    """Say what goes."""
    return page.render("drafts/delete.html", draft=await api.read(page))


async def delete_draft(page: Page) -> Response:
    """Remove an article."""
    await page.api.delete(api.path_of(page))
    await page.notice(page.gettext("The article is deleted."))
    return page.redirect(PAGES)


async def copy_draft(page: Page) -> Response:
    """Make a copy, and show it in the editor."""
    copied = (await page.api.post(f"{api.path_of(page)}/copy")).data
    await page.notice(page.gettext("This is a copy."))
    return page.redirect(f"/draft/{copied['id']}/update/")


async def _refused(page: Page, form: Form, refused: ApiRefused) -> Response:
    """Show the form again as it was typed; a stale one may be saved the next time."""
    _ = page.gettext
    draft = await api.read(page)
    if refused.error == _CHANGED_MEANWHILE:
        form.summary.append(
            _("The article was changed elsewhere meanwhile. Save again to replace that.")
        )
        form.values["revision"] = [str(draft["revision"])]
    else:
        form.refuse(refused, known=(*api.FIELDS, api.COVER_ALT))
    return _show_form(page, form, draft, status=refused.status)


def _show_form(
    page: Page, form: Form, draft: dict[str, Any] | None, *, status: int = 200
) -> Response:
    return page.render("drafts/form.html", status=status, form=form, draft=draft)


ROUTES = (
    get(PAGES, list_drafts, BLOG_EDITORS),
    get("/draft/create/", begin_draft, BLOG_EDITORS),
    post("/draft/create/", create_draft, BLOG_EDITORS),
    get("/draft/{id}/", show_draft, BLOG_EDITORS),
    get("/draft/{id}/preview/", previews.show_preview, OPEN),
    post("/draft/{id}/preview/", previews.preview_form, OPEN),
    get("/draft/{id}/update/", begin_change, BLOG_EDITORS),
    post("/draft/{id}/update/", change_draft, BLOG_EDITORS),
    get("/draft/{id}/delete/", ask_to_delete, BLOG_EDITORS),
    post("/draft/{id}/delete/", delete_draft, BLOG_EDITORS),
    *covers.ROUTES,
    post("/draft/{id}/copy/", copy_draft, BLOG_EDITORS),
    post("/draft/{id}/publish/", publishing.publish, BLOG_EDITORS),
    post("/draft/{id}/schedule/", publishing.schedule, BLOG_EDITORS),
    post("/draft/{id}/withdraw/", publishing.withdraw, BLOG_EDITORS),
)
