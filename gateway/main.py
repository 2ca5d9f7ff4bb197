"""Puts the gateway together."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from urllib.parse import urlsplit

from fastapi import APIRouter, FastAPI
from fastapi.responses import RedirectResponse

from gateway.access.authenticate import Authenticator
from gateway.access.cors import Cors
from gateway.access.forwarded import ProxyWatch
from gateway.access.limits import RateLimits
from gateway.access.logged_address import showing
from gateway.access.revocations import Revocations
from gateway.access.under_way import Bounds, UnderWay
from gateway.cache.proxy import CachedProxy
from gateway.cache.store import ResponseCache
from gateway.compression import Compressor
from gateway.metrics import gateway_metrics, watch_bounds, watch_cache, watch_limits
from gateway.openapi.page import OpenApiPage
from gateway.pipeline import Entrance
from gateway.routes import RouteTable
from gateway.settings import GatewaySettings
from gateway.traced import parts
from gateway.upstream.pool import Upstream
from shared.access_log import AccessLog
from shared.application import Lifespan, build_app
from shared.authentication import TokenVerifier
from shared.jwks import JwksCache
from shared.security_headers import SECURITY_HEADERS
from shared.settings import load
from shared.tracing import wanted_spans

router = APIRouter(include_in_schema=False)

_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


@router.get("/")
async def show_docs() -> RedirectResponse:
    """Lead people to the docs page."""
    return RedirectResponse("/docs")


def create_app(settings: GatewaySettings | None = None) -> Entrance:
    """Build the gateway, to be served by `gateway.server.protocol`."""
    settings = settings or load(GatewaySettings)
    upstreams = {
        service: Upstream(urls, settings.limits) for service, urls in settings.service_urls.items()
    }
    keys = JwksCache(*(f"{url}/.well-known/jwks.json" for url in settings.auth_url.split(",")))
    polled = Upstream(settings.auth_url, settings.polling_limits)
    revocations = Revocations(
        polled,
        settings.internal_secrets[0],
        keys,
        interval=settings.revocations_interval.total_seconds(),
        max_age=settings.revocations_max_age.total_seconds(),
    )
    spans = wanted_spans("gateway")
    authenticator = Authenticator(
        TokenVerifier(keys, settings.public_url, settings.token_audience),
        revocations,
        capacity=settings.tokens_remembered,
    )
    metrics = gateway_metrics(authenticator, revocations, upstreams)
    log = AccessLog("gateway", log_format=settings.log_format) if settings.access_log else None
    if log is not None:
        log.watched_by(metrics)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as opened:
            for upstream in upstreams.values():
                await opened.enter_async_context(upstream)
            await opened.enter_async_context(polled)
            await opened.enter_async_context(keys.running())
            await opened.enter_async_context(revocations.running())
            yield
        if log is not None:
            await log.close()
        if spans is not None:
            await spans.close()

    pages = build_pages(lifespan, public_url=settings.public_url)
    pages.state.health_checks["keys"] = keys.check
    pages.state.health_checks["revocations"] = revocations.check
    make_entrance, make_observer, make_proxy = parts(spans)
    proxy = make_proxy(upstreams, settings.client_timeout.total_seconds())
    cached = CachedProxy(proxy, ResponseCache(settings.cache_size), patience=settings.patience)
    show_address = showing(settings.log_client_address)
    limits = RateLimits(
        address=settings.address_limit,
        user=settings.user_limit,
        sign_in=settings.sign_in_limit,
        show_address=show_address,
    )
    bounds = Bounds(
        UnderWay("address-concurrency", settings.address_concurrency),
        UnderWay("user-concurrency", settings.user_concurrency),
        limits,
    )
    watch_bounds(metrics, bounds, proxy.bodies)
    watch_cache(metrics, cached)
    watch_limits(metrics, limits)
    observer = make_observer(metrics, log)
    told = "Requests that are not answered to their end."
    metrics.watch("gauge", "vitrina_requests_under_way", told, lambda: observer.under_way)
    return make_entrance(
        table=RouteTable(),
        authenticator=authenticator,
        cors=Cors(settings.cors_origins),
        limits=limits,
        bounds=bounds,
        proxy=proxy,
        cached=cached,
        own=OpenApiPage(pages, upstreams),
        compressor=Compressor(),
        always=[*SECURITY_HEADERS, *settings.transport_security],
        observer=observer,
        pages=pages,
        trusted_proxies=settings.trusted_proxies,
        show_address=show_address,
        proxy_watch=ProxyWatch(show_address),
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
        routers=[router],
        server_url="/" if urlsplit(public_url).hostname in _LOOPBACK else public_url,
    )
