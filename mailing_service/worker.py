"""The worker of the mailing service: `python -m mailing_service.worker`.

It starts what is due and sends it. Any number of workers share the work, on any machines; what
they agree on is in the database. No request reaches it: it shows its metrics and its health, at a
port of their own. SIGTERM ends it once what it has begun to send is sent.
"""

import asyncio
import logging
import os
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from mailing_service import queue_metrics, retention
from mailing_service.following import account_feed, following
from mailing_service.home import addresses
from mailing_service.mailings.running.ticking import ticking
from mailing_service.messages.email import email_of_run
from mailing_service.orm import orm_config
from mailing_service.sending import tallies
from mailing_service.sending.presence import present
from mailing_service.sending.sender import Sender
from mailing_service.settings import MailingSettings
from shared.database.connection import connected, watch_pool
from shared.database.outage import DATABASE_OUTAGE
from shared.http import health
from shared.http.protocol import HttpProtocol
from shared.http.serve import Server, configuration
from shared.http.tracing import wanted_spans
from shared.periodic import every
from shared.settings import load
from shared.telemetry.metrics import Metrics
from shared.unknown_settings import warn_of_unknown

FACTORY = "mailing_service.worker:create_app"

logger = logging.getLogger(__name__)


def create_app(settings: MailingSettings | None = None) -> Starlette:
    """Build the worker from `settings`, or from the environment; it works while it lives."""
    settings = settings or load(MailingSettings)
    spans = wanted_spans("mailing_worker")
    feed = account_feed(settings)
    metrics = Metrics()
    max_age = settings.accounts_max_age
    queue = queue_metrics.QueueMetrics(metrics, quota=settings.owner_quota, news_within=max_age)
    sender = Sender(settings, partial(email_of_run, settings=settings), spans=spans)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with (
            connected(orm_config(settings), spans.sql if spans else None),
            DATABASE_OUTAGE.watched(),
            following(feed, settings.accounts_interval),
            ticking(settings, lambda: feed.is_current(max_age)),
            _counting(queue),
            _retention(settings),
            _sending(sender, app.state.health_checks),
        ):
            yield
        if spans is not None:
            await spans.close()

    app = Starlette(
        lifespan=lifespan,
        routes=[
            Route("/health/live", _show_liveness),
            Route("/health/ready", _show_readiness),
            Route("/metrics", _show_metrics),
        ],
    )
    watch_pool(metrics)
    feed.show(metrics)
    for tally in (tallies.ATTEMPTS, tallies.REPLIES):
        tally.show(metrics)
    sender.show(metrics)
    app.state.metrics = metrics
    app.state.account_feed = feed
    app.state.health_checks = {"database": DATABASE_OUTAGE.check}
    return app


@asynccontextmanager
async def _sending(sender: Sender, checks: dict[str, health.Check]) -> AsyncIterator[None]:
    """Send, and write that a worker lives; at the end finish what is under way."""
    stop = asyncio.Event()
    task = asyncio.create_task(sender.run(stop))

    async def check() -> None:
        if task.done():
            raise RuntimeError("the sender has ended")

    checks["sender"] = check
    try:
        async with present(lambda: not task.done()):
            yield
    finally:
        stop.set()
        await task


@asynccontextmanager
async def _counting(queue: queue_metrics.QueueMetrics) -> AsyncIterator[None]:
    """Look again and again at what waits, and count addresses where some came or went."""
    async with (
        every(queue_metrics.INTERVAL, queue.count, name="count what waits"),
        every(addresses.INTERVAL, addresses.recount, name="count addresses"),
    ):
        yield


@asynccontextmanager
async def _retention(settings: MailingSettings) -> AsyncIterator[None]:
    """Remove what is kept for too long; workers that do it at the same time find less."""
    async with AsyncExitStack() as jobs:
        for name, forget in retention.rules(settings).items():
            job = every(retention.INTERVAL, forget, name=f"forget {name}")
            await jobs.enter_async_context(job)
        yield


async def _show_liveness(_request: Request) -> Response:
    """Tell that the worker's loop goes round."""
    return JSONResponse({"status": "ok"})


async def _show_readiness(request: Request) -> Response:
    """Tell that everything the worker needs works, and that it is not about to end."""
    try:
        await health.check_readiness(request)
    except health.NotReady:
        return JSONResponse({"status": "not ready"}, status_code=503)
    return JSONResponse({"status": "ok"})


async def _show_metrics(request: Request) -> Response:
    metrics: Metrics = request.app.state.metrics
    return Response(generate_latest(metrics.registry), media_type=CONTENT_TYPE_LATEST)


def main() -> None:
    """Work until SIGTERM."""
    settings = load(MailingSettings)
    server = Server(configuration(FACTORY, settings, http=HttpProtocol))
    warn_of_unknown(MailingSettings, os.environ)
    with _listener(settings.metrics_host, settings.worker_metrics_port) as listener:
        server.run([listener])
    if not server.started:
        raise SystemExit(3)


def _listener(host: str, port: int) -> socket.socket:
    """Return where to tell health and metrics: a port of its own where another has this one."""
    try:
        return socket.create_server((host, port))
    except OSError as error:
        listener = socket.create_server((host, 0))
        found = {"port": port, "cause": str(error), "instead": listener.getsockname()[1]}
        logger.warning("no metrics at the port of the settings", extra=found)
        return listener


if __name__ == "__main__":
    main()
