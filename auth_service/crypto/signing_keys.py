"""RSA keys that sign access tokens: made, written down sealed, and published."""

from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
    load_pem_private_key,
)
from jwt.algorithms import RSAAlgorithm

from shared.access.jwks import thumbprint
from shared.access.tokens import ALGORITHM

KEY_BITS = 3072
PUBLIC_EXPONENT = 65537


class UnusablePem(Exception):
    """The file holds no key that this service would sign with; the message says why."""


@dataclass(frozen=True, slots=True)
class SigningKeyPair:
    """A private key under its `kid`, the RFC 7638 thumbprint of the public half."""

    kid: str
    private_key: RSAPrivateKey

    @classmethod
    def of(cls, private_key: RSAPrivateKey) -> "SigningKeyPair":
        """Name `private_key` by its thumbprint."""
        return cls(thumbprint(_public_members(private_key)), private_key)

    @classmethod
    def generate(cls) -> "SigningKeyPair":
        """Make a new RSA-3072 key; takes up to a second of CPU."""
        return cls.of(generate_private_key(public_exponent=PUBLIC_EXPONENT, key_size=KEY_BITS))

    @classmethod
    def from_der(cls, der: bytes) -> "SigningKeyPair":
        """Read what `to_der` wrote."""
        key = load_der_private_key(der, password=None)
        if not isinstance(key, RSAPrivateKey):
            raise TypeError("not an RSA key")
        return cls.of(key)

    @classmethod
    def from_pem(cls, pem: bytes) -> "SigningKeyPair":
        """Read a private key as `openssl genrsa 3072` writes it; raises UnusablePem."""
        try:
            key = load_pem_private_key(pem, password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            raise UnusablePem("There is no private key without a passphrase in it.") from None
        if not isinstance(key, RSAPrivateKey) or key.key_size < KEY_BITS:
            raise UnusablePem(f"It must be an RSA key of {KEY_BITS} bits or more.")
        if key.public_key().public_numbers().e != PUBLIC_EXPONENT:
            raise UnusablePem(f"Its public exponent must be {PUBLIC_EXPONENT}.")
        return cls.of(key)

    def to_der(self) -> bytes:
        """Return the private key as unencrypted PKCS #8, to be sealed immediately."""
        return self.private_key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())

    def public_jwk(self) -> dict[str, Any]:
        """Return the public half as the JWK set publishes it (RFC 7517)."""
        members = _public_members(self.private_key)
        return {**members, "use": "sig", "alg": ALGORITHM, "kid": self.kid}


def _public_members(private_key: RSAPrivateKey) -> dict[str, str]:
    jwk = RSAAlgorithm.to_jwk(private_key.public_key(), as_dict=True)
    return {name: str(jwk[name]) for name in ("kty", "n", "e")}
