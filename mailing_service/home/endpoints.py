"""The home page over HTTP: open to everybody."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request, Response

from mailing_service.home import service
from mailing_service.home.counters import HomeCounters
from mailing_service.home.schemas import Home
from shared.http.preconditions import IfNoneMatch
from shared.language.translation import language_of

CACHING: Final = {
    "Cache-Control": "no-cache",
    "Gateway-Cache-Control": "max-age=10",
    "Vary": "Accept-Language",
}

router = APIRouter(prefix="/api/v1", tags=["home"])

_ETAG: Final = {
    "description": "Names this answer, for If-None-Match.",
    "schema": {"type": "string"},
}
_RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    200: {"headers": {"ETag": _ETAG}},
    304: {"description": "It is as the ETag says.", "headers": {"ETag": _ETAG}},
}


async def _counters(request: Request) -> HomeCounters:
    counters: HomeCounters = request.app.state.home_counters
    return counters


@router.get("/home", response_model=Home, responses=_RESPONSES)
async def read_home(
    request: Request, known: IfNoneMatch, counters: Annotated[HomeCounters, Depends(_counters)]
) -> Response:
    """Count mailings and recipients, and show three articles that are drawn at random."""
    language = language_of(request.headers.raw)
    etag, body = await service.show_home(language, tags=known.tags(), counters=counters)
    fields = {"ETag": etag, "Content-Language": language, **CACHING}
    if body is None or known.has(etag):
        return Response(status_code=304, headers=fields)
    return Response(body, media_type="application/json", headers=fields)
