"""The system as a page, which only reads."""

from datetime import datetime
from typing import Any

from starlette.responses import Response

from shared import clock
from web_service.first_steps.steps import OLD
from web_service.pages.access import ADMINS
from web_service.pages.page import Page
from web_service.pages.routes import get
from web_service.system import words
from web_service.system.facts import Facts, read_facts


async def show_system(page: Page) -> Response:
    """Show the services, the workers, the signing keys and the last backup."""
    facts = await read_facts(page)
    return page.render(
        "system/system.html",
        facts=facts,
        names=words.services(page.gettext),
        states=words.health_states(page.gettext),
        tones=words.HEALTH_TONES,
        key_states=words.key_states(page.gettext),
        days=words.days(page),
        backup=_backup(facts),
    )


def _backup(facts: Facts) -> dict[str, Any] | None:
    """Return when the last backup was, its age in seconds, and whether that is too much."""
    if facts.setup is None:
        return None
    at = facts.setup["last_backup_at"]
    if at is None:
        return {"at": None, "age": None, "is_old": True}
    age = clock.now() - datetime.fromisoformat(at)
    return {"at": at, "age": max(age.total_seconds(), 0), "is_old": age >= OLD}


ROUTES = (get("/admin/system", show_system, ADMINS),)
