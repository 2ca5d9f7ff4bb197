"""Which articles everybody may read: those whose time has come, by the query itself."""

from datetime import datetime
from enum import StrEnum

from tortoise.queryset import QuerySet

from mailing_service.models.articles import Article
from shared import clock


class ArticleState(StrEnum):
    """What an article is at a time; its instant of publication says so."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    PUBLISHED = "published"


def published(now: datetime | None = None) -> QuerySet[Article]:
    """Return the articles that are published by now: every open answer is made of these alone."""
    return Article.filter(published_at__lte=now or clock.now())


def in_state(state: ArticleState, now: datetime) -> QuerySet[Article]:
    """Return the articles that are in this state now."""
    match state:
        case ArticleState.DRAFT:
            return Article.filter(published_at=None)
        case ArticleState.SCHEDULED:
            return Article.filter(published_at__gt=now)
        case ArticleState.PUBLISHED:
            return published(now)


def state_of(published_at: datetime | None, now: datetime) -> ArticleState:
    """Return the state of an article with this instant of publication."""
    if published_at is None:
        return ArticleState.DRAFT
    return ArticleState.SCHEDULED if published_at > now else ArticleState.PUBLISHED
