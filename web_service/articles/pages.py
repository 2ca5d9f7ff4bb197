"""The list of articles and each of them; they are the same for everybody."""

import re
from typing import Final

from starlette.responses import RedirectResponse, Response

from shared.language.translation import LANGUAGES
from web_service.articles.bodies import shown_body
from web_service.articles.cards import Card
from web_service.articles.metadata import article_url, structured
from web_service.articles.sitemap import SITEMAP, show_sitemap
from web_service.errors import HttpFailure
from web_service.pages.access import OPEN
from web_service.pages.forms import Form
from web_service.pages.listing import Listing, words_in
from web_service.pages.page import Page
from web_service.pages.routes import get

API: Final = "/api/v1/articles"
LIST: Final = "/articles/"
FEED: Final = "/api/v1/articles/feed.atom"
_SLUG: Final = re.compile("[a-z0-9-]{1,100}")
_MOVED: Final = 301
_NOT_FOUND: Final = 404


async def list_articles(page: Page) -> Response:
    """Show the articles that the address asks for, the newest first."""
    query = page.request.query_params
    language = query.get("language")
    filters = {
        "q": words_in(query.get("q")),
        "language": language if language in LANGUAGES else None,
    }
    listing = Listing.read(page, LIST, filters)
    shown = await listing.read_by(page.api.without_token(), API)
    if shown.beyond:
        return page.redirect(shown.beyond)
    cards = [card for card in map(Card.read, shown.items) if card is not None]
    return page.render(
        "articles/list.html",
        form=Form.filled(listing.filters),
        shown=shown,
        cards=cards,
        feed=FEED,
        url=page.settings.public_url + listing.address(),
        is_part=listing.page > 1 or bool(listing.cursor or listing.filters),
    )


async def show_article(page: Page) -> Response:
    """Show one; an address that it had before leads to the one that it has."""
    slug = page.request.path_params["slug"]
    if not _SLUG.fullmatch(slug):
        raise HttpFailure(_NOT_FOUND)
    response = await page.api.without_token().get(f"{API}/{slug}")
    if response.status == _MOVED:
        return RedirectResponse(f"{LIST}{response.data['slug']}/", _MOVED)
    article = response.data
    card = Card.read(article)
    assert card is not None  # noqa: S101 - an article has a title
    settings = page.settings
    return page.render(
        "articles/article.html",
        article=article,
        card=card,
        previous=Card.read(article.get("previous")),
        next=Card.read(article.get("next")),
        body=shown_body(article["html"], settings.public_url),
        feed=FEED,
        url=article_url(settings.public_url, slug),
        structured=structured(
            article, card, public_url=settings.public_url, shop_name=settings.shop_name
        ),
    )


ROUTES = (
    get(LIST, list_articles, OPEN),
    get("/articles/{slug}/", show_article, OPEN),
    get(SITEMAP, show_sitemap, OPEN),
)
