"""What is said of an article, and what its editors are shown."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from mailing_service.blog.covers import Cover, cover_of
from mailing_service.blog.fields import (
    ArticleLanguage,
    Author,
    Body,
    ChangedCoverAlt,
    CoverAlt,
    Excerpt,
    OfLanguage,
    Search,
    Title,
    WantedSlug,
)
from mailing_service.blog.published import ArticleState, state_of
from mailing_service.models.articles import Article
from shared.cursor_pages import ListPage, ListQuery
from shared.http.query_parameters import MaybeGiven
from shared.language.translation import DEFAULT_LANGUAGE, Language
from shared.values.instants import Instant
from shared.values.schemas import Int32, Schema, UtcDatetime


class DraftCreate(Schema):
    """An article to be written; it is a draft until it is published or scheduled."""

    title: Title
    slug: Annotated[WantedSlug | None, Field(description="Made of the title where left out.")] = (
        None
    )
    body: Body
    excerpt: Excerpt = ""
    language: ArticleLanguage = DEFAULT_LANGUAGE
    author: Annotated[Author | None, Field(description="Your own name where left out.")] = None


class DraftUpdate(Schema):
    """What changes; what is left out stays. Readers of a published article see it immediately."""

    title: Title = Field(default_factory=str)
    slug: WantedSlug = Field(default_factory=str)
    body: Body = Field(default_factory=str)
    excerpt: Excerpt = Field(default_factory=str)
    language: ArticleLanguage = Field(default=DEFAULT_LANGUAGE)
    author: Author = Field(default_factory=str)
    cover_alt: ChangedCoverAlt = Field(default_factory=str)


class Schedule(Schema):
    """When an article appears by itself."""

    publish_at: Annotated[Instant, Field(description="An instant in the future.")]


class CoverText(Schema):
    """What a cover needs beside the picture."""

    alt: CoverAlt


class DraftSummary(Schema):
    """An article as the list of editors shows it."""

    id: int = Field(examples=[17])
    slug: str = Field(examples=["how-to-brew-green-tea"])
    title: str
    state: ArticleState
    language: Language
    author: str
    cover: Cover | None
    published_at: UtcDatetime | None = Field(
        description="When it was, or will be, published; null of a draft."
    )
    revision: Int32 = Field(description="Rises with every change.")
    created_at: UtcDatetime
    updated_at: UtcDatetime

    @classmethod
    def row(cls, article: Article, now: datetime) -> dict[str, Any]:
        """Return the fields of an article."""
        made = {
            "state": state_of(article.published_at, now),
            "cover": cover_of(article.cover, article.cover_alt),
        }
        own = DraftSummary.model_fields.keys() - made
        return {name: getattr(article, name) for name in own} | made


class DraftRead(DraftSummary):
    """A whole article."""

    body: str
    excerpt: str = Field(description="Empty where lists show the beginning of the text.")
    former_slugs: list[str] = Field(
        description="What it was called before; these addresses lead to the present one."
    )


class DraftQuery(ListQuery):
    """Which articles the list of editors shows."""

    state: MaybeGiven[ArticleState] = None
    language: OfLanguage = None
    q: Search = None


class DraftPage(ListPage[DraftSummary]):
    """One page of all articles, the newest first."""


class DraftPreview(Schema):
    """An article as readers would see it; show `html` in a sandboxed frame only."""

    title: str
    excerpt: str
    html: str
