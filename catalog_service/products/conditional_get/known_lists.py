"""The short way to a 304: most of what a cache asks is whether a list has changed.

What FastAPI does for a request costs several times what that answer needs. So this route stands
before its own, and answers whom everything is known of: the token was verified and the query was
read before. For everyone else, and whatever has changed, it is as if it were not there.
"""

from typing import Any

from fastapi import FastAPI
from starlette.routing import BaseRoute, Match, NoMatchFound
from starlette.types import Receive, Scope, Send

from catalog_service.products.conditional_get.etags import list_etag
from catalog_service.products.conditional_get.responses import PATH, not_modified
from catalog_service.products.listing.query import Listing
from catalog_service.revision import RevisionReader
from shared.access.authentication import Principal, bearer_token
from shared.access.tokens import InvalidToken
from shared.http.preconditions import KnownTags

CAPACITY = 1000
"""Queries that are remembered at most; the oldest goes first."""
_SEEN = "catalog_service.seen"


class KnownLists(BaseRoute):
    """Remembers what queries mean whose lists everyone may see."""

    path = PATH  # what the request is counted under

    def __init__(self, app: FastAPI) -> None:
        self.revision = RevisionReader()
        self._app = app
        self._listings: dict[bytes, Listing] = {}

    def remember(self, query: bytes, listing: Listing) -> None:
        """Know from now on what `query` asks for, unless that is for the staff alone."""
        if listing.view.include_inactive:
            return
        if len(self._listings) >= CAPACITY:
            del self._listings[next(iter(self._listings))]
        self._listings[query] = listing

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Take a request whose reader, list and entity tags are known."""
        if scope.get("path") != PATH or scope["method"] != "GET" or _SEEN in scope:
            return Match.NONE, {}
        listing = self._listings.get(scope["query_string"])
        tags = [value for name, value in scope["headers"] if name == b"if-none-match"]
        if listing is None or not tags or not self._may_read(scope):
            return Match.NONE, {}
        known = KnownTags(tag.decode("latin-1") for tag in tags)
        return Match.FULL, {"route": self, _SEEN: (listing, known)}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Tell that nothing has changed, or let the others answer."""
        listing, known = scope[_SEEN]
        etag = list_etag(await self.revision.read(), listing)
        answer: Any = not_modified(etag) if known.has(etag) else self._app.router
        await answer(scope, receive, send)

    def url_path_for(self, name: str, /, **path_params: Any) -> Any:
        """Lend no name: the list's own route has it."""
        raise NoMatchFound(name, path_params)

    def _may_read(self, scope: Scope) -> bool:
        state = self._app.state
        try:
            claims = state.token_verifier.recall(bearer_token(scope["headers"]))
            reader = None if claims is None else Principal.of(claims)
        except InvalidToken:
            return False
        if reader is None or reader.password_change_required:
            return False
        scope["subject"] = str(reader.user_id)  # for the access log
        return reader.email_verified or not state.require_verified_email
