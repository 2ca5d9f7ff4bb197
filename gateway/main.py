"""Puts the gateway together."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from fastapi import APIRouter, FastAPI
from fastapi.responses import RedirectResponse

from gateway.access.cors import Cors
from gateway.access.forwarded import ProxyWatch
from gateway.access.limits import RateLimits
from gateway.access.logged_address import showing
from gateway.access.on_behalf_of import Vouching
from gateway.access.under_way import Bounds, UnderWay
from gateway.backends import Backends, backends_of
from gateway.cache.proxy import CachedProxy
from gateway.cache.store import ResponseCache
from gateway.compression.compressor import Compressor
from gateway.metrics import watch_gateway
from gateway.observer import Observer
from gateway.openapi.page import OpenApiPage
from gateway.pages import Pages
from gateway.pipeline import Gateway
from gateway.proxy import Proxy
from gateway.route_table import ROUTES, RouteTable
from gateway.routes.gateway import DOCS
from gateway.services_health import endpoints as services_health
from gateway.settings import GatewaySettings
from gateway.traced import classes
from shared.http.application import Lifespan, build_app
from shared.http.security_headers import SECURITY_HEADERS
from shared.http.tracing import wanted_spans
from shared.settings import load
from shared.telemetry.access_log import AccessLog

router = APIRouter(include_in_schema=False)

OPEN_SHARE = 4
"""One part in so many of the response cache is for what is open to all."""

_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


@router.get("/")
async def show_docs() -> RedirectResponse:
    """Lead people to the docs page."""
    return RedirectResponse("/docs")


def create_app(settings: GatewaySettings | None = None) -> Gateway:
    """Build the gateway, to be served by `gateway.server.protocol`."""
    settings = settings or load(GatewaySettings)
    backends = backends_of(settings)
    spans = wanted_spans("gateway")
    log = AccessLog("gateway", log_format=settings.log_format) if settings.access_log else None

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        async with backends.running():
            yield
        if log is not None:
            await log.close()
        if spans is not None:
            await spans.close()

    pages = build_pages(lifespan, public_url=settings.public_url)
    pages.state.upstreams = backends.upstreams
    pages.state.health_checks["keys"] = backends.keys.check
    pages.state.health_checks["revocations"] = backends.revocations.check
    metrics = pages.state.metrics
    if log is not None:
        log.watched_by(metrics)
    make_gateway, make_observer, make_proxy = classes(spans)
    observer = make_observer(metrics, log)
    proxy = make_proxy(backends.upstreams, settings.client_timeout.total_seconds())
    gateway = _assemble(settings, make_gateway, backends, pages, proxy, observer)
    watch_gateway(metrics, gateway, backends.revocations)
    return gateway


def _assemble(
    settings: GatewaySettings,
    make_gateway: Callable[..., Gateway],
    backends: Backends,
    pages: FastAPI,
    proxy: Proxy,
    observer: Observer,
) -> Gateway:
    show_address = showing(settings.log_client_address)
    limits = RateLimits(
        address=settings.address_limit,
        user=settings.user_limit,
        sign_in=settings.sign_in_limit,
        show_address=show_address,
    )
    for_anyone = settings.cache_size // OPEN_SHARE
    always = [*SECURITY_HEADERS, *settings.transport_security]
    return make_gateway(
        table=RouteTable(ROUTES if settings.docs else set(ROUTES).difference(DOCS)),
        authenticator=backends.authenticator(settings),
        cors=Cors(settings.cors_origins),
        limits=limits,
        bounds=Bounds(
            UnderWay("address-concurrency", settings.address_concurrency),
            UnderWay("user-concurrency", settings.user_concurrency),
            limits,
        ),
        proxy=proxy,
        cached=CachedProxy(
            proxy,
            ResponseCache(settings.cache_size - for_anyone),
            ResponseCache(for_anyone),
            timeout=settings.fill_timeout,
        ),
        own=OpenApiPage(pages, backends.upstreams),
        compressor=Compressor(),
        always=always,
        observer=observer,
        pages=pages,
        trusted_proxies=settings.trusted_proxies,
        show_address=show_address,
        proxy_watch=ProxyWatch(show_address),
        vouching=Vouching(settings.on_behalf_secrets, show_address),
        web=Pages(always) if settings.web_url else None,
    )


def build_pages(lifespan: Lifespan, *, public_url: str) -> FastAPI:
    """Build what the gateway serves itself: its docs, its health and the way to them.

    `public_url` is the server that the OpenAPI document names, unless it lies on this machine.
    """
    return build_app(
        title="Vitrina",
        description="The only door to the shop: everything here needs an access token, but for "
        "what says otherwise.",
        lifespan=lifespan,
        routers=[router, services_health.router],
        server_url="/" if urlsplit(public_url).hostname in _LOOPBACK else public_url,
    )
