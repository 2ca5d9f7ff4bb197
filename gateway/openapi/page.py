"""The merged document as the running gateway shows it: fetched when stale, never lost."""

import asyncio
import json
import logging
import time
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from gateway.openapi.merge import merge
from gateway.route_table import APIS
from gateway.upstream.errors import UpstreamError
from gateway.upstream.fetch import fetch
from gateway.upstream.pool import Upstream
from shared.http.openapi import Document

PATH = "/openapi.json"
STALE_AFTER = 60.0
"""Seconds after which a service's document is fetched again."""

RETRY_AFTER = 1.0
"""Seconds after which a document that did not come is asked for again."""

FETCH_TIMEOUT = 3.0
MAX_SIZE = 4 * 1024 * 1024

logger = logging.getLogger(__name__)


class OpenApiPage:
    """The ASGI application `app`, whose OpenAPI document has the services too."""

    def __init__(self, app: FastAPI, upstreams: Mapping[str, Upstream]) -> None:
        self._app = app
        self._upstreams = {name: one for name, one in upstreams.items() if name in APIS}
        self._documents: dict[str, Document] = {}
        self._due = dict.fromkeys(self._upstreams, 0.0)  # of time.monotonic()
        self._lock = asyncio.Lock()
        self._content: bytes | None = None  # of the merged document
        app.router.routes.insert(0, Route(PATH, self._show))  # before FastAPI's own

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Bring the document up to date before it is shown."""
        if scope["type"] == "http" and scope["path"] == PATH:
            async with self._lock:
                await asyncio.gather(*map(self._refresh, self._upstreams))
        await self._app(scope, receive, send)

    async def _show(self, _request: Request) -> Response:
        if self._content is None:
            known = (self._documents.get(service, {}) for service in APIS)
            document = merge(self._app.openapi(), *known)
            self._content = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
        return Response(self._content, media_type="application/json")

    async def _refresh(self, service: str) -> None:
        if time.monotonic() < self._due[service]:
            return
        try:
            async with asyncio.timeout(FETCH_TIMEOUT):
                document = await fetch_document(self._upstreams[service])
        except (UpstreamError, TimeoutError, ValueError) as error:
            cause = {"upstream": service, "cause": type(error).__name__}
            logger.warning("OpenAPI document fetch failed", extra=cause)
            self._due[service] = time.monotonic() + RETRY_AFTER
        else:
            if document != self._documents.get(service):
                self._documents[service] = document
                self._content = None
            self._due[service] = time.monotonic() + STALE_AFTER


async def fetch_document(upstream: Upstream) -> Document:
    """Return a service's OpenAPI document; raises UpstreamError and ValueError."""
    response = await fetch(upstream, PATH.encode(), limit=MAX_SIZE)
    document: Any = json.loads(response.body)
    if not isinstance(document, dict) or "paths" not in document:
        raise ValueError("not an OpenAPI document")
    return document
