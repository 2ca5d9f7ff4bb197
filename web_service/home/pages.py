"""The home page: what this shop is, and the way in."""

import asyncio
from dataclasses import dataclass
from typing import Final

from starlette.responses import Response

from web_service.articles.cards import Card
from web_service.errors import ApiRefused, ApiUnavailable
from web_service.first_steps.pages import steps_to_do
from web_service.pages.access import OPEN
from web_service.pages.page import Page
from web_service.pages.routes import get

API: Final = "/api/v1/home"
_COUNTS: Final = ("mailings", "active_mailings", "recipients")


@dataclass(frozen=True, slots=True)
class HomeContent:
    """What there is to show beside the way in; what a version does not say is not shown."""

    counts: dict[str, int]
    articles: list[Card]

    @classmethod
    def read(cls, said: object) -> "HomeContent":
        """Read what the API says."""
        data = said if isinstance(said, dict) else {}
        counts = {name: data[name] for name in _COUNTS if isinstance(data.get(name), int)}
        articles = data.get("articles")
        found = articles if isinstance(articles, list) else []
        return cls(counts, [card for card in map(Card.read, found) if card is not None])


async def show_home(page: Page) -> Response:
    """Show the shop's name, the way in, and what is new; without the latter the rest is shown.

    Administrators see what is still to be done after installation.
    """
    content, to_do = await asyncio.gather(_content(page), steps_to_do(page))
    return page.render("home/home.html", content=content, to_do=to_do)


async def _content(page: Page) -> HomeContent:
    try:
        return HomeContent.read((await page.api.without_token().get(API)).data)
    except (ApiUnavailable, ApiRefused):
        return HomeContent.read(None)


ROUTES = (get("/", show_home, OPEN),)
