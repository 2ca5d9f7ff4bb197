"""Secrets at rest: sealed with the first of a list of secrets, opened with any of them."""

import secrets
from collections.abc import Iterator, Sequence

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
        self._without_token = [AESGCM(_derive(secret, "")) for secret in self._secrets]

    def seal(self, plain: bytes, *, purpose: str, with_token: str = "") -> bytes:
        """Return nonce and ciphertext; `with_token` must be presented again to open it."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        cipher = next(self._ciphers(with_token))
        return nonce + cipher.encrypt(nonce, plain, purpose.encode())

    def open(self, sealed: bytes, *, purpose: str, with_token: str = "") -> bytes:
        """Return what was sealed for the same purpose and token; raises CannotOpen."""
        nonce, ciphertext = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        for cipher in self._ciphers(with_token):
            try:
                return cipher.decrypt(nonce, ciphertext, purpose.encode())
            except InvalidTag:
                continue
        raise CannotOpen

    def _ciphers(self, token: str) -> Iterator[AESGCM]:
        """Yield one for each secret; those that need no token are made once."""
        if not token:
            yield from self._without_token
            return
        for secret in self._secrets:
            yield AESGCM(_derive(secret, token))

    def is_sealed_with_the_first(self, sealed: bytes, *, purpose: str) -> bool:
        """Tell whether this needs none of the other secrets."""
        try:
            SecretBox([self._secrets[0].decode()]).open(sealed, purpose=purpose)
        except CannotOpen:
            return False
        return True


def _derive(secret: bytes, token: str) -> bytes:
    return HKDF(SHA256(), length=32, salt=None, info=token.encode()).derive(secret)
