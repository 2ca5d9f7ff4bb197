"""Fields that only the gateway may set: for whom and over what a request came.

What a stranger says of it is dropped. A trusted proxy is believed; services then see the address
at which the trust ends and nothing beside it, so that they need trust nobody but the gateway.
"""

from collections.abc import Sequence
from ipaddress import ip_address

from starlette.types import Scope

from gateway.fields import RequestHead
from shared.addresses import Network, client_address

_SCHEMES = frozenset({b"http", b"https"})


def own_lines(scope: Scope, head: RequestHead, trusted: Sequence[Network]) -> bytes:
    """Return those fields as they go out."""
    address, scheme = _peer(scope), scope["scheme"].encode()
    if trusted and _is_in(address, trusted):
        address = client_address(address, _forwarded_for(scope), trusted)
        scheme = _forwarded_scheme(scope) or scheme
    return b"x-forwarded-for: %b\r\nx-forwarded-proto: %b\r\n%b%b\r\nx-request-id: %b\r\n%b" % (
        address.encode(),
        scheme,
        b"x-forwarded-host: ",
        head.host,
        head.request_id.encode(),
        head.trace.lines,
    )


def caller(scope: Scope, trusted: Sequence[Network]) -> str:
    """Return the address of whoever made the request."""
    address = _peer(scope)
    if trusted and _is_in(address, trusted):
        return client_address(address, _forwarded_for(scope), trusted)
    return address


def _peer(scope: Scope) -> str:
    client = scope.get("client")
    return client[0] if client else "unknown"


def _forwarded_for(scope: Scope) -> list[str]:
    return [value.decode("latin-1") for value in _values(scope, b"x-forwarded-for")]


def _forwarded_scheme(scope: Scope) -> bytes | None:
    """Return what one field with one word says, if it is one of the two."""
    values = _values(scope, b"x-forwarded-proto")
    scheme = values[0].lower() if len(values) == 1 else b""
    return scheme if scheme in _SCHEMES else None


def _values(scope: Scope, name: bytes) -> list[bytes]:
    return [value for field, value in scope["headers"] if field == name]


def _is_in(address: str, networks: Sequence[Network]) -> bool:
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in networks)
