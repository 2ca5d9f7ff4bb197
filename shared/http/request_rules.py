"""Pure ASGI middleware: what is refused of any request, whatever it asks for."""

from collections import Counter
from urllib.parse import parse_qsl

from starlette.routing import Match
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.errors import FieldProblem, UnprocessableEntity, UnsupportedEncoding
from shared.http.error_handlers import send_error
from shared.http.middleware import values
from shared.values.field_values import is_encoded


class PlainBodies:
    """Refuses bodies that would have to be decoded; nobody knows how long one becomes then."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not _has_encoded_body(scope):
            await self._app(scope, receive, send)
            return
        await send_error(scope, send, UnsupportedEncoding())


def _has_encoded_body(scope: Scope) -> bool:
    codings = values(scope, b"content-encoding")
    if not is_encoded(value.decode("latin-1") for value in codings):
        return False
    lengths = values(scope, b"content-length")
    return any(value.strip(b"0") for value in lengths) or bool(values(scope, b"transfer-encoding"))


class SingleParameters:
    """Refuses a query that names a parameter twice: of two values none is surely meant.

    Where nothing is there, or not for this method, that is said instead.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and b"&" in scope["query_string"]:
            twice = _given_twice(scope["query_string"])
            if twice and scope["path"].startswith("/api/") and _is_served(scope):
                problems = [FieldProblem(name, "Must be given once") for name in twice]
                await send_error(scope, send, UnprocessableEntity(problems))
                return
        await self._app(scope, receive, send)


def _given_twice(query: bytes) -> list[str]:
    given = Counter(name for name, _ in parse_qsl(query.decode("latin-1"), keep_blank_values=True))
    return [name for name, times in given.items() if times > 1]


def _is_served(scope: Scope) -> bool:
    return any(route.matches(scope)[0] is Match.FULL for route in scope["app"].routes)
