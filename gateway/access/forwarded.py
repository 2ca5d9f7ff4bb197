"""For which address and over which scheme a request came: what only the gateway may say.

What a client says of it is dropped. A trusted proxy is believed; services then see the address
at which the trust ends and nothing beside it, so that they need trust only the gateway.
"""

import logging
from collections.abc import Sequence
from functools import lru_cache
from ipaddress import ip_address
from typing import Final, NamedTuple

from gateway.access.logged_address import ShowAddress, full_address
from gateway.headers import Fields
from shared import clock
from shared.values.addresses import Network, client_address

LOOK_EVERY, WARN_EVERY = 1.0, 600.0  # seconds
"""Between two looks for a proxy that should be trusted, and between two warnings of one."""

SCHEMES = frozenset({b"http", b"https"})

logger = logging.getLogger(__name__)


class Caller(NamedTuple):
    """For which address and over which scheme a request came."""

    address: str
    scheme: bytes = b"http"
    vouched: bool = False  # by the web service, which asks for many


UNKNOWN: Final = Caller("unknown")

_direct = lru_cache(maxsize=4096)(Caller)


class ProxyWatch:
    """Warns of a proxy whose X-Forwarded-For is not believed: its clients share one address.

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


def find_caller(
    peer: tuple[str, int] | None, fields: Fields, trusted: Sequence[Network], watch: ProxyWatch
) -> Caller:
    """Return the caller of a request with these fields that came from `peer`."""
    if peer is None:
        return UNKNOWN
    address = peer[0]
    if trusted and _is_in(address, trusted):
        address = client_address(address, _forwarded_for(fields), trusted)
        return Caller(address, _forwarded_scheme(fields) or UNKNOWN.scheme)
    watch.look(address, fields)
    return _direct(address)


def _forwarded_for(fields: Fields) -> list[str]:
    return [value.decode("latin-1") for value in _values(fields, b"x-forwarded-for")]


def _forwarded_scheme(fields: Fields) -> bytes | None:
    """Return what one field with one word says, if it is one of the two."""
    values = _values(fields, b"x-forwarded-proto")
    scheme = values[0].lower() if len(values) == 1 else b""
    return scheme if scheme in SCHEMES else None


def _values(fields: Fields, name: bytes) -> list[bytes]:
    return [value for field, value in fields if field == name]


def _is_in(address: str, networks: Sequence[Network]) -> bool:
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in networks)
