"""What is not kept for ever: each kind of row goes by a setting of its own, in batches.

The settings have bounds where a row still protects somebody: an ended session is kept until its
last access token has expired, and a used refresh token while its reuse is worth an alarm.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from functools import partial

from tortoise.connection import get_connection
from tortoise.queryset import QuerySet

from auth_service.accounts import confirmations, devices
from auth_service.limits import buckets
from auth_service.mail import worker as mail
from auth_service.models import RefreshToken, Session
from auth_service.settings import AuthSettings
from shared import clock
from shared.database.batches import SIZE, delete_in_batches

INTERVAL = timedelta(hours=1)
SESSION_BATCH = 50
"""Sessions of one statement; each has many refresh tokens, which go before it."""

NAMES = (
    "sessions",
    "refresh-tokens",
    "audit",
    "confirmations",
    "emails",
    "tries",
    "devices",
    "account-changes",
)
Forget = Callable[[], Awaitable[int]]


def rules(settings: AuthSettings) -> Mapping[str, Forget]:
    """Return by its name what removes each kind of row that is kept for too long."""
    return {
        "sessions": partial(_sessions, settings),
        "refresh-tokens": partial(_refresh_tokens, settings),
        "audit": partial(_audit, settings),
        "confirmations": confirmations.forget_old,
        "emails": partial(mail.forget_old, settings.email_retention),
        "tries": buckets.forget_old,
        "devices": devices.forget_expired,
        "account-changes": partial(_account_changes, settings),
    }


async def _sessions(settings: AuthSettings) -> int:
    """Forget sessions that ended, or were used last, so long ago, with their refresh tokens.

    One that runs out is used until then or rests, so the time of its last use is enough.
    """
    ended = clock.now() - settings.session_retention
    rested = ended - settings.refresh_idle_lifetime
    forgotten = await _with_tokens(Session.filter(ended_at__lt=ended).order_by("ended_at"))
    unused = Session.filter(ended_at=None, last_used_at__lt=rested)
    return forgotten + await _with_tokens(unused.order_by("last_used_at"))


async def _with_tokens(sessions: QuerySet[Session]) -> int:
    forgotten = 0
    while ids := await sessions.limit(SESSION_BATCH).values_list("id", flat=True):
        await delete_in_batches(RefreshToken.filter(session_id__in=ids).order_by("digest"))
        forgotten += await Session.filter(id__in=ids).delete()
    return forgotten


async def _refresh_tokens(settings: AuthSettings) -> int:
    """Forget used ones: presented again they are unknown, and end no session any more."""
    cutoff = clock.now() - settings.refresh_token_retention
    return await delete_in_batches(RefreshToken.filter(used_at__lt=cutoff).order_by("used_at"))


async def _account_changes(settings: AuthSettings) -> int:
    """Forget what changed so long ago, with what is left of deleted accounts."""
    before = clock.now() - settings.account_change_retention
    return await _all_batches("SELECT forget_account_changes($1, $2) AS forgotten", before)


async def _audit(settings: AuthSettings) -> int:
    """Forget events by the one function that may: see the migration `hardening`."""
    before = clock.now() - settings.audit_retention
    return await _all_batches("SELECT forget_audit_events($1, $2) AS forgotten", before)


async def _all_batches(query: str, before: datetime) -> int:
    """Call a function of the database until it finds nothing older; return how many rows went."""
    forgotten = 0
    while batch := await _batch(query, before):
        forgotten += batch
    return forgotten


async def _batch(query: str, before: datetime) -> int:
    rows = await get_connection("default").execute_query_dict(query, [before, SIZE])
    return int(rows[0]["forgotten"])
