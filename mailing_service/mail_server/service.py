"""Show the mail servers, and how much waits to be sent."""

from datetime import datetime

from tortoise.functions import Sum

from mailing_service.accounts.service import are_current
from mailing_service.deliveries.access import without_addresses
from mailing_service.deliveries.transitions import OPEN
from mailing_service.mail_server.schemas import (
    BreakerPosition,
    LastResponse,
    MailServerRead,
    Queue,
    Rates,
    Sending,
    SlowDomain,
    WorkerRead,
)
from mailing_service.models.deliveries import Attempt, Delivery, DeliveryState, RunCount
from mailing_service.models.sending import (
    DomainRate,
    MailServerState,
    MessageTest,
    SendingState,
    Worker,
)
from mailing_service.sending.presence import SEEN_WITHIN
from mailing_service.settings import MailingSettings
from shared import clock

SHOWN_DOMAINS = 20
SHOWN_WORKERS = 20


async def show_sending(settings: MailingSettings) -> Sending:
    """Return what workers share at this moment."""
    now = clock.now()
    state = await SendingState.get_or_none(id=1)
    slow = DomainRate.filter(slow_until__gt=now).order_by("-slow_until").limit(SHOWN_DOMAINS)
    return Sending(
        servers=await _servers(settings, now),
        workers=await _workers(now),
        last_response=await _last_response(),
        has_sent_emails=await _has_sent(),
        rates=Rates.model_validate(settings, from_attributes=True),
        queue=await _queue(now),
        slow_domains=[SlowDomain.model_validate(row) for row in await slow],
        held_at=state.held_at if state else None,
        has_news_of_accounts=await are_current(settings.accounts_max_age),
    )


async def _servers(settings: MailingSettings, now: datetime) -> list[MailServerRead]:
    configured = {
        f"{host}:{port}": is_spare
        for host, port, is_spare in (
            (settings.spare_smtp_host, settings.spare_smtp_port, True),
            (settings.smtp_host, settings.smtp_port, False),
        )
        if host is not None
    }
    known = {row.name: row for row in await MailServerState.filter(name__in=list(configured))}
    shown = [
        _server(known.get(name) or MailServerState(name=name, failures=0), now, is_spare=is_spare)
        for name, is_spare in configured.items()
    ]
    return sorted(shown, key=lambda server: server.is_spare)


def _server(row: MailServerState, now: datetime, *, is_spare: bool) -> MailServerRead:
    if row.open_until is None:
        position = BreakerPosition.CLOSED
    else:
        position = BreakerPosition.OPEN if row.open_until > now else BreakerPosition.HALF_OPEN
    return MailServerRead(
        name=row.name,
        is_spare=is_spare,
        breaker=position,
        failures=row.failures,
        opened_at=row.opened_at if row.open_until else None,
        open_until=row.open_until,
        last_error=row.last_error and without_addresses(row.last_error, None),
    )


async def _workers(now: datetime) -> list[WorkerRead]:
    return [
        WorkerRead(
            started_at=worker.started_at,
            seen_at=worker.seen_at,
            is_alive=worker.seen_at > now - SEEN_WITHIN,
        )
        for worker in await Worker.all().order_by("-seen_at").limit(SHOWN_WORKERS)
    ]


async def _last_response() -> LastResponse | None:
    attempt = await Attempt.all().order_by("-at").select_related("delivery").first()
    if attempt is None:
        return None
    text = without_addresses(attempt.response, attempt.delivery.email)
    return LastResponse.model_validate(attempt, from_attributes=True).model_copy(
        update={"response": text}
    )


async def _has_sent() -> bool:
    of_mailings = RunCount.filter(state=DeliveryState.SENT, count__gt=0)
    return await of_mailings.exists() or await MessageTest.filter(state=DeliveryState.SENT).exists()


async def _queue(now: datetime) -> Queue:
    waiting = RunCount.filter(run__finished_at=None, state__in=sorted(OPEN), count__gt=0)
    summed = waiting.annotate(deliveries=Sum("count")).group_by("state")
    rows = await summed.values("state", "deliveries")
    counts = {DeliveryState(row["state"]): int(row["deliveries"]) for row in rows}
    return Queue(
        pending=counts.get(DeliveryState.PENDING, 0),
        claimed=counts.get(DeliveryState.CLAIMED, 0),
        sending=counts.get(DeliveryState.SENDING, 0),
        oldest_due_at=await _oldest_due(now),
    )


async def _oldest_due(now: datetime) -> datetime | None:
    """Return since when something has been due; nothing of a run is due before the run began."""
    waiting = RunCount.filter(
        state=DeliveryState.PENDING, count__gt=0, run__is_sending=True, run__finished_at=None
    ).filter(run__started_at__lte=now)
    oldest = None
    for run in await waiting.order_by("run__started_at").values("run_id", "run__started_at"):
        began = run["run__started_at"]
        if oldest is not None and oldest <= began:
            break
        due = Delivery.filter(run_id=run["run_id"], state=DeliveryState.PENDING)
        first = await due.filter(next_try_at__lte=now).order_by("next_try_at", "id").first()
        if first is not None:
            since = max(first.next_try_at, began)
            oldest = since if oldest is None else min(oldest, since)
    return oldest
