"""What the auth service counts beside requests: hashes, emails, accounts removed, its pool."""

from datetime import timedelta

from fastapi import FastAPI
from prometheus_client import Counter, Gauge

from auth_service.backups import last_backup
from auth_service.crypto.passwords import PasswordHasher
from auth_service.models import OutboxEmail
from auth_service.tallies import EMAILS, REGISTRATIONS, SIGN_INS
from auth_service.verification.purge import purge_unverified
from shared import clock
from shared.database.connection import watch_pool
from shared.telemetry.metrics import Metrics

INTERVAL = timedelta(seconds=15)
"""How often the outbox is counted."""
BACKUP_INTERVAL = timedelta(minutes=1)
"""How often it is looked when the last backup was made."""


class AuthMetrics:
    """Counts what only this service does."""

    def __init__(self, metrics: Metrics, hasher: PasswordHasher) -> None:
        registry = metrics.registry
        self._emails = Gauge("vitrina_outbox_letters", "Emails to be sent.", registry=registry)
        self._oldest = Gauge(
            "vitrina_outbox_age_seconds", "Age of the oldest email to be sent.", registry=registry
        )
        self._purged = Counter(
            "vitrina_accounts_purged", "Accounts removed as unverified.", registry=registry
        )
        self._backup = Gauge(
            "vitrina_last_backup_timestamp_seconds",
            "When the last good backup was made, in seconds since 1970; 0 where there is none.",
            registry=registry,
        )
        hashes = "Passwords that wait for a thread to hash them."
        metrics.watch("gauge", "vitrina_password_hashes_waiting", hashes, lambda: hasher.waiting)
        watch_pool(metrics)
        for tally in (REGISTRATIONS, SIGN_INS, EMAILS):
            tally.show(metrics)

    async def count_emails(self) -> None:
        """Look into the outbox."""
        waiting = OutboxEmail.filter(sent_at=None, given_up_at=None)
        self._emails.set(await waiting.count())
        oldest = (
            await OutboxEmail.filter(sent_at=None, given_up_at=None).order_by("created_at").first()
        )
        age = clock.now() - oldest.created_at if oldest is not None else timedelta(0)
        self._oldest.set(age.total_seconds())

    async def look_for_backup(self) -> None:
        """Read the comment on the database in which `make backup` notes its time."""
        at = await last_backup()
        self._backup.set(at.timestamp() if at is not None else 0)

    async def purge(self, lifetime: timedelta) -> None:
        """Remove unverified accounts, and count them."""
        self._purged.inc(await purge_unverified(lifetime))


def install(app: FastAPI) -> None:
    """Have an equipped application counted."""
    app.state.auth_metrics = AuthMetrics(app.state.metrics, app.state.hasher)
