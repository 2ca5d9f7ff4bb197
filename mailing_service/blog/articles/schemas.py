"""What everybody is shown of an article."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import Field

from mailing_service.blog.covers import Cover, cover_of
from mailing_service.blog.fields import OfLanguage, Search
from shared.cursor_pages import ListPage, ListQuery
from shared.language.translation import Language
from shared.values.schemas import Schema, UtcDatetime


class ArticleSummary(Schema):
    """An article as lists show it."""

    slug: str = Field(examples=["how-to-brew-green-tea"])
    title: str
    excerpt: str
    language: Language
    author: str = Field(description="A name; empty where nobody is named.")
    cover: Cover | None
    published_at: UtcDatetime
    updated_at: UtcDatetime = Field(description="When it was changed last, or published.")

    @classmethod
    def row(cls, stored: Mapping[str, Any]) -> dict[str, Any]:
        """Return the fields of an article that is published."""
        return {
            **{name: stored[name] for name in ("slug", "title", "language", "author")},
            "excerpt": stored["summary"],
            "cover": cover_of(stored["cover"], stored["cover_alt"]),
            "published_at": stored["published_at"],
            "updated_at": latest(stored),
        }


class ArticleLink(Schema):
    """What a link to an article needs."""

    slug: str = Field(examples=["how-to-store-green-tea"])
    title: str


class ArticleRead(ArticleSummary):
    """A whole article."""

    html: str = Field(description="Made of its Markdown, and cleaned.")
    previous: ArticleLink | None = Field(
        description="Published before it, in the reader's language; null where nothing was."
    )
    next: ArticleLink | None = Field(
        description="Published after it, in the reader's language; null where nothing is yet."
    )


class ArticleMoved(Schema):
    """The article of this address has another one now."""

    slug: str


class ArticleQuery(ListQuery):
    """Which articles a list shows."""

    language: OfLanguage = None
    q: Search = None


class FeedQuery(Schema):
    """Which articles the feed has."""

    language: OfLanguage = None


class ArticlePage(ListPage[ArticleSummary]):
    """One page of what is published, the newest first; a search counts up to 1,000."""


class ArticleAddress(Schema):
    """Where an article is, for the map of a site."""

    slug: str
    language: Language
    updated_at: UtcDatetime


class ArticleAddresses(Schema):
    """The addresses of the newest articles, up to 50,000."""

    items: list[ArticleAddress]


def latest(stored: Mapping[str, Any]) -> datetime:
    """Return when readers saw a published article change for the last time."""
    instant: datetime = max(stored["updated_at"], stored["published_at"])
    return instant
