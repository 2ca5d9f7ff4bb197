"""The checklist of the first steps, for administrators; it only reads, and changes nothing."""

from typing import Final

from starlette.responses import Response

from shared.access.tokens import Role
from web_service.errors import ApiRefused
from web_service.first_steps.facts import read_facts
from web_service.first_steps.steps import Step, steps_of
from web_service.pages.access import ADMINS
from web_service.pages.page import Page
from web_service.pages.routes import get

PATH: Final = "/admin/first-steps/"


async def show_steps(page: Page) -> Response:
    """Show all steps, the done ones too."""
    return page.render("first_steps/steps.html", steps=steps_of(page, await read_facts(page)))


async def steps_to_do(page: Page) -> list[Step]:
    """Return what is not done, for the home page of an administrator; nothing for others."""
    if Role.ADMIN not in page.roles:
        return []
    try:
        steps = steps_of(page, await read_facts(page))
    except ApiRefused:  # no administrator any more: the home page is there all the same
        return []
    return [step for step in steps if step.done is False]


ROUTES = (get("/admin/first-steps", show_steps, ADMINS),)
