"""Addresses of recipients: the form that they are compared by, their keyed hash, what people see.

The hash outlives the address: erasure leaves it alone, and a suppression still holds when the
address is imported again. So its key is older than every secret: a random one in the database,
sealed with the first of the service's secrets and opened with any.
"""

import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from pydantic import SecretStr

from mailing_service.models.addresses import AddressKey
from shared.secret_box import SecretBox
from shared.values.email_addresses import canonical_email

PURPOSE = "address key"
_KEY_BYTES = 32
_HASH_BYTES = 16


def canonical(email: str) -> str:
    """Return the form that two spellings of one address share; raises InvalidIdentifier."""
    return canonical_email(email)


def domain_of(canonical_address: str) -> str:
    """Return the domain, whose mail server an email goes to."""
    return canonical_address.rpartition("@")[2]


def masked(email: str) -> str:
    """Return `email` as other people may see it: `a…@example.com`."""
    local, _, domain = email.rpartition("@")
    return f"{local[:1]}…@{domain}"


@dataclass(frozen=True, slots=True)
class AddressHasher:
    """Hashes canonical addresses: 128 bits of HMAC-SHA-256 (RFC 2104)."""

    key: bytes = field(repr=False)

    def hash_of(self, canonical_address: str) -> UUID:
        """Return the same hash for the same address, for as long as the database lives."""
        digest = hmac.digest(self.key, canonical_address.encode(), "sha256")
        return UUID(bytes=digest[:_HASH_BYTES])


async def load_hasher(service_secrets: Sequence[SecretStr]) -> AddressHasher:
    """Return the hasher of this database, which the first process of all makes the key for.

    Seals the key anew where the first secret is a new one; raises CannotOpen without its secret.
    """
    box = SecretBox([secret.get_secret_value() for secret in service_secrets])
    fresh = box.seal(secrets.token_bytes(_KEY_BYTES), purpose=PURPOSE)
    await AddressKey.bulk_create([AddressKey(sealed_key=fresh)], ignore_conflicts=True)
    sealed = bytes((await AddressKey.get(id=1)).sealed_key)
    key = box.open(sealed, purpose=PURPOSE)
    if not box.is_sealed_with_the_first(sealed, purpose=PURPOSE):
        again = box.seal(key, purpose=PURPOSE)
        await AddressKey.filter(id=1, sealed_key=sealed).update(sealed_key=again)
    return AddressHasher(key)
