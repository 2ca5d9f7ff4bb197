"""Secrets at rest: sealed with the first of a list of secrets, opened with any of them."""

import secrets
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE_BYTES = 12


class CannotOpen(Exception):
    """None of the secrets opens this; it was sealed with another, or altered."""


class SecretBox:
    """AES-256-GCM under keys that HKDF (RFC 5869) derives from the service's secrets."""

    def __init__(self, service_secrets: Sequence[str]) -> None:
        """Seal with the first of `service_secrets`, open with all."""
        self._secrets = [secret.encode() for secret in service_secrets]

    def seal(self, plain: bytes, *, purpose: str, with_token: str = "") -> bytes:
        """Return nonce and ciphertext; `with_token` must be presented again to open it."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        key = _derive(self._secrets[0], with_token)
        return nonce + AESGCM(key).encrypt(nonce, plain, purpose.encode())

    def open(self, sealed: bytes, *, purpose: str, with_token: str = "") -> bytes:
        """Return what was sealed for the same purpose and token; raises CannotOpen."""
        nonce, ciphertext = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        for secret in self._secrets:
            try:
                key = _derive(secret, with_token)
                return AESGCM(key).decrypt(nonce, ciphertext, purpose.encode())
            except InvalidTag:
                continue
        raise CannotOpen

    def is_sealed_with_the_first(self, sealed: bytes, *, purpose: str) -> bool:
        """Tell whether this needs none of the other secrets."""
        try:
            SecretBox([self._secrets[0].decode()]).open(sealed, purpose=purpose)
        except CannotOpen:
            return False
        return True


def _derive(secret: bytes, token: str) -> bytes:
    return HKDF(SHA256(), length=32, salt=None, info=token.encode()).derive(secret)
