"""The catalog service, put together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from typing import Final

from fastapi import FastAPI

from catalog_service.audit import service as audit
from catalog_service.audit_log.endpoints import router as audit_log
from catalog_service.buyers import service as buyers
from catalog_service.cart.endpoints import router as cart
from catalog_service.models import AccountPosition
from catalog_service.orders import idempotency
from catalog_service.orders.endpoints import router as orders
from catalog_service.orm import orm_config, replica_arguments
from catalog_service.product_admin.endpoints import router as product_admin
from catalog_service.products.conditional_get.known_lists import KnownLists
from catalog_service.products.endpoints import router as products
from catalog_service.products.listing.cursors import Cursors
from catalog_service.replicas.reading import Replicas
from catalog_service.replicas.replica import Replica
from catalog_service.sales.endpoints import router as sales
from catalog_service.settings import CatalogSettings
from catalog_service.stock.endpoints import router as stock
from catalog_service.tallies import ORDERS
from catalog_service.transfer.endpoints import router as transfer
from shared import cursor_pages
from shared.access.authentication import TokenVerifier
from shared.access.jwks import JwksCache
from shared.access.verified_tokens import RememberingVerifier
from shared.account_feed.feed import AccountFeed
from shared.database.connection import UNAVAILABLE, connected, watch_pool
from shared.database.outage import DATABASE_OUTAGE
from shared.http.application import TOKEN_PATH, build_app, log_requests
from shared.http.tracing import wanted_spans
from shared.periodic import every
from shared.settings import load
from shared.telemetry.sql_spans import SqlSpans

DESCRIPTION = """The products of the shop, for everyone who is signed in.

Prices are whole numbers of the smallest unit of one currency, which is {currency} here; times are
UTC. Products are made and changed by the shop's staff."""

_AUDIT_CURSORS: Final = b"catalog audit cursor 1\0"


def create_app(settings: CatalogSettings | None = None) -> FastAPI:
    """Build the service from `settings`, or from those of the environment."""
    settings = settings or load(CatalogSettings)
    keys = JwksCache(settings.jwks_url, interval=settings.jwks_interval)
    accounts = AccountFeed(settings, AccountPosition, buyers.apply)
    spans = wanted_spans("catalog_service")

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        hourly = partial(every, timedelta(hours=1))
        forget_events = partial(audit.forget_old, settings.audit_retention)
        async with (
            connected(orm_config(settings), spans.sql if spans else None),
            DATABASE_OUTAGE.watched(),
            keys.running(),
            accounts.running(),
            hourly(idempotency.forget_old, name="forget idempotency keys"),
            hourly(forget_events, name="forget audit events"),
            app.state.replicas.running(),
        ):
            yield

    app = build_app(
        title="Vitrina: catalog",
        description=DESCRIPTION.format(currency=settings.currency),
        lifespan=lifespan,
        routers=[transfer, products, product_admin, stock, cart, orders, sales, audit_log],
        token_url=settings.public_url + TOKEN_PATH,
        docs_connect_origins=[settings.public_url],
        unavailable=UNAVAILABLE,
        report_unavailable=DATABASE_OUTAGE.report,
        spans=spans,
    )
    if settings.access_log:
        log_requests(app, "catalog_service", settings.log_format)
    watch_pool(app.state.metrics)
    ORDERS.show(app.state.metrics)
    accounts.show(app.state.metrics)
    _equip(app, settings, keys)
    return app


def _equip(app: FastAPI, settings: CatalogSettings, keys: JwksCache) -> None:
    """Give the application everything that its endpoints ask for."""
    app.state.token_verifier = RememberingVerifier(
        TokenVerifier(
            keys,
            issuer=settings.public_url,
            audience=settings.token_audience,
            lifetime=lambda: keys.token_lifetime,
        )
    )
    app.state.currency = settings.currency
    app.state.cursors = Cursors(settings.secrets)
    app.state.audit_cursors = cursor_pages.Cursors(settings.secrets, _AUDIT_CURSORS)
    app.state.known_lists = KnownLists(app)
    app.router.routes.insert(0, app.state.known_lists)
    sql_spans = app.state.spans.sql if app.state.spans else None
    app.state.replicas = Replicas(_replicas(settings, sql_spans), app.state.known_lists.revision)
    app.state.replicas.show(app.state.metrics)
    app.state.require_verified_email = settings.require_verified_email
    app.state.health_checks = {"database": DATABASE_OUTAGE.check, "keys": keys.check}


def _replicas(settings: CatalogSettings, spans: SqlSpans | None) -> list[Replica]:
    size = settings.database_pool_size
    return [
        Replica(replica_arguments(settings, url), pool_size=size, spans=spans)
        for url in settings.replica_urls
    ]
