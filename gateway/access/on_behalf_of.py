"""For whom the web service asks: `Vitrina-On-Behalf-Of: <secret> <address> <scheme>`.

It asks for many people from one address. Limits and services see the address and the scheme that it
names, and what it asks for is not in the bounds of `gateway.access.under_way`: the page that waits
for the response is. Only a secret is a reason to believe it, never where it comes from.
"""

import logging
from collections.abc import Sequence
from hashlib import sha256
from hmac import compare_digest
from ipaddress import IPv6Address, ip_address
from math import inf

from pydantic import SecretStr

from gateway.access.forwarded import SCHEMES, WARN_EVERY, Caller
from gateway.access.logged_address import ShowAddress, full_address
from shared import clock
from shared.errors import BadRequest

logger = logging.getLogger(__name__)


class Vouching:
    """Believes who presents one of `secrets`; without any, nobody."""

    def __init__(
        self, secrets: Sequence[SecretStr] = (), show_address: ShowAddress = full_address
    ) -> None:
        """Log so much of an address as `show_address` does."""
        self._digests = [sha256(one.get_secret_value().encode()).digest() for one in secrets]
        self._show_address = show_address
        self._warned_at = -inf  # of clock.monotonic()

    def caller(self, fields: Sequence[bytes], address: str) -> Caller | None:
        """Return for whom a request from `address` is made by these fields, None if for itself.

        Raises BadRequest where the secret is right and the rest is not: the web service would else
        ask for everybody as one, and nobody would notice.
        """
        if not any(self._is_right(field.partition(b" ")[0]) for field in fields):
            self._warn(address)
            return None
        if len(fields) != 1:
            raise BadRequest
        return _read(fields[0])

    def _is_right(self, given: bytes) -> bool:
        """Compare with every secret, in a time that depends on none of them, nor on its size."""
        digest = sha256(given).digest()
        return sum(compare_digest(digest, own) for own in self._digests) > 0

    def _warn(self, address: str) -> None:
        now = clock.monotonic()
        if now - self._warned_at >= WARN_EVERY:
            self._warned_at = now
            extra = self._show_address(address)
            logger.warning("Vitrina-On-Behalf-Of ignored: not one of the secrets", extra=extra)


def _read(field: bytes) -> Caller:
    """Return whom a believed field names; raises BadRequest."""
    try:
        _, address, scheme = field.split(b" ")
        if scheme not in SCHEMES or b"%" in address:
            raise BadRequest
        return Caller(_canonical(address.decode("ascii")), scheme, vouched=True)
    except ValueError:  # so is UnicodeDecodeError
        raise BadRequest from None


def _canonical(address: str) -> str:
    """Return the address as one person has only one; raises ValueError."""
    parsed = ip_address(address)
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(parsed)
