"""One email on its way: filled, permitted once more, handed over; never raises."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from mailing_service.sending.emails import Emails, FieldLacking
from mailing_service.sending.lookups import Permit, look_up
from mailing_service.sending.servers import Server
from mailing_service.sending.verdicts import KEPT_BACK, verdict_on
from shared import clock
from shared.database.connection import UNAVAILABLE
from shared.http.tracing import work
from shared.smtp.addresses import UnusableAddress
from shared.smtp.headers import UnsafeHeader
from shared.smtp.outcomes import Fault, Outcome, Result

if TYPE_CHECKING:
    from shared.http.spans import Spans

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Transmitter:
    """Hands emails to mail servers; nothing more is said to one once `is_stopping`."""

    emails: Emails
    news_within: timedelta
    is_stopping: Callable[[], bool]
    spans: "Spans | None" = None

    async def transmit(self, permit: Permit, server: Server, *, leased_until: float) -> Outcome:
        """Send one email; `leased_until` is monotonic. Leaves a line in the log."""
        with work(self.spans, "send email") as note:
            outcome = await self._filled_and_sent(permit, server, leased_until)
            note(mailing=permit.mailing_id, delivery=permit.id)
            note(outcome=outcome.result.value, code=outcome.code, server=server.name)
        if verdict_on(outcome).attempt is not None:
            _log(permit, outcome)
        return outcome

    async def _filled_and_sent(
        self, permit: Permit, server: Server, leased_until: float
    ) -> Outcome:
        try:
            template = await self.emails.template_of(permit.run_id)
            envelope, content = self.emails.fill(template, permit)
        except (FieldLacking, UnusableAddress, UnsafeHeader) as error:
            text = str(error)
            return Outcome(Result.PERMANENT, None, text, text, Fault.RECIPIENT)
        except UNAVAILABLE:
            return KEPT_BACK
        except Exception:
            logger.exception("email not built", extra={"delivery": permit.id})
            return Outcome(Result.NOT_ATTEMPTED, cause="not built", fault=Fault.CONTENT)
        latest = leased_until - server.longest_exchange.total_seconds()
        may_go = partial(self._may_go, permit, latest)
        try:
            return await server.connections.send(envelope, content, before_mail=may_go)
        except Exception:  # nobody can know how far it came
            logger.exception("email not followed", extra={"delivery": permit.id})
            return Outcome(Result.UNCERTAIN, cause="error")

    async def _may_go(self, permit: Permit, latest: float) -> bool:
        """Look once more, with a connection at hand: MAIL is the next thing that is said."""
        if self.is_stopping() or time.monotonic() > latest or clock.now() >= permit.ends_at:
            return False
        if permit.is_fresh:
            return True
        try:
            look = await look_up([permit.id], news_within=self.news_within)
        except UNAVAILABLE:
            return False
        return permit.id in look.permits and not self.is_stopping()


def _log(permit: Permit, outcome: Outcome) -> None:
    extra = {
        "mailing": permit.mailing_id,
        "delivery": permit.id,
        "outcome": outcome.result.value,
        "code": outcome.code,
        "cause": outcome.cause,
    }
    logger.info("email attempt", extra=extra)
