"""What the web service serves: pages, which are whatever is not said otherwise here.

`gateway.pages` finds them. Uploads are named one by one, with and without a slash at the end.
"""

from typing import Final

from gateway.route import IMPORT_LIMIT, IMPORT_TIMEOUT, PICTURE_LIMIT, Access, Route

WEB: Final = "web"

PAGE: Final = "/{page}"
"""Any path that is a page's."""

_AROUND_FILE: Final = 128 * 1024
"""Bytes that a form may have beside its file."""
UPLOADS: Final = {
    "/recipients/import": IMPORT_LIMIT + _AROUND_FILE,
    "/products/import": IMPORT_LIMIT + _AROUND_FILE,
    "/draft/{id}/cover": PICTURE_LIMIT + _AROUND_FILE,
}
"""Pages whose forms carry a file, and the bytes that a form may have; `{id}` is a number."""


def _upload(path: str, limit: int) -> Route:
    return Route("POST", path, WEB, Access.PAGE, body_limit=limit, response_timeout=IMPORT_TIMEOUT)


ROUTES: tuple[Route, ...] = (
    Route("GET", PAGE, WEB, Access.PAGE),
    Route("POST", PAGE, WEB, Access.PAGE),
    *(_upload(path, limit) for path, limit in UPLOADS.items()),
    *(_upload(f"{path}/", limit) for path, limit in UPLOADS.items()),
)
