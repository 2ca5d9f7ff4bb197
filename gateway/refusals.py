"""What is responded to a request that no route takes."""

from http import HTTPStatus

from gateway.errors import WebSocketRefused
from gateway.request_cycle import RequestCycle
from gateway.route import Methods
from shared.errors import BadRequest, MethodNotAllowed, NotFound
from shared.http.middleware import NO_STORE


def refuse_unclear(cycle: RequestCycle) -> None:
    """Raise for a request that others may read differently, or that asks for another protocol."""
    if cycle.head.wrong:
        cycle.client.keep_alive = False  # another reader may see other requests behind it
        raise BadRequest
    raise WebSocketRefused


def respond_without_route(cycle: RequestCycle, methods: Methods) -> None:
    """List the methods of a path that has no such route (RFC 9110 section 9.3.7)."""
    if not methods:
        raise NotFound
    allowed = sorted({*methods, "OPTIONS"})
    if cycle.head.method != "OPTIONS":
        raise MethodNotAllowed(allowed)
    allow = (b"allow", ", ".join(allowed).encode())
    cycle.respond(HTTPStatus.NO_CONTENT, [allow, NO_STORE, *cycle.response_fields])
