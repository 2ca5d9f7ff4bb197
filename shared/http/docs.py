"""Swagger UI without the internet: its assets come from a package, served by the process itself."""

import json
from collections.abc import Iterable, Mapping
from importlib.resources import files

from fastapi import APIRouter, Response

from shared.access.tokens import CLIENT_ID

_ASSETS = {
    "swagger-ui-bundle.js": "text/javascript; charset=utf-8",
    "swagger-ui.css": "text/css; charset=utf-8",
    "favicon-32x32.png": "image/png",
}
_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" type="image/png" href="/docs/favicon-32x32.png">
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/initializer.js"></script>
</body>
</html>
"""
_INITIALIZER = """"use strict";
// The document names the public address, and this page may only call where it comes from.
const hereOnly = (update) => (document) =>
  update({ ...document, servers: [{ url: location.origin }] });
window.ui = SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  presets: [SwaggerUIBundle.presets.apis],
  plugins: [{ statePlugins: { spec: { wrapActions: { updateJsonSpec: hereOnly } } } }],
  validatorUrl: null,
});
window.ui.initOAuth({ clientId: %s });
"""


def docs_router(*, title: str, connect_origins: Iterable[str] = ()) -> APIRouter:
    """Return the routes of the docs page.

    `connect_origins` are the origins beside its own that the page may call: where "Authorize"
    asks for a token.
    """
    router = APIRouter(prefix="/docs", include_in_schema=False)
    page = _PAGE.format(title=title).encode()
    page_headers = security_headers(connect_origins)

    async def show_page() -> Response:
        return Response(page, media_type="text/html", headers=page_headers)

    router.add_api_route("", show_page, methods=["GET", "HEAD"])
    for name, media_type in _ASSETS.items():
        content = files("fastapi_swagger").joinpath("resources", name).read_bytes()
        _add_asset(router, name, content, media_type)
    initializer = (_INITIALIZER % json.dumps(CLIENT_ID)).encode()
    _add_asset(router, "initializer.js", initializer, "text/javascript; charset=utf-8")
    return router


def security_headers(connect_origins: Iterable[str] = ()) -> Mapping[str, str]:
    """Return the header fields of a page that runs nothing but this process's own scripts."""
    connect = " ".join(["'self'", *connect_origins])
    return {
        "Content-Security-Policy": (
            "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
            f"img-src 'self' data:; connect-src {connect}; "
            "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        ),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-cache",
    }


def _add_asset(router: APIRouter, name: str, content: bytes, media_type: str) -> None:
    headers = {"Cache-Control": "public, max-age=3600", "X-Content-Type-Options": "nosniff"}

    async def show_asset() -> Response:
        return Response(content, headers={**headers, "Content-Type": media_type})

    router.add_api_route(f"/{name}", show_asset, methods=["GET", "HEAD"])
