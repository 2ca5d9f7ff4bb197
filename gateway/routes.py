"""The route table: what exists, where it is served, and what is open. What is not here is closed.

Paths are compared raw, byte for byte; `{name}` stands for one segment that is not empty, and a path
without one goes before a path with one. HEAD follows GET.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, auto

from gateway.errors import BadPath
from shared.tokens import Role

BODY_LIMIT = 128 * 1024
"""Bytes of a request's body, where a route says nothing else."""

BULK_LIMIT = 1024 * 1024
"""Bytes of a thousand changes of products; what may be longer is passed on while it comes."""

IMPORT_LIMIT = 64 * 1024 * 1024
"""Bytes of a file with products."""
IMPORT_TIMEOUT = 600.0
"""Seconds from the end of such a file to the answer."""

_TRICKY = re.compile(rb"//|[;\\\x00]|%(?:2[eEfF]|5[cC]|00)|/\.\.?(?:/|$)")


class Service(Enum):
    """Who answers."""

    AUTH = auto()
    CATALOG = auto()
    GATEWAY = auto()


BEHIND_THE_GATEWAY = tuple(service for service in Service if service is not Service.GATEWAY)


class Access(Enum):
    """Who may pass."""

    OPEN = auto()
    BEFORE_PASSWORD_CHANGE = auto()
    SIGNED_IN = auto()


@dataclass(frozen=True, slots=True)
class Route:
    """One method and path."""

    method: str
    path: str
    service: Service
    access: Access = Access.SIGNED_IN
    body_limit: int = BODY_LIMIT
    response_timeout: float | None = None
    """Seconds that the service may take, where the settings' do not do."""

    signs_in: bool = False
    """Tries a secret or writes to somebody, and so counts against a budget of its own."""

    hashes: bool = False
    """Makes the service hash a password, and so has a share of its connections only."""

    roles: frozenset[Role] = frozenset()
    """Roles of which one is needed, where that is checked here: before a body, not behind it."""

    cache: str = ""
    """The part of the response cache that GET is answered from and anything else outdates.

    Only for routes whose whole access rule the reader's class and this table decide.
    """

    @property
    def streams(self) -> bool:
        """A body may be longer than what is kept until it is whole."""
        return self.body_limit > BULK_LIMIT


PRODUCTS = "products"

_AUTH, _CATALOG, _GATEWAY = Service.AUTH, Service.CATALOG, Service.GATEWAY

_EDITORS = frozenset({Role.MANAGER, Role.ADMIN})

_OPEN, _BEFORE_CHANGE = Access.OPEN, Access.BEFORE_PASSWORD_CHANGE

