"""The person's page, and the change of what needs no further proof."""

from typing import Any, Final

from starlette.responses import Response

from shared.values.time_zones import UTC, time_zones
from web_service.errors import ApiRefused
from web_service.languages.choice import known
from web_service.pages.access import SIGNED_IN
from web_service.pages.page import Page
from web_service.pages.routes import get, post
from web_service.pages.serving import ME
from web_service.people import one_person
from web_service.profile import contact, deletion, password, sessions
from web_service.profile.own import address, is_own, read_own, require_own, show_again
from web_service.sessions import service

FIELDS: Final = ("full_name", "language", "time_zone")
_OLD_NAMES: Final = ("Etc/", "SystemV/", "US/", "Canada/", "Brazil/", "Chile/", "Mexico/")


async def show_person(page: Page) -> Response:
    """Show one's own account; staff see that of anybody."""
    if not is_own(page):
        return await one_person.show_person(page)
    return page.render("profile/profile.html", person=await read_own(page))


async def lead_to_own(page: Page) -> Response:
    """Lead to the page of who is signed in."""
    return page.redirect(address(page))


async def show_change(page: Page) -> Response:
    """Show the form with what there is."""
    require_own(page)
    person = await read_own(page)
    form = page.begin_form({name: person[name] for name in FIELDS})
    return page.render("profile/change.html", form=form, **_choices(person["time_zone"]))


async def change(page: Page) -> Response:
    """Change name, language and time zone."""
    require_own(page)
    form = await page.form()
    try:
        person = (await page.api.patch(ME, {name: form.text(name) for name in FIELDS})).data
    except ApiRefused as refused:
        values = _choices(form.text("time_zone"))
        return show_again(page, form, refused, "profile/change.html", values)
    await service.copy_person(page.person, person)
    page.language = known(page.person.language) or page.language
    await page.notice(page.gettext("Saved."))
    return page.redirect(address(page))


def _choices(present: str) -> dict[str, Any]:
    """Return what may be chosen; names of before are left out, but for the present one."""
    names = {name for name in time_zones() if "/" in name and not name.startswith(_OLD_NAMES)}
    zones = sorted({*names, UTC} | ({present} & time_zones()))
    return {"zones": [(zone, zone.replace("_", " ")) for zone in zones]}


ROUTES = (
    get("/users/me", lead_to_own, SIGNED_IN),
    get("/users/{user_id:uuid}", show_person, SIGNED_IN),
    get("/users/update/{user_id:uuid}", show_change, SIGNED_IN),
    post("/users/update/{user_id:uuid}", change, SIGNED_IN),
    *contact.ROUTES,
    *password.ROUTES,
    *sessions.ROUTES,
    *deletion.ROUTES,
)
