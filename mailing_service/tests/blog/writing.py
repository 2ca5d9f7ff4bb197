"""What tests of the blog begin with: articles, written past the endpoints."""

from datetime import datetime, timedelta
from typing import Any

from mailing_service.models.articles import Article, ArticleSlug
from mailing_service.tests.conftest import Person
from shared import clock

ARTICLES = "/api/v1/articles"
DRAFTS = "/api/v1/drafts"
TEA = {"title": "Щука и ёж", "body": "Good **news**.", "language": "ru"}


def ago(**units: float) -> datetime:
    """Return an instant so much before now."""
    return clock.now() - timedelta(**units)


async def add_article(slug: str = "tea", **changes: Any) -> Article:
    """Write an article; without `published_at` it is a draft."""
    values = {
        "slug": slug,
        "title": "Tea of the new harvest",
        "body": "Good **news**.",
        "html": "<p>Good <strong>news</strong>.</p>\n",
        "summary": "Good news.",
        "searchable": "tea of the new harvest good news",
        "author": "Anna",
        **changes,
    }
    article = await Article.create(**values)
    await ArticleSlug.create(slug=slug, article_id=article.id)
    return article


async def write(editor: Person, **changes: Any) -> dict[str, Any]:
    """Post a draft that is accepted, and return what is shown of it."""
    response = await editor.client.post(DRAFTS, json={**TEA, **changes})
    assert response.status_code == 201, response.text
    written: dict[str, Any] = response.json()
    return written


async def act(editor: Person, draft: dict[str, Any], name: str, **body: Any) -> dict[str, Any]:
    """Have an act on a draft accepted, and return what is shown."""
    path = f"{DRAFTS}/{draft['id']}/{name}"
    response = await editor.client.post(path, json=body or None)
    assert response.status_code == 200, response.text
    shown: dict[str, Any] = response.json()
    return shown


def soon(**units: float) -> str:
    """Return an instant so much after now, as it is posted."""
    return (clock.now() + timedelta(**units)).isoformat()
