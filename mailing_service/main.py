"""The mailing service, put together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from mailing_service.addresses import load_hasher
from mailing_service.audit_log import endpoints as audit_log
from mailing_service.blog.articles import endpoints as articles
from mailing_service.blog.articles.addresses import Addresses
from mailing_service.blog.drafts import endpoints as drafts
from mailing_service.deliveries import endpoints as deliveries
from mailing_service.following import account_feed, following
from mailing_service.home import endpoints as home
from mailing_service.home.counters import HomeCounters
from mailing_service.lists import endpoints as lists
from mailing_service.mail_server import endpoints as mail_server
from mailing_service.mailings import command_endpoints as mailing_commands
from mailing_service.mailings import endpoints as mailings
from mailing_service.messages import endpoints as messages
from mailing_service.moderation import endpoints as moderation
from mailing_service.orm import orm_config
from mailing_service.pictures import endpoints as pictures
from mailing_service.pictures.decoder import Decoder
from mailing_service.pictures.service import Pictures
from mailing_service.pictures.storage import Folder
from mailing_service.recipients import endpoints as recipients
from mailing_service.recipients import transfer_endpoints as recipient_files
from mailing_service.settings import MailingSettings
from mailing_service.statistics import endpoints as statistics
from mailing_service.suppressions import endpoints as suppressions
from mailing_service.suppressions import unsubscribe_endpoints as unsubscribing
from shared.access.authentication import TokenVerifier
from shared.access.jwks import JwksCache
from shared.access.verified_tokens import RememberingVerifier
from shared.database.connection import UNAVAILABLE, connected, watch_pool
from shared.database.outage import DATABASE_OUTAGE
from shared.http.application import TOKEN_PATH, build_app, log_requests
from shared.http.tracing import wanted_spans
from shared.settings import load

DESCRIPTION = """Mailings to your own recipients: who got an email, who did not, and why.

Times are UTC; a time that is chosen on a wall clock comes with its time zone."""

ENDPOINTS = (
    recipient_files,
    recipients,
    lists,
    messages,
    suppressions,
    unsubscribing,
    mailings,
    mailing_commands,
    moderation,
    deliveries,
    statistics,
    mail_server,
    audit_log,
    pictures,
    home,
    drafts,
    articles,
)
"""In the order in which paths are looked for: files before a recipient of that name."""


def create_app(settings: MailingSettings | None = None) -> FastAPI:
    """Build the service from `settings`, or from those of the environment."""
    settings = settings or load(MailingSettings)
    keys = JwksCache(settings.jwks_url, interval=settings.jwks_interval)
    feed = account_feed(settings)
    counters = HomeCounters()
    spans = wanted_spans("mailing_service")

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        async with (
            connected(orm_config(settings), spans.sql if spans else None),
            DATABASE_OUTAGE.watched(),
            keys.running(),
            following(feed, settings.accounts_interval),
            counters.running(),
        ):
            app.state.addresses = await load_hasher(settings.secrets)
            yield

    app = build_app(
        title="Vitrina: mailing",
        description=DESCRIPTION,
        lifespan=lifespan,
        routers=[module.router for module in ENDPOINTS],
        token_url=settings.public_url + TOKEN_PATH,
        docs_connect_origins=[settings.public_url],
        unavailable=UNAVAILABLE,
        report_unavailable=DATABASE_OUTAGE.report,
        spans=spans,
    )
    if settings.access_log:
        log_requests(app, "mailing_service", settings.log_format)
    feed.show(app.state.metrics)
    counters.show(app.state.metrics)
    app.state.account_feed = feed
    app.state.home_counters = counters
    _equip(app, settings, keys)
    return app


def _equip(app: FastAPI, settings: MailingSettings, keys: JwksCache) -> None:
    """Put into the application's state what endpoints ask for."""
    watch_pool(app.state.metrics)
    app.state.settings = settings
    app.state.pictures = Pictures(Folder(settings.pictures_dir), Decoder())
    app.state.article_addresses = Addresses()
    app.state.token_verifier = RememberingVerifier(
        TokenVerifier(
            keys,
            issuer=settings.public_url,
            audience=settings.token_audience,
            lifetime=lambda: keys.token_lifetime,
        )
    )
    app.state.require_verified_email = settings.require_verified_email
    app.state.health_checks = {"database": DATABASE_OUTAGE.check, "keys": keys.check}
