"""Finds routes by raw path. What is in no module of `gateway.routes` is closed.

Paths are compared raw, byte for byte; `{name}` stands for one segment that is not empty, and a path
without one goes before a path with one. HEAD follows GET.
"""

import re
from collections.abc import Iterable
from importlib import import_module
from pkgutil import iter_modules

from gateway import routes
from gateway.errors import BadPath
from gateway.route import Methods, Route
from gateway.routes.gateway import GATEWAY
from gateway.routes.web import WEB

_TRICKY = re.compile(rb"//|[;\\\x00]|%(?:2[eEfF]|5[cC]|00)|/\.\.?(?:/|$)")

SERVICES = tuple(sorted(module.name for module in iter_modules(routes.__path__)))
"""Each service that has a module in `gateway.routes`, the gateway among them."""

BEHIND_THE_GATEWAY = tuple(name for name in SERVICES if name != GATEWAY)

APIS = tuple(name for name in BEHIND_THE_GATEWAY if name != WEB)
"""Those that serve no pages; `gateway.pages` finds what is one."""


def _routes_of(service: str) -> tuple[Route, ...]:
    table: tuple[Route, ...] = import_module(f"{routes.__name__}.{service}").ROUTES
    return table


ROUTES = tuple(route for service in SERVICES if service != WEB for route in _routes_of(service))


def is_tricky(path: bytes) -> bool:
    """Tell whether another reader could take this raw path for a different one."""
    return _TRICKY.search(path) is not None


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
        if is_tricky(path):
            raise BadPath
        for pattern, methods in self._templates.get(path.count(b"/"), ()):
            if pattern.fullmatch(path):
                return methods
        return {}


def _compile(template: str) -> re.Pattern[bytes]:
    literals = re.split(r"\{[a-z_]+\}", template)
    return re.compile(rb"[^/]+".join(re.escape(literal).encode() for literal in literals))
