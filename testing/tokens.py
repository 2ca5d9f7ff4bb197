"""Access tokens to test verifiers with: good ones, and whatever one likes to forge."""

import base64
import json
import time
import uuid
from collections.abc import Mapping
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from jwt.algorithms import RSAAlgorithm

from shared.access.jwks import thumbprint
from shared.access.tokens import ALGORITHM, CLIENT_ID, TOKEN_TYPE

_RS256 = RSAAlgorithm(RSAAlgorithm.SHA256)


def signing_key(name: str = "current") -> RSAPrivateKey:
    """Return the key of this name, the same for the whole run."""
    return _key(name)


@cache
def _key(name: str) -> RSAPrivateKey:
    del name
    return generate_private_key(public_exponent=65537, key_size=2048)


def public_jwk(key: RSAPrivateKey) -> dict[str, Any]:
    """Return the public half as the auth service publishes it."""
    jwk = RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
    members = {name: jwk[name] for name in ("kty", "n", "e")}
    return {**members, "use": "sig", "alg": ALGORITHM, "kid": thumbprint(members)}


def jwks(*keys: RSAPrivateKey, **more: object) -> bytes:
    """Return the key set document of these keys, with `more` members."""
    return json.dumps({"keys": [public_jwk(key) for key in keys], **more}).encode()


def numbered(number: int) -> str:
    """Return the UUID of this number, for a `sub` or `sid` that a test must know."""
    return str(uuid.UUID(int=number))


def access_claims(**changes: Any) -> dict[str, Any]:
    """Return the claims of a good token for http://localhost:8000, with `changes`; None removes."""
    now = int(time.time())
    claims = {
        "iss": "http://localhost:8000",
        "aud": "vitrina",
        "client_id": CLIENT_ID,
        "sub": str(uuid.uuid4()),
        "sid": str(uuid.uuid4()),
        "ver": 1,
        "jti": uuid.uuid4().hex,
        "iat": now,
        "nbf": now,
        "exp": now + 900,
        "roles": ["user"],
        "email_verified": True,
        **changes,
    }
    return {name: value for name, value in claims.items() if value is not None}


def access_token(
    key: RSAPrivateKey | None = None, *, header: Mapping[str, Any] | None = None, **changes: Any
) -> str:
    """Return a good RS256 token, but for what `header` and the claim `changes` say."""
    key = key or signing_key()
    joined = {"alg": ALGORITHM, "typ": TOKEN_TYPE, "kid": public_jwk(key)["kid"], **(header or {})}
    fields = {name: value for name, value in joined.items() if value is not None}
    signing_input = f"{segment(fields)}.{segment(access_claims(**changes))}"
    return f"{signing_input}.{encode(_RS256.sign(signing_input.encode(), key))}"


def segment(members: Any) -> str:
    """Return `members` as one segment of a compact JWS."""
    return encode(json.dumps(members, separators=(",", ":")).encode())


def encode(data: bytes) -> str:
    """Return base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