ROUTES = (
    Route("POST", "/api/v1/auth/register", _AUTH, _OPEN, signs_in=True, hashes=True),
    Route("POST", "/api/v1/auth/login", _AUTH, _OPEN, signs_in=True, hashes=True),
    Route("POST", "/api/v1/auth/token", _AUTH, _OPEN, signs_in=True, hashes=True),
    Route("POST", "/api/v1/auth/refresh", _AUTH, _OPEN, signs_in=True),
    Route("POST", "/api/v1/auth/sign-in-link", _AUTH, _OPEN, signs_in=True),
    Route("GET", "/api/v1/auth/sign-in-link/confirm", _AUTH, _OPEN),  # the page behind its link
    Route("POST", "/api/v1/auth/sign-in-link/confirm", _AUTH, _OPEN, signs_in=True),
    Route("POST", "/api/v1/auth/revoke", _AUTH, _OPEN),
    Route("POST", "/api/v1/auth/logout", _AUTH, _BEFORE_CHANGE),
    Route("GET", "/api/v1/auth/sessions", _AUTH),
    Route("DELETE", "/api/v1/auth/sessions", _AUTH),
    Route("DELETE", "/api/v1/auth/sessions/{id}", _AUTH),
    Route("POST", "/api/v1/auth/email/verify", _AUTH),
    Route("POST", "/api/v1/auth/email/resend", _AUTH),
    Route("GET", "/api/v1/auth/email/confirm", _AUTH, _OPEN),  # the page behind a letter's link
    Route("POST", "/api/v1/auth/email/confirm", _AUTH, _OPEN, signs_in=True),
    Route("POST", "/api/v1/auth/password/forgot", _AUTH, _OPEN, signs_in=True),
    Route("GET", "/api/v1/auth/password/reset", _AUTH, _OPEN),  # likewise
    Route("POST", "/api/v1/auth/password/reset", _AUTH, _OPEN, signs_in=True, hashes=True),
    Route("POST", "/api/v1/auth/password/change", _AUTH, _BEFORE_CHANGE, hashes=True),
    Route("GET", "/.well-known/jwks.json", _AUTH, _OPEN),
    Route("GET", "/.well-known/oauth-authorization-server", _AUTH, _OPEN),
    Route("GET", "/api/v1/users/me", _AUTH, _BEFORE_CHANGE),
    Route("PATCH", "/api/v1/users/me", _AUTH),
    Route("DELETE", "/api/v1/users/me", _AUTH, hashes=True),
    Route("POST", "/api/v1/users/me/email", _AUTH, hashes=True),
    Route("POST", "/api/v1/users/me/phone", _AUTH, hashes=True),
    Route("GET", "/api/v1/users", _AUTH),
    Route("GET", "/api/v1/users/{id}", _AUTH),
    Route("PATCH", "/api/v1/users/{id}", _AUTH),
    Route("DELETE", "/api/v1/users/{id}", _AUTH),
    Route("POST", "/api/v1/users/{id}/block", _AUTH),
    Route("POST", "/api/v1/users/{id}/unblock", _AUTH),
    Route("PUT", "/api/v1/users/{id}/roles", _AUTH),
    Route("DELETE", "/api/v1/users/{id}/sessions", _AUTH),
    Route("GET", "/api/v1/audit", _AUTH),
    Route("GET", "/api/v1/audit/export", _AUTH),
    Route("GET", "/api/v1/products", _CATALOG, cache=PRODUCTS),
    Route("POST", "/api/v1/products", _CATALOG, cache=PRODUCTS),
    Route("POST", "/api/v1/products/bulk", _CATALOG, body_limit=BULK_LIMIT, cache=PRODUCTS),
    Route(
        "POST",
        "/api/v1/products/import",
        _CATALOG,
        body_limit=IMPORT_LIMIT,
        roles=_EDITORS,
        response_timeout=IMPORT_TIMEOUT,
        cache=PRODUCTS,
    ),
    Route("GET", "/api/v1/products/export", _CATALOG),
    Route("GET", "/api/v1/products/{id}", _CATALOG, cache=PRODUCTS),
    Route("PATCH", "/api/v1/products/{id}", _CATALOG, cache=PRODUCTS),
    Route("DELETE", "/api/v1/products/{id}", _CATALOG, cache=PRODUCTS),
    Route("POST", "/api/v1/products/{id}/reactivate", _CATALOG, cache=PRODUCTS),
    Route("GET", "/api/v1/products/{id}/stock", _CATALOG),
    Route("PUT", "/api/v1/products/{id}/stock", _CATALOG),
    Route("DELETE", "/api/v1/products/{id}/stock", _CATALOG),
    Route("GET", "/api/v1/cart", _CATALOG),
    Route("DELETE", "/api/v1/cart", _CATALOG),
    Route("POST", "/api/v1/cart/items", _CATALOG),
    Route("PATCH", "/api/v1/cart/items/{product_id}", _CATALOG),
    Route("DELETE", "/api/v1/cart/items/{product_id}", _CATALOG),
    Route("POST", "/api/v1/orders", _CATALOG),
    Route("GET", "/api/v1/orders", _CATALOG),
    Route("GET", "/api/v1/orders/{id}", _CATALOG),
    Route("POST", "/api/v1/orders/{id}/cancel", _CATALOG),
    Route("POST", "/api/v1/orders/{id}/pay", _CATALOG),
    Route("GET", "/", _GATEWAY, _OPEN),
    Route("GET", "/docs", _GATEWAY, _OPEN),
    Route("GET", "/docs/{asset}", _GATEWAY, _OPEN),
    Route("GET", "/openapi.json", _GATEWAY, _OPEN),
    Route("GET", "/health/live", _GATEWAY, _OPEN),
    Route("GET", "/health/ready", _GATEWAY, _OPEN),
)

Methods = Mapping[str, Route]


class RouteTable:
    """Finds routes by raw path."""

    def __init__(self, routes: Iterable[Route] = ROUTES) -> None:
        self._exact: dict[bytes, dict[str, Route]] = {}
        templates: dict[str, dict[str, Route]] = {}
        for route in routes:
            if "{" in route.path:
                methods = templates.setdefault(route.path, {})
            else:
                methods = self._exact.setdefault(route.path.encode(), {})
            methods[route.method] = route
            if route.method == "GET":
                methods["HEAD"] = route
        self._templates: dict[int, list[tuple[re.Pattern[bytes], Methods]]] = {}  # by slashes
        for path, methods in templates.items():
            alike = self._templates.setdefault(path.count("/"), [])
            alike.append((_compile(path), methods))

    def at(self, path: bytes) -> Methods:
        """Return the routes of this raw path by method, none where nothing is there.

        Raises BadPath for a path that another reader could take for a different one.
        """
        exact = self._exact.get(path)
        if exact is not None:
            return exact
        if _TRICKY.search(path):
            raise BadPath
        for pattern, methods in self._templates.get(path.count(b"/"), ()):
            if pattern.fullmatch(path):
                return methods
        return {}


def _compile(template: str) -> re.Pattern[bytes]:
    literals = re.split(r"\{[a-z_]+\}", template)
    return re.compile(rb"[^/]+".join(re.escape(literal).encode() for literal in literals))
