"""Codes and link tokens that emails bring, and the digests by which alone they are stored."""

import hmac
import secrets
from collections.abc import Sequence

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

CODE_DIGITS = 6
TOKEN_BYTES = 32

_INFO = b"codes and link tokens"


def new_code() -> str:
    """Return six random digits; few enough to be typed, so their tries have to be counted."""
    return f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"


def new_link_token() -> str:
    """Return a new token: 43 characters of base64url, 256 random bits."""
    return secrets.token_urlsafe(TOKEN_BYTES)


class CodeDigester:
    """HMAC-SHA-256 under keys that HKDF (RFC 5869) derives from the service's secrets.

    A digest is bound to what the code is for, so that it is good for nothing else; and without
    the secrets a stored one cannot be found by trying all codes.
    """

    def __init__(self, service_secrets: Sequence[str]) -> None:
        """Make digests with the first of `service_secrets`, recognise those made with any."""
        self._keys = [_derive(secret) for secret in service_secrets]

    def digest(self, secret: str, *bound_to: str) -> str:
        """Return the digest, in hex, under which to store a code or token."""
        return _digest(self._keys[0], secret, bound_to)

    def digests(self, secret: str, *bound_to: str) -> list[str]:
        """Return all digests under which it may be stored: one for each of the secrets."""
        return [_digest(key, secret, bound_to) for key in self._keys]

    def fits(self, secret: str, stored: str, *bound_to: str) -> bool:
        """Tell, in constant time, whether `stored` is a digest of it."""
        found = [hmac.compare_digest(one, stored) for one in self.digests(secret, *bound_to)]
        return any(found)


def _derive(secret: str) -> bytes:
    return HKDF(SHA256(), length=32, salt=None, info=_INFO).derive(secret.encode())


def _digest(key: bytes, secret: str, bound_to: Sequence[str]) -> str:
    message = "\0".join((*bound_to, secret)).encode()
    return hmac.digest(key, message, "sha256").hex()
