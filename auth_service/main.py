"""The auth service's application."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from functools import partial

from fastapi import FastAPI, Request, Response

from auth_service import metrics, orm, retention
from auth_service.account_feed import endpoints as account_feed
from auth_service.accounts import folding
from auth_service.accounts.confirmations import Confirmations
from auth_service.administration import endpoints as administration
from auth_service.audit_log import endpoints as audit
from auth_service.crypto.codes import CodeDigester
from auth_service.crypto.passwords import Argon2Parameters, HashQueueFull, PasswordHasher
from auth_service.email_requests import asked_emails, requests
from auth_service.errors import TooBusy
from auth_service.keys.issued_lifetimes import LifetimeLease
from auth_service.keys.ring import KeyRing
from auth_service.keys.service import KeyStore
from auth_service.keys.setup import key_store
from auth_service.limits.by_address import LimitsByAddress
from auth_service.mail import worker as mail
from auth_service.mail.outbox import Outbox
from auth_service.mailboxes import endpoints as mailboxes
from auth_service.passwords import strength as password_strength
from auth_service.recovery import endpoints as recovery
from auth_service.revocations import endpoints as revocations
from auth_service.sessions import endpoints as sessions
from auth_service.sessions import janitor, oauth
from auth_service.settings import AuthSettings
from auth_service.setup import endpoints as setup
from auth_service.sign_in_links import endpoints as sign_in_links
from auth_service.signing_keys import endpoints as signing_keys
from auth_service.tokens.issuing import Lifetimes, TokenIssuer
from auth_service.users import endpoints as users
from auth_service.users.registration_check import load_check
from auth_service.verification import endpoints as verification
from auth_service.verification import old_links
from auth_service.well_known import endpoints as well_known
from shared.access.authentication import TokenVerifier
from shared.database.connection import UNAVAILABLE, connected, tortoise_config
from shared.database.outage import DATABASE_OUTAGE
from shared.http.application import build_app, log_requests
from shared.http.error_handlers import to_response
from shared.http.tracing import wanted_spans
from shared.periodic import every
from shared.secret_box import SecretBox
from shared.settings import load

MAX_BODY_SIZE = 128 * 1024
"""Bytes; nothing that people tell this service is longer, and reading more costs everyone."""

ROUTERS = (
    sessions.router,  # first, because each request asks one router after the other
    oauth.router,
    users.router,
    administration.router,
    audit.router,
    setup.router,
    signing_keys.router,
    verification.router,
    recovery.router,
    sign_in_links.router,
    old_links.router,
    well_known.router,
    revocations.router,
    account_feed.router,
)


def create_app(settings: AuthSettings | None = None) -> FastAPI:
    """Build the application from `settings`, or from the environment."""
    settings = settings or load(AuthSettings)
    spans = wanted_spans("auth_service")
    app = build_app(
        title="Vitrina auth",
        description="Owns users and issues the tokens that open everything else.",
        lifespan=_lifespan,
        routers=ROUTERS if settings.mailbox_url is None else (*ROUTERS, mailboxes.router),
        unavailable=UNAVAILABLE,
        report_unavailable=DATABASE_OUTAGE.report,
        max_body_size=MAX_BODY_SIZE,
        spans=spans,
    )
    oauth.install(app)
    app.add_exception_handler(HashQueueFull, _answer_busy)
    _equip(app, settings)
    return app


def _equip(app: FastAPI, settings: AuthSettings) -> None:
    """Give the application everything that its endpoints ask for."""
    secrets = [secret.get_secret_value() for secret in settings.secrets]
    box = SecretBox(secrets)
    app.state.key_store = key_store(settings)
    key_ring = KeyRing(app.state.key_store)
    app.state.settings = settings
    if settings.access_log:
        log_requests(app, "auth_service", settings.log_format)
    app.state.key_ring = key_ring
    app.state.outbox = Outbox(box)
    app.state.confirmations = Confirmations(
        CodeDigester(secrets),
        outbox=app.state.outbox,
        links_url=settings.links,
        by_address=LimitsByAddress(
            registrations=settings.registrations_per_hour, emails=settings.emails_per_hour
        ),
    )
    app.state.registration_check = load_check(settings.registration_check)
    app.state.hasher = _hasher(settings)
    app.state.issuer = _issuer(settings, key_ring, box)
    app.state.token_verifier = TokenVerifier(
        key_ring,
        issuer=settings.public_url,
        audience=settings.token_audience,
        lifetime=lambda: key_ring.token_lifetime,
    )
    metrics.install(app)
    app.state.health_checks.update(database=DATABASE_OUTAGE.check, signing_keys=key_ring.check)


def _hasher(settings: AuthSettings) -> PasswordHasher:
    return PasswordHasher(
        Argon2Parameters(
            memory_kib=settings.argon2_memory_kib,
            time_cost=settings.argon2_time_cost,
            parallelism=settings.argon2_parallelism,
        ),
        workers=settings.hash_workers or None,
        queue_size=settings.hash_queue_size,
    )


def _issuer(settings: AuthSettings, key_ring: KeyRing, box: SecretBox) -> TokenIssuer:
    return TokenIssuer(
        issuer=settings.public_url,
        audience=settings.token_audience,
        key_ring=key_ring,
        box=box,
        lifetimes=Lifetimes(
            access_token=settings.access_token_lifetime,
            idle=settings.refresh_idle_lifetime,
            absolute=settings.refresh_absolute_lifetime,
            grace=settings.refresh_grace,
        ),
        lease=LifetimeLease(settings.access_token_lifetime),
        max_sessions=settings.max_sessions,
    )


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    settings: AuthSettings = app.state.settings
    await asyncio.to_thread(password_strength.load)
    config = tortoise_config(
        settings.database_url,
        app=orm.APP,
        models=orm.MODELS,
        pool_size=settings.database_pool_size,
        statement_timeout=settings.statement_timeout,
    )
    async with (
        connected(config, app.state.spans.sql if app.state.spans else None),
        DATABASE_OUTAGE.watched(),
        app.state.key_ring.running(),
        _maintenance(app),
        mail.sending(settings, app.state.outbox),
    ):
        yield
    app.state.hasher.close()


@asynccontextmanager
async def _maintenance(app: FastAPI) -> AsyncIterator[None]:
    """Do what time alone makes necessary."""
    keys: KeyStore = app.state.key_store
    settings: AuthSettings = app.state.settings
    counted: metrics.AuthMetrics = app.state.auth_metrics
    minute, hour = timedelta(minutes=1), timedelta(hours=1)
    send_links = partial(asked_emails.send, app.state.confirmations)
    purge = partial(counted.purge, settings.unverified_lifetime)
    async with (
        every(janitor.INTERVAL, janitor.forget_successors, name="forget successors"),
        every(minute, keys.rotate_if_due, name="rotate keys"),
        every(minute, keys.forget_expired, name="forget keys"),
        every(folding.INTERVAL, folding.fold_names, name="fold names"),
        every(requests.INTERVAL, send_links, name="send links"),
        every(metrics.INTERVAL, counted.count_emails, name="count emails"),
        every(metrics.BACKUP_INTERVAL, counted.look_for_backup, name="look for the last backup"),
        every(hour, purge, name="purge unverified accounts"),
        AsyncExitStack() as retained,
    ):
        for name, forget in retention.rules(settings).items():
            job = every(retention.INTERVAL, forget, name=f"forget {name}")
            await retained.enter_async_context(job)
        yield


async def _answer_busy(request: Request, _error: Exception) -> Response:
    return to_response(TooBusy(), request)
