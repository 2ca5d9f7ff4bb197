"""A worker's sending: claims, sends and writes until it is stopped."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from mailing_service.deliveries.moving import moving
from mailing_service.sending import ledger
from mailing_service.sending.buffer import Buffer
from mailing_service.sending.claimer import Claimer
from mailing_service.sending.dispatcher import Dispatcher, Limits
from mailing_service.sending.emails import Emails, Identity, Prepare
from mailing_service.sending.limits.domains import Domains
from mailing_service.sending.message_tests import MessageTests
from mailing_service.sending.retries import Backoff
from mailing_service.sending.servers import Server, is_any_usable, servers_of
from mailing_service.sending.transmitting import Transmitter
from mailing_service.settings import MailingSettings
from shared.database.connection import UNAVAILABLE
from shared.database.outage import DATABASE_OUTAGE
from shared.smtp.breaker import BreakerRule
from shared.smtp.dkim import Signer
from shared.smtp.fields import Mailbox
from shared.telemetry.metrics import Metrics

if TYPE_CHECKING:
    from shared.http.spans import Spans

_CLAIMING_EVERY = 0.05
_AFTER_AN_ERROR = 0.5
_LOST_EVERY = 1.0
_TESTS_EVERY = 0.5

logger = logging.getLogger(__name__)


class Sender:
    """Sends what is due; any number of them share the work, each in a process of its own."""

    def __init__(
        self,
        settings: MailingSettings,
        prepare: Prepare,
        *,
        rule: BreakerRule | None = None,
        spans: "Spans | None" = None,
    ) -> None:
        """Take the settings of the worker, and how messages are made into emails."""
        worker = uuid4()
        self._worker = worker
        self._servers = servers_of(settings, rule or BreakerRule())
        self._buffer = Buffer()
        self._domains = Domains(
            worker, rate=settings.domain_rate, connections=settings.domain_connections
        )
        self._claimer = self._new_claimer(settings, spans)
        exchanges = [server.longest_exchange for server in self._servers]
        self._lease = max(exchanges, default=timedelta()) + settings.lease_margin
        emails = Emails(_identity_of(settings), prepare)
        backoff = _backoff(settings, has_spare=len(self._servers) > 1)
        self._tests = MessageTests(
            worker, self._servers, emails, settings.owner_quota, backoff, self._lease
        )
        self._dispatcher = Dispatcher(
            worker,
            buffer=self._buffer,
            claimer=self._claimer,
            domains=self._domains,
            servers=self._servers,
            transmitter=Transmitter(
                emails, settings.accounts_max_age, lambda: self._dispatcher.is_stopping, spans
            ),
            limits=Limits(
                settings.smtp_connections,
                settings.owner_quota,
                backoff,
                self._lease,
                settings.accounts_max_age,
            ),
        )
        self._may_not_know = False
        self._claiming = asyncio.Lock()

    def _new_claimer(self, settings: MailingSettings, spans: "Spans | None") -> Claimer:
        return Claimer(
            self._worker,
            self._buffer,
            self._domains,
            least=max(2, settings.smtp_connections // 2),
            quota=settings.owner_quota,
            news_within=settings.accounts_max_age,
            spans=spans,
        )

    async def run(self, stop: asyncio.Event) -> None:
        """Send until `stop`; then finish what is under way and give back the rest."""
        if not self._servers:
            logger.warning("mailings are not sent: MAILING_SMTP_HOST is not set")
            await stop.wait()
            return
        loops = [
            self._repeat(self._claim, stop, pause=_CLAIMING_EVERY),
            self._repeat(self._free_lost, stop, pause=_LOST_EVERY),
            self._repeat(self._tests.send_due, stop, pause=_TESTS_EVERY),
            self._dispatch(stop),
        ]
        await asyncio.gather(*loops)
        await self._give_back()

    def show(self, metrics: Metrics) -> None:
        """Show what this worker has at hand, and which servers it leaves alone."""
        ready, under_way = "vitrina_mailing_ready", "vitrina_mailing_under_way"
        metrics.watch("gauge", ready, "Emails that are claimed.", lambda: len(self._buffer))
        metrics.watch(
            "gauge", under_way, "Emails that are being sent.", lambda: self._dispatcher.under_way
        )
        for server in self._servers:
            metrics.watch(
                "gauge",
                "vitrina_mailing_breaker_open",
                "1 where a mail server is left alone for a while.",
                partial(_is_open, server),
                server=server.name,
            )

    async def _claim(self) -> bool:
        if not await is_any_usable(self._servers):
            return False
        async with self._claiming:
            claimed = await self._claimer.fill(self._lease)
        if claimed:
            self._dispatcher.woken.set()
        return claimed > 0

    async def _free_lost(self) -> bool:
        async with moving(at_commit=True) as moves:
            await ledger.settle_lost(moves)
        return False

    async def _dispatch(self, stop: asyncio.Event) -> None:
        stopped = asyncio.create_task(self._note_stop(stop))
        while not (stop.is_set() and self._dispatcher.is_idle):
            if not await self._attempt(self._advance):
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._dispatcher.woken.wait(), _CLAIMING_EVERY)
                self._dispatcher.woken.clear()
        await stopped

    async def _advance(self) -> bool:
        if self._may_not_know:
            async with self._claiming:
                await self._dispatcher.reconcile()
            self._may_not_know = False
        return await self._dispatcher.advance()

    async def _note_stop(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self._dispatcher.is_stopping = True
        self._dispatcher.woken.set()

    async def _repeat(
        self, job: Callable[[], Awaitable[bool]], stop: asyncio.Event, *, pause: float
    ) -> None:
        while not stop.is_set():
            if not await self._attempt(job):
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), pause)

    async def _attempt(self, job: Callable[[], Awaitable[bool]]) -> bool:
        """Do it in a task of its own: Tortoise leaves a broken transaction in the context."""
        try:
            return await asyncio.ensure_future(job())
        except UNAVAILABLE as error:
            DATABASE_OUTAGE.report(error, job="send mailings")
        except Exception:
            logger.exception("job failed", extra={"job": "send mailings"})
        self._may_not_know = True
        await asyncio.sleep(_AFTER_AN_ERROR)
        return False

    async def _give_back(self) -> None:
        async def leave() -> bool:
            await self._claimer.drop_all()
            await self._dispatcher.reconcile()
            await self._domains.release()
            for server in self._servers:
                await server.rate.give_back()
            return True

        await self._attempt(leave)
        for server in self._servers:
            await server.connections.close()


def _is_open(server: Server) -> int:
    return int(server.breaker.is_open)


def _backoff(settings: MailingSettings, *, has_spare: bool) -> Backoff:
    """Return the waits; what one server could not take may go to the spare immediately."""
    backoff = Backoff(settings.retry_first, settings.retry_longest)
    return replace(backoff, without_attempt=timedelta()) if has_spare else backoff


def _identity_of(settings: MailingSettings) -> Identity:
    sender = Mailbox.parse(settings.sender)
    return Identity(sender, settings.public_url, settings.secrets, _signer(settings, sender))


def _signer(settings: MailingSettings, sender: Mailbox) -> Signer | None:
    if settings.dkim_key_file is None:
        return None
    domain = settings.dkim_domain or sender.address.rpartition("@")[2]
    pem = Path(settings.dkim_key_file).read_bytes()
    return Signer.from_pem(pem, domain=domain, selector=settings.dkim_selector)
