"""Which paths are pages: all but those below a few names, which stay as they are without pages."""

import re
from collections.abc import Iterable
from urllib.parse import unquote_to_bytes

from gateway.compression.fields import VARY
from gateway.errors import BadPath
from gateway.headers import Fields
from gateway.route import Methods, Route
from gateway.route_table import is_tricky
from gateway.routes.web import PAGE, ROUTES

_API = b"/api/"
_NO_PAGES = re.compile(rb"/(?:api|internal|\.well-known|docs|openapi\.json|health|metrics)(?:/|\Z)")
_ID = re.compile(rb"/[0-9]{1,16}(?=/|\Z)")
_SAID_BY_PAGES = frozenset({b"content-security-policy", b"referrer-policy"})


def is_page(path: bytes) -> bool:
    """Tell whether a raw path is a page's."""
    return not path.startswith(_API) and _NO_PAGES.match(path) is None


class Pages:
    """Finds the route of a page, and what is on each of them."""

    def __init__(self, always: Fields, routes: Iterable[Route] = ROUTES) -> None:
        """`always` is on every other response."""
        self._always = [field for field in always if field[0] not in _SAID_BY_PAGES]
        self._always_read = [*self._always, VARY]
        self._any: dict[str, Route] = {}
        self._uploads: dict[bytes, Methods] = {}
        uploads = []
        for route in routes:
            if route.path == PAGE:
                self._any[route.method] = route
            else:
                uploads.append(route)
        self._any["HEAD"] = self._any["GET"]
        for route in uploads:
            self._uploads[route.path.encode()] = {**self._any, route.method: route}

    def fields(self, method: str) -> Fields:
        """Return the fields of a response; no script of another origin may read it.

        What browsers may do with a page and what they tell of it, the web service says by itself.
        """
        return self._always if method == "POST" else self._always_read

    def at(self, path: bytes) -> Methods:
        """Return the routes of a page by method.

        Raises BadPath for a path that another reader could take for a different one, such as the
        web service for one that is no page.
        """
        if is_tricky(path) or (b"%" in path and not is_page(unquote_to_bytes(path))):
            raise BadPath
        return self._uploads.get(_ID.sub(b"/{id}", path), self._any)
