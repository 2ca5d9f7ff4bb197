"""The map of the site for search engines: the pages that are open (sitemaps.org)."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, Final
from xml.sax.saxutils import escape

from starlette.responses import Response

from web_service.articles.metadata import article_url
from web_service.pages.page import Page

ADDRESSES: Final = "/api/v1/articles/addresses"
SITEMAP: Final = "/sitemap.xml"
_MOST: Final = 50_000
_OPEN: Final = ("/", "/articles/", "/terms/")
_BEGIN: Final = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
)


async def show_sitemap(page: Page) -> Response:
    """List the pages that are open to everybody, up to as many as one file may have."""
    found = (await page.api.without_token().get(ADDRESSES)).data
    urls = islice(_urls(found["items"], page.settings.public_url), _MOST)
    return Response(f"{_BEGIN}{''.join(urls)}</urlset>\n", media_type="application/xml")


def _urls(articles: Iterable[Mapping[str, Any]], public_url: str) -> Iterator[str]:
    for path in _OPEN:
        yield f"<url><loc>{escape(public_url + path)}</loc></url>\n"
    for article in articles:
        url, changed = article_url(public_url, article["slug"]), article["updated_at"]
        yield f"<url><loc>{escape(url)}</loc><lastmod>{escape(changed)}</lastmod></url>\n"
