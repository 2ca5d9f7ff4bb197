"""The page of one article, with what may be done with it."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from web_service.articles.cards import Card
from web_service.drafts.wall_times import wall_time
from web_service.drafts.words import state_texts
from web_service.pages.forms import Form
from web_service.pages.page import Page


def show(
    page: Page, draft: Mapping[str, Any], form: Form | None = None, *, status: int = 200
) -> Response:
    """Show an article; `form` is that of the time at which it appears, where it was refused."""
    at = wall_time(draft["published_at"], page.time_zone) if draft["published_at"] else ""
    return page.render(
        "drafts/draft.html",
        status=status,
        draft=draft,
        picture=Card.read({**draft}),
        form=form or Form.filled({"publish_at": at}),
        states=state_texts(page.gettext),
    )
