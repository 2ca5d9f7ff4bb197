"""Test emails: an owner's message to their own address, by the same servers, rates and quota.

To ask for one is to write a `MessageTest`; its state, code and response say what became of it. None
is ever claimed again after it was begun, but where the server said to come back.
"""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from tortoise.transactions import in_transaction

from mailing_service.models.accounts import Account
from mailing_service.models.deliveries import DeliveryState
from mailing_service.models.sending import MessageTest, SendingState
from mailing_service.sending.emails import Emails
from mailing_service.sending.limits.quotas import reserve
from mailing_service.sending.retries import Backoff
from mailing_service.sending.servers import Chosen, Server, choose
from mailing_service.sending.verdicts import verdict_on
from shared import clock
from shared.access.tokens import Role
from shared.errors import ServiceError
from shared.smtp.addresses import UnusableAddress
from shared.smtp.connections import Envelope
from shared.smtp.headers import UnsafeHeader
from shared.smtp.outcomes import Fault, Outcome, Result

_AT_A_TIME = 5

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class MessageTests:
    """Sends test emails for one worker, a few at a time."""

    worker: UUID
    servers: Sequence[Server]
    emails: Emails
    quota: int
    backoff: Backoff
    lease: timedelta
    _templates: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def send_due(self) -> bool:
        """Send those that are due; tell whether there were any."""
        await self._note_lost()
        if not await MessageTest.filter(**self._due()).exists():
            return False
        chosen = await choose(self.servers)
        if chosen is None or not await chosen.server.rate.available(1):
            return False
        tests = await self._begin(chosen)
        await asyncio.gather(*(self._send(test, chosen.server) for test in tests))
        return bool(tests)

    def _due(self) -> dict[str, object]:
        now = clock.now()
        return {"state": DeliveryState.PENDING, "next_try_at__lte": now, "expires_at__gt": now}

    async def _begin(self, chosen: Chosen) -> list[MessageTest]:
        most = min(_AT_A_TIME, chosen.most or _AT_A_TIME)
        most = await chosen.server.rate.available(most)
        async with in_transaction():
            if await SendingState.filter(id=1, held_at__isnull=False).exists():
                return []
            rows = MessageTest.filter(**self._due()).order_by("next_try_at", "id").limit(most)
            due = await rows.select_for_update(skip_locked=True)
            begun = await self._allowed(due)
            await MessageTest.filter(id__in=[test.id for test in begun]).update(
                state=DeliveryState.SENDING,
                leased_by=self.worker,
                leased_until=clock.now() + self.lease,
            )
        chosen.server.rate.spend(len(begun))
        return begun

    async def _allowed(self, due: Sequence[MessageTest]) -> list[MessageTest]:
        """Return those whose owners may send them now, within their quota."""
        owners = {test.owner_id for test in due}
        accounts = await Account.filter(id__in=owners, is_blocked=False, erased_at=None)
        limited = {one.id: Role.ADMIN.value not in one.roles for one in accounts}
        wanted = {
            owner: sum(test.owner_id == owner for test in due)
            for owner, is_limited in limited.items()
            if is_limited
        }
        left = await reserve(wanted, clock.now().date(), quota=self.quota)
        allowed = []
        for test in due:
            if test.owner_id in wanted:
                left[test.owner_id] -= 1
            if test.owner_id in limited and left[test.owner_id] >= 0:
                allowed.append(test)
        return allowed

    async def _send(self, test: MessageTest, server: Server) -> None:
        outcome = await self._outcome(test, server)
        verdict = verdict_on(outcome)
        used = test.attempts + int(verdict.uses_attempt)
        wait = (
            self.backoff.wait_after(used)
            if verdict.uses_attempt
            else self.backoff.wait_without_attempt()
        )
        async with in_transaction():
            await MessageTest.filter(id=test.id, leased_by=self.worker).update(
                state=verdict.state,
                attempts=used,
                code=outcome.code,
                response=outcome.text or outcome.cause or None,
                next_try_at=clock.now() + wait,
                leased_by=None,
                leased_until=None,
            )
            if not verdict.counts_in_quota:
                await self._return_to_quota(test)
        await server.breaker.report([outcome])
        extra = {"message_test": test.id, "outcome": outcome.result.value, "code": outcome.code}
        logger.info("test email attempt", extra=extra)

    async def _return_to_quota(self, test: MessageTest) -> None:
        account = await Account.get_or_none(id=test.owner_id)
        if account is not None and Role.ADMIN.value not in account.roles:
            await reserve({test.owner_id: -1}, clock.now().date(), quota=self.quota)

    async def _outcome(self, test: MessageTest, server: Server) -> Outcome:
        try:
            envelope, content = await self._filled(test)
        except (UnusableAddress, UnsafeHeader, ServiceError) as error:
            return Outcome(Result.PERMANENT, None, str(error), str(error), Fault.CONTENT)
        return await server.connections.send(envelope, content)

    async def _filled(self, test: MessageTest) -> tuple[Envelope, bytes]:
        owner = test.owner_id.hex
        async with self._templates:
            template = await asyncio.to_thread(
                self.emails.build, test.message, owner=owner, number=0
            )
        return self.emails.fill_test(template, test)

    async def _note_lost(self) -> None:
        """Show as uncertain what lost workers were sending."""
        lost = MessageTest.filter(state=DeliveryState.SENDING, leased_until__lt=clock.now())
        await lost.update(state=DeliveryState.UNCERTAIN, leased_by=None, leased_until=None)
