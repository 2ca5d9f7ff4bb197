"""The documents of RFC 7517 and RFC 8414, as far as this server fills them."""

from typing import Literal

from pydantic import Field

from shared.values.schemas import Schema


class JsonWebKey(Schema):
    """The public half of one RSA signing key; `kid` is its RFC 7638 thumbprint."""

    kty: Literal["RSA"]
    use: Literal["sig"]
    alg: Literal["RS256"]
    kid: str
    n: str
    e: str


class JsonWebKeySet(Schema):
    """Every key that a valid access token may be signed with."""

    keys: list[JsonWebKey]
    token_lifetime: int = Field(
        examples=[900], description="No access token lives longer than so many seconds."
    )


class ServerMetadata(Schema):
    """Where the server's endpoints are and what they take."""

    issuer: str
    token_endpoint: str
    revocation_endpoint: str
    revocation_endpoint_auth_methods_supported: list[str]
    jwks_uri: str
    grant_types_supported: list[str]
    response_types_supported: list[str]
    token_endpoint_auth_methods_supported: list[str]
