"""Return paths that name a delivery: `bounce+<id>.<hmac>@domain` (VERP)."""

import hmac
import re
from collections.abc import Sequence

from pydantic import SecretStr

_DIGITS = 16
_PATH = re.compile(r"bounce\+(?P<id>[0-9]{1,18})\.(?P<code>[0-9a-f]{16})@[^@]+", re.IGNORECASE)


class ReturnPaths:
    """Makes return paths with the first of the service's secrets, and knows those of any."""

    def __init__(self, secrets: Sequence[SecretStr], domain: str) -> None:
        self._keys = [secret.get_secret_value().encode() for secret in secrets]
        self._domain = domain

    def address_of(self, delivery_id: int) -> str:
        """Return where reports about a delivery go."""
        return f"bounce+{delivery_id}.{_code(self._keys[0], delivery_id)}@{self._domain}"

    def delivery_of(self, address: str) -> int | None:
        """Return the delivery that an address names; None if nobody here made the address."""
        match = _PATH.fullmatch(address)
        if match is None:
            return None
        delivery_id, code = int(match["id"]), match["code"].lower()
        genuine = [hmac.compare_digest(_code(key, delivery_id), code) for key in self._keys]
        return delivery_id if any(genuine) else None


def _code(key: bytes, delivery_id: int) -> str:
    digest = hmac.digest(key, b"return path of delivery %d" % delivery_id, "sha256")
    return digest.hex()[:_DIGITS]
