"""The routes of static files: for a year where the name has the hash, never read from the disk."""

from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from shared.values.field_values import weights
from web_service.static_files.files import PREFIX, StaticFile, StaticFiles

_FOREVER: Final = "public, max-age=31536000, immutable"
_A_DAY: Final = "public, max-age=86400"
_ROBOTS: Final = """\
User-agent: *
Disallow: /api/
Allow: /api/v1/pictures/
Disallow: /users/
Sitemap: {public_url}/sitemap.xml
"""
# An SVG that is opened by itself is a document: it runs nothing.
_CLOSED: Final = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'"


def static_routes(files: StaticFiles, *, public_url: str) -> list[BaseRoute]:
    """Return the routes of `/static/…`, `/favicon.ico` and `/robots.txt`."""
    rules = _ROBOTS.format(public_url=public_url)

    async def static(request: Request) -> Response:
        found = files.find(request.path_params["name"])
        if found is None:
            raise HTTPException(404)
        return _response(request, found.file, _FOREVER if found.current else "no-store")

    async def favicon(_request: Request) -> Response:
        moved = RedirectResponse(files.asset("favicon.svg"), 302)
        moved.headers["cache-control"] = _A_DAY
        return moved

    async def robots(_request: Request) -> Response:
        return Response(rules, headers={"cache-control": _A_DAY}, media_type="text/plain")

    return [
        Route(PREFIX + "{name}", static),
        Route("/favicon.ico", favicon),
        Route("/robots.txt", robots),
    ]


def _response(request: Request, file: StaticFile, cache_control: str) -> Response:
    headers = {
        "content-type": file.content_type,
        "cache-control": cache_control,
        "x-content-type-options": "nosniff",
        "content-security-policy": _CLOSED,
    }
    if file.packed is None:
        return Response(file.content, headers=headers)
    headers["vary"] = "Accept-Encoding"
    if not _accepts_gzip(request):
        return Response(file.content, headers=headers)
    return Response(file.packed, headers={**headers, "content-encoding": "gzip"})


def _accepts_gzip(request: Request) -> bool:
    weight = dict(weights(request.headers.getlist("accept-encoding")))
    return weight.get("gzip", weight.get("*", 0.0)) > 0
