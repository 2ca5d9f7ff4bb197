"""Who is asking: from the Authorization header to a Principal in an endpoint's signature.

A route that names none of these types in its signature is open to everyone, on purpose.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Protocol

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from fastapi import Depends, Request
from fastapi.security import OAuth2PasswordBearer

from shared import clock
from shared.access.principal import Principal as Principal  # noqa: PLC0414 - offered here, too
from shared.access.tokens import (
    MAX_LIFETIME,
    AccessClaims,
    InvalidToken,
    LivesTooLong,
    Role,
    UnknownKey,
    verify_access_token,
)
from shared.errors import (
    Forbidden,
    PasswordChangeRequired,
    ServiceUnavailable,
    Unauthorized,
)

SECURITY_SCHEME = "OAuth2"

_documented = OAuth2PasswordBearer(
    tokenUrl="/api/v1/auth/token",
    refreshUrl=None,
    scheme_name=SECURITY_SCHEME,
    description="Sign in with an email or a phone.",
    auto_error=False,
)


class KeySource(Protocol):
    """Where a verifier takes its keys from."""

    @property
    def keys(self) -> Mapping[str, RSAPublicKey]:
        """The valid keys by their `kid`."""

    async def refresh(self) -> bool:
        """Look for newer keys, if that is worth it now; tell whether they came."""


class _Verifier(Protocol):
    async def verify(self, token: str) -> AccessClaims: ...


@dataclass(frozen=True, slots=True)
class TokenVerifier:
    """Verifies access tokens with the keys of a source, which it asks once about an unknown key.

    `lifetime` says how long the tokens live that were issued; it may be known better after that.
    """

    source: KeySource
    issuer: str
    audience: str
    lifetime: Callable[[], int] = lambda: MAX_LIFETIME

    async def verify(self, token: str) -> AccessClaims:
        """Return the claims of `token`; raises InvalidToken, or ServiceUnavailable without keys."""
        try:
            return self.verify_synchronously(token)
        except (UnknownKey, LivesTooLong):
            await self.source.refresh()
            if not self.source.keys:
                raise ServiceUnavailable from None
            return self.verify_synchronously(
                token
            )  # another request may have fetched the key meanwhile

    def verify_synchronously(self, token: str) -> AccessClaims:
        """Return the claims of `token` by the keys that are known; raises InvalidToken."""
        return verify_access_token(
            token,
            keys=self.source.keys,
            issuer=self.issuer,
            audience=self.audience,
            now=clock.timestamp(),
            lifetime=self.lifetime(),
        )


def bearer_token(headers: Iterable[tuple[bytes, bytes]]) -> str:
    """Return the one bearer token of raw, lower-cased header fields; raises InvalidToken."""
    return only_token([value for name, value in headers if name == b"authorization"])


def only_token(authorization: Sequence[bytes]) -> str:
    """Return the one bearer token of a request's Authorization fields (RFC 6750 section 2.1).

    Raises InvalidToken where there is none, another scheme, more than one field, or anything
    but one token in it.
    """
    if not authorization:
        raise InvalidToken("missing")
    if len(authorization) > 1:
        raise InvalidToken("several")
    scheme, _, token = authorization[0].decode("latin-1").partition(" ")
    if scheme.lower() != "bearer":
        raise InvalidToken("other_scheme")
    return token.lstrip(" ")


async def _any_principal(
    request: Request, _token: Annotated[str | None, Depends(_documented)]
) -> Principal:
    verifier: _Verifier = request.app.state.token_verifier
    try:
        principal = Principal.of(await verifier.verify(bearer_token(request.headers.raw)))
    except InvalidToken as error:
        raise Unauthorized(error.reason) from None
    request.scope["subject"] = str(principal.user_id)  # for the access log
    return principal


AnyPrincipal = Annotated[Principal, Depends(_any_principal)]
"""Anyone signed in, even with a password that must be changed first."""


async def _current_principal(principal: AnyPrincipal) -> Principal:
    if principal.password_change_required:
        raise PasswordChangeRequired
    return principal


CurrentPrincipal = Annotated[Principal, Depends(_current_principal)]
"""Anyone signed in."""


def require_roles(*roles: Role) -> Any:
    """Return the dependency that lets those pass who have one of `roles`; others get a 403."""

    async def check(principal: CurrentPrincipal) -> Principal:
        if principal.roles.isdisjoint(roles):
            raise Forbidden
        return principal

    checker: Callable[..., Awaitable[Principal]] = check
    return Depends(checker)
