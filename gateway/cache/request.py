"""A request for what the cache may have, and what its response is kept under."""

from dataclasses import dataclass
from typing import Final

from gateway.cache.store import CacheGroup, ResponseCache, StoredResponse
from gateway.proxy import ProxyRequest
from gateway.request_head import RequestHead, values_of
from shared.access.roles import CATALOG_EDITORS
from shared.access.tokens import AccessClaims
from shared.language.translation import ACCEPT_LANGUAGE, language_of

_ANYONE: Final = b"a"


@dataclass(frozen=True, slots=True, eq=False)
class CacheRequest:
    """A client's GET of a route that names a group of the cache."""

    request: ProxyRequest
    claims: AccessClaims | None  # of nobody where the route is open
    group: CacheGroup
    cache: ResponseCache

    @property
    def key(self) -> bytes:
        """What its response is kept under, as far as is known now."""
        return key_of(self.request.head, self.claims, self.group)

    def reads(self, response: StoredResponse) -> bool:
        """Tell whether a response that names its language is in that of this request.

        Pages of products are in none; errors are.
        """
        language = next((v for name, v in response.fields if name == b"content-language"), None)
        if language is None:
            return True
        accepted = values_of(self.request.head.lines, ACCEPT_LANGUAGE)
        return language_of((ACCEPT_LANGUAGE, value) for value in accepted) == language.decode()

    async def respond(self, response: StoredResponse, *, reused: bool) -> None:
        """Send `response` to the client."""
        request = self.request
        conditions, added = request.head.if_none_match, request.response_fields
        await response.send(request.send, conditions, added, reused=reused)


def key_of(head: RequestHead, claims: AccessClaims | None, group: CacheGroup) -> bytes:
    """Return what responses are kept under: the reader's class, the target, what they depend on."""
    if claims is None:  # the head is one of `gateway.anonymous`, and has nothing but a language
        return b"\0".join((_ANYONE + head.target, *values_of(head.lines, ACCEPT_LANGUAGE)))
    key = _class_of(claims) + head.target
    for name in group.varying:
        key += b"\0" + b",".join(values_of(head.lines, name))
    return key


def _class_of(claims: AccessClaims) -> bytes:
    """Return all that the catalog's pages depend on of a person.

    That is whether they see products that are not for sale, and whether they may see any.
    """
    role = b"r" if claims.roles.isdisjoint(CATALOG_EDITORS) else b"e"
    return role + (b"v" if claims.email_verified else b"u")
