"""What is published, over HTTP: open to everybody, and the same for everybody."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response

from mailing_service.blog.articles import feed, reading
from mailing_service.blog.articles.responses import ETAG, JSON, answered
from mailing_service.blog.articles.schemas import (
    ArticleAddresses,
    ArticleMoved,
    ArticlePage,
    ArticleQuery,
    ArticleRead,
    FeedQuery,
)
from mailing_service.cursors import CursorsHere
from mailing_service.dependencies import Settings
from mailing_service.errors import ArticleNotFound
from shared.errors import ServiceUnavailable
from shared.http.preconditions import IfNoneMatch
from shared.http.problems import problems
from shared.language.translation import language_of
from shared.values.schemas import Schema

ARTICLES = "/api/v1/articles"

router = APIRouter(prefix=ARTICLES, tags=["articles"], responses=problems(ServiceUnavailable))

Slug = Annotated[str, Path(examples=["how-to-brew-green-tea"])]
_SHOWN: dict[int | str, dict[str, Any]] = {
    200: {"headers": ETAG},
    304: {"description": "It is what If-None-Match says.", "headers": ETAG},
}
_MOVED: dict[int | str, dict[str, Any]] = {
    301: {
        "description": "It has another address now.",
        "model": ArticleMoved,
        "headers": {"Location": {"description": "Where it is.", "schema": {"type": "string"}}},
    }
}
_FEED: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "An Atom feed (RFC 4287).",
        "content": {feed.MEDIA_TYPE: {"schema": {"type": "string"}}},
        "headers": ETAG,
    },
    304: _SHOWN[304],
}


@router.get("", responses=_SHOWN, response_model=ArticlePage)
async def list_articles(
    query: Annotated[ArticleQuery, Query()], cursors: CursorsHere, known: IfNoneMatch
) -> Response:
    """List what is published, the newest first."""

    async def answer() -> Response:
        return _json(await reading.list_articles(query, cursors=cursors))

    return await answered(f"list {query!r}", known, answer)


@router.get("/feed.atom", responses=_FEED, response_class=Response)
async def read_feed(
    settings: Settings, query: Annotated[FeedQuery, Query()], known: IfNoneMatch
) -> Response:
    """Give the newest articles as an Atom feed, with all of their text."""

    async def answer() -> Response:
        return Response(await feed.write(settings, query.language), media_type=feed.MEDIA_TYPE)

    return await answered(f"feed {query.language}", known, answer)


@router.get("/addresses", responses=_SHOWN, response_model=ArticleAddresses)
async def list_addresses(request: Request, known: IfNoneMatch) -> Response:
    """Give slug, language and last change of the newest articles, for the map of a site."""

    async def answer() -> Response:
        body = await request.app.state.article_addresses.read()
        return Response(body, media_type=JSON)

    return await answered("addresses", known, answer)


@router.get(
    "/{slug}",
    responses={**_SHOWN, **_MOVED, **problems(ArticleNotFound)},
    response_model=ArticleRead,
)
async def read_article(slug: Slug, request: Request, known: IfNoneMatch) -> Response:
    """Show one article; a slug that it had before leads to the one that it has.

    `previous` and `next` are its neighbours in the order of publication, in the reader's language.
    """
    language = language_of(request.headers.raw)

    async def answer() -> Response:
        found = await reading.read_article(slug, language)
        if isinstance(found, reading.Moved):
            moved = _json(ArticleMoved(slug=found.slug), 301)
            moved.headers["Location"] = f"{ARTICLES}/{found.slug}"
            return moved
        return _json(found)

    response = await answered(f"one {slug} {language}", known, answer)
    response.headers["Vary"] = "Accept-Language"
    return response


def _json(body: Schema, status: int = 200) -> Response:
    return Response(body.model_dump_json(), status, media_type=JSON)
