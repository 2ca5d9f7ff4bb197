"""What the auth service counts beside requests: hashes, letters, accounts removed, its pool."""

from datetime import timedelta

from fastapi import FastAPI
from prometheus_client import Counter, Gauge

from auth_service.crypto.passwords import PasswordHasher
from auth_service.models import Letter
from auth_service.verification.purge import purge_unverified
from shared import clock
from shared.database import watch_pool
from shared.metrics import Metrics

INTERVAL = timedelta(seconds=15)
"""How often the outbox is counted."""


class AuthMetrics:
    """Counts what only this service does."""

    def __init__(self, metrics: Metrics, hasher: PasswordHasher) -> None:
        registry = metrics.registry
        self._letters = Gauge("vitrina_outbox_letters", "Letters to be sent.", registry=registry)
        self._oldest = Gauge(
            "vitrina_outbox_age_seconds", "Age of the oldest letter to be sent.", registry=registry
        )
        self._purged = Counter(
            "vitrina_accounts_purged", "Accounts removed as unverified.", registry=registry
        )
        hashes = "Passwords that wait for a thread to hash them."
        metrics.watch("gauge", "vitrina_password_hashes_waiting", hashes, lambda: hasher.waiting)
        watch_pool(metrics)

    async def count_letters(self) -> None:
        """Look into the outbox."""
        waiting = Letter.filter(sent_at=None, given_up_at=None)
        self._letters.set(await waiting.count())
        oldest = await Letter.filter(sent_at=None, given_up_at=None).order_by("created_at").first()
        age = clock.now() - oldest.created_at if oldest is not None else timedelta(0)
        self._oldest.set(age.total_seconds())

    async def purge(self, lifetime: timedelta) -> None:
        """Remove unverified accounts, and count them."""
        self._purged.inc(await purge_unverified(lifetime))


def install(app: FastAPI) -> None:
    """Have an equipped application counted."""
    app.state.auth_metrics = AuthMetrics(app.state.metrics, app.state.hasher)
