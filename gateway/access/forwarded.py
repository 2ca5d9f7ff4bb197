"""Fields that only the gateway may set: for whom and over what a request came.

What a stranger says of it is dropped. A trusted proxy is believed; services then see the address
at which the trust ends and nothing beside it, so that they need trust nobody but the gateway.
"""

import logging
from collections.abc import Sequence
from ipaddress import ip_address

from gateway.access.logged_address import ShowAddress, full_address
from gateway.headers import Fields, RequestHead
from shared import clock
from shared.addresses import Network, client_address

LOOK_EVERY, WARN_EVERY = 1.0, 600.0  # seconds
"""Between two looks for a proxy that should be trusted, and between two warnings of one."""

_SCHEMES = frozenset({b"http", b"https"})

logger = logging.getLogger(__name__)


class ProxyWatch:
    """Warns of a proxy whose X-Forwarded-For is not believed: everybody behind it is one address.

    It looks at a request now and then, because a proxy adds the field to all.
    """

    def __init__(self, show_address: ShowAddress = full_address) -> None:
        """Say so much of the proxy's address as `show_address` does."""
        self._show_address = show_address
        self._next_look = 0.0  # of clock.monotonic()

    def look(self, address: str, fields: Fields) -> None:
        """Look at a request of an address that is not trusted, if it is time."""
        now = clock.monotonic()
        if now < self._next_look:
            return
        is_forwarded = any(name == b"x-forwarded-for" for name, _ in fields)
        self._next_look = now + (WARN_EVERY if is_forwarded else LOOK_EVERY)
        if is_forwarded:
            logger.warning(
                "X-Forwarded-For ignored: its sender is not in TRUSTED_PROXIES",
                extra=self._show_address(address),
            )


def own_lines(head: RequestHead) -> bytes:
    """Return those fields as they go out."""
    return b"x-forwarded-for: %b\r\nx-forwarded-proto: %b\r\n%b%b\r\nx-request-id: %b\r\n%b" % (
        head.address.encode(),
        head.scheme,
        b"x-forwarded-host: ",
        head.host,
        head.request_id.encode(),
        head.trace.lines,
    )


def find_caller(
    head: RequestHead,
    peer: tuple[str, int] | None,
    fields: Fields,
    trusted: Sequence[Network],
    watch: ProxyWatch,
) -> None:
    """Write into `head` for whom and over what a request with these fields came from `peer`."""
    if peer is None:
        return
    head.address = peer[0]
    if trusted and _is_in(head.address, trusted):
        head.address = client_address(head.address, _forwarded_for(fields), trusted)
        head.scheme = _forwarded_scheme(fields) or head.scheme
    else:
        watch.look(head.address, fields)


def _forwarded_for(fields: Fields) -> list[str]:
    return [value.decode("latin-1") for value in _values(fields, b"x-forwarded-for")]


def _forwarded_scheme(fields: Fields) -> bytes | None:
    """Return what one field with one word says, if it is one of the two."""
    values = _values(fields, b"x-forwarded-proto")
    scheme = values[0].lower() if len(values) == 1 else b""
    return scheme if scheme in _SCHEMES else None


def _values(fields: Fields, name: bytes) -> list[bytes]:
    return [value for field, value in fields if field == name]


def _is_in(address: str, networks: Sequence[Network]) -> bool:
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in networks)
