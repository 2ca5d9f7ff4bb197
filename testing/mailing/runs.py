"""Runs with deliveries, written as a start writes them, and their counts."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
from pydantic import SecretStr

from mailing_service.addresses import AddressHasher
from mailing_service.deliveries.counting import open_counts
from mailing_service.models.accounts import Account, AccountPosition
from mailing_service.models.deliveries import Delivery
from mailing_service.models.mailings import Mailing, MailingStatus, Run
from mailing_service.models.recipients import Recipient
from mailing_service.orm import orm_config
from mailing_service.settings import MailingSettings
from shared import clock
from shared.database.connection import connected, connected_here

MESSAGE = {
    "subject": "Hello {{full_name}}",
    "preheader": "",
    "body": "Good news, {{full_name}}.",
    "language": "en",
    "reply_to": "anna@example.com",
}
HASHER = AddressHasher(b"k" * 32)


@asynccontextmanager
async def orm(url: str, *, pool_size: int = 10, is_global: bool = True) -> AsyncIterator[None]:
    """Have the models at hand without the service; in this task alone if not `is_global`."""
    secrets = [SecretStr("s" * 40)]
    settings = MailingSettings(
        database_url=SecretStr(url),
        secrets=secrets,
        internal_secrets=secrets,
        database_pool_size=pool_size,
    )
    connecting = connected if is_global else connected_here
    async with connecting(orm_config(settings)):
        yield


async def running_run(
    emails: Sequence[str], *, owner_id: UUID | None = None, **changes: Any
) -> Run:
    """Make an owner's running mailing to these addresses, its run and its deliveries."""
    owner_id = owner_id or uuid4()
    roles = changes.pop("roles", [])
    await Account.get_or_create({"email": "anna@example.com", "roles": roles}, id=owner_id)
    now = clock.now()
    fresh = {"copied_at": now, "news_at": now + timedelta(days=30)}
    await AccountPosition.get_or_create(fresh, id=1)
    window = {
        "starts_at": changes.pop("starts_at", now - timedelta(minutes=1)),
        "ends_at": changes.pop("ends_at", now + timedelta(hours=1)),
    }
    mailing = await Mailing.create(
        owner_id=owner_id,
        name=changes.pop("name", "News"),
        status=MailingStatus.RUNNING,
        runs_begun=1,
        wall_starts_at=window["starts_at"].isoformat()[:19],
        wall_ends_at=window["ends_at"].isoformat()[:19],
        **window,
    )
    run = await Run.create(
        mailing=mailing,
        owner_id=owner_id,
        number=1,
        message=MESSAGE,
        total=len(emails),
        **{"started_at": now, **window, **changes},
    )
    await add_deliveries(run, emails)
    return run


async def add_deliveries(run: Run, emails: Sequence[str]) -> None:
    """Write recipients and deliveries of a run that has none."""
    await Recipient.bulk_create(
        (
            Recipient(
                owner_id=run.owner_id,
                email=email,
                canonical_email=email,
                email_hash=HASHER.hash_of(email),
                full_name=f"Person {number}",
            )
            for number, email in enumerate(emails)
        ),
        batch_size=1000,
        ignore_conflicts=True,
    )
    ids = dict(await Recipient.filter(owner_id=run.owner_id).values_list("canonical_email", "id"))
    await Delivery.bulk_create(
        (
            Delivery(
                run_id=run.id,
                mailing_id=run.mailing_id,
                owner_id=run.owner_id,
                recipient_id=ids[email],
                email=email,
                email_hash=HASHER.hash_of(email),
                domain=email.rpartition("@")[2],
            )
            for email in emails
        ),
        batch_size=1000,
    )
    await open_counts(run.id, pending=len(emails))


def addresses(number: int, *, domain: str = "example.com", start: int = 0) -> list[str]:
    """Return so many different addresses."""
    return [f"person{n}@{domain}" for n in range(start, start + number)]


async def assert_counts_are_exact(url: str) -> None:
    """Compare all counts with the rows, in one snapshot."""
    connection = await asyncpg.connect(url)
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            counted = await connection.fetch(
                "SELECT run_id, state, count FROM run_counts WHERE count <> 0 ORDER BY 1, 2"
            )
            states = await connection.fetch(
                "SELECT run_id, state, count(*) FROM deliveries GROUP BY 1, 2 ORDER BY 1, 2"
            )
            hours = await connection.fetch(
                "SELECT run_id, hour, outcome, count FROM hour_counts ORDER BY 1, 2, 3"
            )
            attempts = await connection.fetch(
                "SELECT d.run_id, date_trunc('hour', a.at), a.outcome, count(*)"
                " FROM attempts a JOIN deliveries d ON d.id = a.delivery_id"
                " GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
            )
    finally:
        await connection.close()
    assert list(map(tuple, counted)) == list(map(tuple, states))
    assert list(map(tuple, hours)) == list(map(tuple, attempts))
