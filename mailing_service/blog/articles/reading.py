"""Read what is published: lists in the order of publication, one article, and all addresses."""

import operator
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Any, Final, NamedTuple

from tortoise.queryset import QuerySet

from mailing_service.blog.articles.schemas import (
    ArticleLink,
    ArticlePage,
    ArticleQuery,
    ArticleRead,
    ArticleSummary,
    latest,
)
from mailing_service.blog.published import published
from mailing_service.blog.searching import FEW, matching, met
from mailing_service.blog.slugs import is_slug
from mailing_service.errors import ArticleNotFound
from mailing_service.models.articles import Article, ArticleSlug
from shared import clock
from shared.cursor_pages import Compared, Cursors
from shared.database.counting import CappedCount, capped_count
from shared.language.translation import Language

MOST_ADDRESSES: Final = 50_000
"""As many as one map of a site may have (sitemaps.org)."""
LISTED: Final = (
    *("id", "slug", "title", "summary", "language", "author"),
    *("cover", "cover_alt", "published_at", "updated_at"),
)
"""Columns that lists read."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_TICK: Final = timedelta(microseconds=1)

Row = dict[str, Any]


class Place(NamedTuple):
    """The last article that was seen: what comes behind was published before it."""

    published_at: datetime
    id: int


class Found(NamedTuple):
    """The places of one page, one more where there are more, and how many there are in all."""

    places: Sequence[Place]
    total: CappedCount


class Moved(NamedTuple):
    """The slug of an article that was asked for by one of before."""

    slug: str


async def list_articles(query: ArticleQuery, *, cursors: Cursors) -> ArticlePage:
    """Return one page, the newest first; raises UnprocessableEntity for a cursor that is none."""
    now = clock.now()
    behind = _read_place(cursors.position(query), now)
    found = await (_all(query, now, behind) if query.q is None else _search(query, now, behind))
    places = found.places[: query.size]
    has_more = len(found.places) > query.size
    return ArticlePage(
        items=[ArticleSummary(**ArticleSummary.row(row)) for row in await _at(places, now)],
        total=found.total.total,
        total_is_capped=found.total.is_capped,
        page=query.page if behind is None else None,
        size=query.size,
        pages=ceil(found.total.total / query.size),
        next_cursor=cursors.write(query, _written(places[-1])) if has_more else None,
    )


async def read_article(slug: str, language: Language) -> ArticleRead | Moved:
    """Return a published article with its neighbours in a language, or where it has moved.

    Raises ArticleNotFound.
    """
    if not is_slug(slug):
        raise ArticleNotFound
    now = clock.now()
    found: list[Row] = await published(now).filter(slug=slug).limit(1).values(*LISTED, "html")
    for row in found:
        place = Place(row["published_at"], row["id"])
        return ArticleRead(
            **ArticleSummary.row(row),
            html=row["html"],
            previous=await _link(newest(language, now, place)),
            next=await _link(_oldest(language, now, place)),
        )
    former = await ArticleSlug.get_or_none(slug=slug)
    if former is None:
        raise ArticleNotFound
    moved = await published().filter(id=former.article_id).limit(1).values("slug")
    for row in moved:
        return Moved(row["slug"])
    raise ArticleNotFound


async def newest_articles(language: str | None, count: int) -> list[Row]:
    """Return whole articles, the newest first."""
    rows: list[Row] = await newest(language, clock.now()).limit(count).values(*LISTED, "html")
    return rows


async def addresses() -> list[dict[str, Any]]:
    """Return slug, language and last change of the newest articles."""
    rows = newest(None, clock.now()).limit(MOST_ADDRESSES)
    stored = await rows.values("slug", "language", "published_at", "updated_at")
    return [
        {"slug": row["slug"], "language": row["language"], "updated_at": latest(row)}
        for row in stored
    ]


def newest(language: str | None, now: datetime, behind: Place | None = None) -> QuerySet[Article]:
    """Return what is published by `now` in order, as an index has it: one bound at each end.

    `behind` is a place in that order, which is never later than `now`.
    """
    columns = {} if language is None else {"language": language}
    if behind is None:
        is_below = Compared({**columns, "published_at": now}, operator.le)
    else:
        is_below = Compared({**columns, **behind._asdict()}, operator.lt)
    rows = Article.annotate(is_below=is_below).filter(is_below=True)
    if language is None:
        return rows.order_by("-published_at", "-id")
    return rows.filter(language__gte=language).order_by("-language", "-published_at", "-id")


def _oldest(language: str, now: datetime, behind: Place) -> QuerySet[Article]:
    """Return what was published after `behind` and by `now`, in order: `newest`, walked back."""
    is_above = Compared({"language": language, **behind._asdict()}, operator.gt)
    rows = Article.annotate(is_above=is_above).filter(is_above=True)
    rows = rows.filter(language__lte=language, published_at__lte=now)
    return rows.order_by("language", "published_at", "id")


async def _link(rows: QuerySet[Article]) -> ArticleLink | None:
    """Return a link to the first of these."""
    found = await rows.limit(1).values("slug", "title")
    return ArticleLink(**found[0]) if found else None


async def _all(query: ArticleQuery, now: datetime, behind: Place | None) -> Found:
    places = await _page(newest(query.language, now, behind), query, behind)
    return Found(places, await capped_count(_within(query, now)))


async def _search(query: ArticleQuery, now: datetime, behind: Place | None) -> Found:
    text = query.q or ""
    some = matching(_within(query, now), text).limit(FEW + 1)
    places = [Place(*each) for each in await some.values_list("published_at", "id")]
    total = CappedCount.of(len(places), most=FEW)
    if total.is_capped:
        walk = met(newest(query.language, now, behind), text)
        return Found(await _page(walk, query, behind), total)
    left = sorted((each for each in places if behind is None or each < behind), reverse=True)
    start = 0 if behind else query.offset
    return Found(left[start : start + query.size + 1], total)


async def _page(rows: QuerySet[Article], query: ArticleQuery, behind: Place | None) -> list[Place]:
    """Return the places of one page: what is skipped is read in an index alone."""
    some = rows.limit(query.size + 1).offset(0 if behind else query.offset)
    return [Place(*each) for each in await some.values_list("published_at", "id")]


async def _at(places: Sequence[Place], now: datetime) -> list[Row]:
    """Return the articles at these places in order, but for what was withdrawn meanwhile."""
    ids = [place.id for place in places]
    rows = await published(now).filter(id__in=ids).values(*LISTED)
    return sorted(rows, key=lambda row: (row["published_at"], row["id"]), reverse=True)


def _within(query: ArticleQuery, now: datetime) -> QuerySet[Article]:
    rows = published(now)
    return rows if query.language is None else rows.filter(language=query.language)


def _written(place: Place) -> list[int]:
    return [(place.published_at - _EPOCH) // _TICK, place.id]


def _read_place(position: Any, now: datetime) -> Place | None:
    """Return the place that a cursor stands for, and never one that is later than `now`."""
    if position is None:
        return None
    instant, article_id = position
    return min(Place(_EPOCH + instant * _TICK, article_id), Place(now, 0))
