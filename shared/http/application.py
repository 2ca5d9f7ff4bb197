"""The one way to build a FastAPI application in this project."""

from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, FastAPI
from fastapi.telemetry import TelemetryConfig

from shared.access.authentication import SECURITY_SCHEME
from shared.http import error_handlers, health
from shared.http.docs import docs_router
from shared.http.middleware import BodyLimit, RequestBoundary
from shared.http.openapi import LICENSE, finish_document, operation_id
from shared.http.problems import document_validation_errors
from shared.http.request_rules import PlainBodies, SingleParameters
from shared.language.translation import preload
from shared.telemetry.access_log import AccessLog
from shared.telemetry.metrics import Metrics
from shared.telemetry.observability import LogFormat

if TYPE_CHECKING:
    from shared.http.spans import Spans

TOKEN_PATH = "/api/v1/auth/token"  # noqa: S105 - a path, not a secret

_NO_TELEMETRY: TelemetryConfig = {
    "tracing": False,
    "metrics": False,
    "logs": False,
    "auto_configure": False,
}
"""FastAPI's own, whose spans have queries in them."""

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


def build_app(  # noqa: PLR0913 - each is named, and most have a default
    *,
    title: str,
    description: str,
    lifespan: Lifespan,
    routers: Iterable[APIRouter] = (),
    token_url: str = TOKEN_PATH,
    server_url: str = "/",
    docs_connect_origins: Iterable[str] = (),
    unavailable: Iterable[type[Exception]] = (),
    report_unavailable: error_handlers.Report | None = None,
    max_body_size: int | None = None,
    spans: "Spans | None" = None,
) -> FastAPI:
    """Return an application with request ids, the one error shape, health and offline Swagger.

    `token_url` is where the docs page's "Authorize" signs in; when it lies on another origin,
    name that in `docs_connect_origins`. `server_url` is where clients find what is documented.
    `unavailable` are the exceptions that mean 503, which `report_unavailable` logs.
    A body of more than `max_body_size` bytes is a 413, however it comes. What is counted is in
    `state.metrics`; who wants an access log calls `log_requests()`. With `spans` each
    request is one.
    """
    app = bare_app(
        lifespan=lifespan,
        spans=spans,
        title=title,
        description=description,
        version="1",
        license_info=LICENSE,
        servers=[{"url": server_url}],
        generate_unique_id_function=operation_id,
    )
    error_handlers.install(app, unavailable=unavailable, report_unavailable=report_unavailable)
    if max_body_size is not None:
        app.add_middleware(BodyLimit, max_body_size=max_body_size)
    app.add_middleware(SingleParameters)
    app.add_middleware(PlainBodies)
    add_boundary(app)
    for router in (health.router, docs_router(title=title, connect_origins=docs_connect_origins)):
        app.include_router(router)
    for router in routers:
        app.include_router(router)
    _document(app, token_url)
    return app


def bare_app(*, lifespan: Lifespan, spans: "Spans | None", **documented: Any) -> FastAPI:
    """Return an application that counts and has no pages of its own, before `add_boundary()`.

    `documented` is what FastAPI takes for its OpenAPI document.
    """
    app = FastAPI(
        **documented,
        lifespan=_flushing(lifespan, spans),
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        telemetry=_NO_TELEMETRY,
    )
    preload()
    app.state.health_checks = {}
    app.state.metrics = Metrics()
    app.state.access_log = None
    app.state.spans = spans
    return app


def add_boundary(app: FastAPI) -> None:
    """Have each request named, counted, logged, and a span where spans are wanted; comes last."""
    spans: Spans | None = app.state.spans
    app.add_middleware(RequestBoundary if spans is None else spans.boundary)


def log_requests(app: FastAPI, service: str, log_format: LogFormat | None = "json") -> None:
    """Tell each request of `service` in a line of the access log, and what of it is lost."""
    log = app.state.access_log = AccessLog(service, log_format=log_format)
    log.watched_by(app.state.metrics)


def _flushing(lifespan: Lifespan, spans: "Spans | None") -> Lifespan:
    """Return a lifespan at whose end no line and no span waits."""

    @asynccontextmanager
    async def flushing(app: FastAPI) -> AsyncIterator[None]:
        async with lifespan(app):
            yield
        log: AccessLog | None = app.state.access_log
        if log is not None:
            await log.close()
        if spans is not None:
            await spans.close()

    return flushing


def _document(app: FastAPI, token_url: str) -> None:
    """Finish the OpenAPI document: where to sign in, 422 in the one error shape, and the rest."""
    generate = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = generate()
            schemes = document.get("components", {}).get("securitySchemes", {})
            if SECURITY_SCHEME in schemes:
                schemes[SECURITY_SCHEME]["flows"]["password"]["tokenUrl"] = token_url
            document_validation_errors(document)
            finish_document(document)
        assert app.openapi_schema is not None  # noqa: S101 - generate() has set it
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]
