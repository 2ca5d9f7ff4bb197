"""The web service, put together."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial

from fastapi import FastAPI
from jinja2 import Environment

from shared.database.connection import connected, watch_pool
from shared.database.outage import DATABASE_OUTAGE
from shared.http import health
from shared.http.application import add_boundary, bare_app, log_requests
from shared.http.tracing import wanted_spans
from shared.periodic import every
from shared.secret_box import SecretBox
from shared.settings import load
from web_service.articles import pages as articles
from web_service.audit_log import pages as audit_log
from web_service.cart import pages as cart
from web_service.deliveries import pages as deliveries
from web_service.drafts import pages as drafts
from web_service.first_steps import pages as first_steps
from web_service.gateway_client.client import GatewayClient
from web_service.help import pages as help_page
from web_service.home import pages as home
from web_service.mail_server import pages as mail_server
from web_service.messages import pages as messages
from web_service.moderation import pages as moderation
from web_service.orders import cancelling as order_cancelling
from web_service.orders import pages as orders
from web_service.orm import orm_config
from web_service.pages import kept_forms
from web_service.pages.serving import PageServer
from web_service.people import pages as people
from web_service.product_admin import pages as product_admin
from web_service.product_admin import stock as product_stock
from web_service.product_admin import transfer_pages as product_transfer
from web_service.products import pages as products
from web_service.profile import pages as profile
from web_service.recipient_lists import pages as recipient_lists
from web_service.recipients import pages as recipients
from web_service.recovery import pages as recovery
from web_service.registration import pages as registration
from web_service.rendering.environment import environments
from web_service.sales import pages as sales
from web_service.sendings import commands as sending_commands
from web_service.sendings import pages as sendings
from web_service.sessions import revoking, service
from web_service.sessions.refreshing import Refresher
from web_service.settings import WebSettings
from web_service.signing_in import pages as signing_in
from web_service.static_files import StaticFiles, read_files, static_routes
from web_service.statistics import pages as statistics
from web_service.suppressions import pages as suppressions
from web_service.system import pages as system
from web_service.terms import pages as terms
from web_service.verification import pages as verification

FEATURES = (  # the two that most ask for come first: routes are looked through in this order
    home,
    product_admin,
    product_stock,
    product_transfer,
    products,
    articles,
    audit_log,
    cart,
    deliveries,
    drafts,
    first_steps,
    mail_server,
    messages,
    moderation,
    order_cancelling,
    orders,
    people,
    profile,
    recipient_lists,
    recipients,
    recovery,
    registration,
    sales,
    sending_commands,
    sendings,
    signing_in,
    statistics,
    suppressions,
    system,
    help_page,
    terms,
    verification,
)


def create_app(settings: WebSettings | None = None) -> FastAPI:
    """Build the service from `settings`, or from those of the environment."""
    settings = settings or load(WebSettings)
    gateway = GatewayClient(settings.gateway_url)
    box = SecretBox([secret.get_secret_value() for secret in settings.secrets])
    refresher = Refresher(gateway, box)
    revoke = partial(revoking.revoke_due, gateway, box)
    forget = partial(
        service.forget_old, rest=settings.session_rest, remembered_rest=settings.remembered_rest
    )
    spans = wanted_spans("web_service")

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        async with (
            connected(orm_config(settings), spans.sql if spans else None),
            DATABASE_OUTAGE.watched(),
            gateway.running(),
            every(timedelta(minutes=10), kept_forms.purge, name="forget kept forms"),
            refresher.running(),
            every(revoking.EVERY, revoke, name="revoke tokens"),
            every(timedelta(hours=1), forget, name="forget old sessions"),
        ):
            yield

    app = bare_app(lifespan=lifespan, spans=spans, openapi_url=None)
    add_boundary(app)
    app.include_router(health.router)
    if settings.access_log:
        log_requests(app, "web_service", settings.log_format)
    watch_pool(app.state.metrics)
    app.state.settings = settings
    app.state.gateway = gateway
    app.state.box = box
    app.state.refresher = refresher
    files = read_files(color=settings.color, logo=settings.logo)
    app.router.routes.extend(static_routes(files, public_url=settings.public_url))
    app.state.templates = _templates(settings, files)
    app.state.health_checks = {"database": DATABASE_OUTAGE.check}
    _serve_pages(app)
    return app


def _serve_pages(app: FastAPI) -> None:
    pages = PageServer(app)
    for feature in FEATURES:
        for route in feature.ROUTES:
            pages.add(route)
    pages.add_failures()


def _templates(settings: WebSettings, files: StaticFiles) -> Mapping[str, Environment]:
    """Return the templates of each language, with what all of them see."""
    return environments(
        currency=settings.currency,
        asset=files.asset,
        logo=files.logo(),
        owner_mark=kept_forms.owner_mark,
    )
