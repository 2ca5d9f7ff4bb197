"""What search engines and networks learn of an article: schema.org's data, as JSON-LD."""

import json
from collections.abc import Mapping
from typing import Any, Final

from markupsafe import Markup

from web_service.articles.cards import Card

_ESCAPED: Final = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})
"""So that no text of an article ends the element that it stands in."""


def article_url(public_url: str, slug: str) -> str:
    """Return the address that an article is known by everywhere."""
    return f"{public_url}/articles/{slug}/"


def structured(
    article: Mapping[str, Any], card: Card, *, public_url: str, shop_name: str
) -> Markup:
    """Return the data of an article as an element of the page's head; it runs nothing."""
    shop = {"@type": "Organization", "name": shop_name, "url": public_url}
    author = {"@type": "Person", "name": article["author"]} if article["author"] else shop
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Article",
        "headline": card.title,
        "description": card.excerpt,
        "inLanguage": card.language,
        "datePublished": article["published_at"],
        "dateModified": article["updated_at"],
        "author": author,
        "publisher": shop,
        "mainEntityOfPage": article_url(public_url, card.slug),
    }
    if card.cover:
        data["image"] = public_url + card.cover
    text = json.dumps(data, ensure_ascii=False).translate(_ESCAPED)
    element = f'<script type="application/ld+json">{text}</script>'
    return Markup(element)  # noqa: S704 - nothing in it can end it
