"""The one way to build a FastAPI application in this project."""

import os
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.telemetry import TelemetryConfig

from shared import error_handlers, health
from shared.access_log import AccessLog
from shared.authentication import SECURITY_SCHEME
from shared.docs import docs_router
from shared.metrics import Metrics
from shared.middleware import BodyLimit, RequestBoundary
from shared.problems import document_validation_errors

TOKEN_PATH = "/api/v1/auth/token"  # noqa: S105 - a path, not a secret

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


def build_app(
    *,
    title: str,
    description: str,
    lifespan: Lifespan,
    routers: Iterable[APIRouter] = (),
    token_url: str = TOKEN_PATH,
    docs_connect_origins: Iterable[str] = (),
    unavailable: Iterable[type[Exception]] = (),
    max_body_size: int | None = None,
) -> FastAPI:
    """Return an application with request ids, the one error shape, health and offline Swagger.

    `token_url` is where the docs page's "Authorize" signs in; when it lies on another origin,
    name that in `docs_connect_origins`. `unavailable` are the exceptions that mean 503.
    A body of more than `max_body_size` bytes is a 413, however it comes. What is counted is in
    `state.metrics`; who wants an access log puts it into `state.access_log`.
    """
    app = FastAPI(
        title=title,
        description=description,
        version="1",
        lifespan=_flushing(lifespan),
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        telemetry=_telemetry(),
    )
    app.state.health_checks = {}
    app.state.metrics = Metrics()
    app.state.access_log = None
    error_handlers.install(app, unavailable=unavailable)
    if max_body_size is not None:
        app.add_middleware(BodyLimit, max_body_size=max_body_size)
    app.add_middleware(RequestBoundary)
    for router in (health.router, docs_router(title=title, connect_origins=docs_connect_origins)):
        app.include_router(router)
    for router in routers:
        app.include_router(router)
    _document(app, token_url)
    return app


def _telemetry() -> TelemetryConfig:
    """Have FastAPI send spans where OpenTelemetry's own variable says where to; else cost nothing.

    It needs the extra `telemetry`, and says so. Numbers and logs go other ways.
    """
    is_wanted = bool(os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT"))
    return {"tracing": is_wanted, "auto_configure": is_wanted, "metrics": False, "logs": False}


def _flushing(lifespan: Lifespan) -> Lifespan:
    """Return a lifespan at whose end no line waits."""

    @asynccontextmanager
    async def flushing(app: FastAPI) -> AsyncIterator[None]:
        async with lifespan(app):
            yield
        log: AccessLog | None = app.state.access_log
        if log is not None:
            await log.close()

    return flushing


def _document(app: FastAPI, token_url: str) -> None:
    """Finish the OpenAPI document: where to sign in, and 422 in the one error shape."""
    generate = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = generate()
            schemes = document.get("components", {}).get("securitySchemes", {})
            if SECURITY_SCHEME in schemes:
                schemes[SECURITY_SCHEME]["flows"]["password"]["tokenUrl"] = token_url
            document_validation_errors(document)
        assert app.openapi_schema is not None  # noqa: S101 - generate() has set it
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]
