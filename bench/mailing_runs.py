"""`python -m bench.mailing_runs [--recipients N]`: how soon a run of so many is there to be sent.

An embedded PostgreSQL that is gone afterwards; each line is the median of three.
"""

import argparse
import asyncio
import resource
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from pydantic import SecretStr

from mailing_service.addresses import AddressHasher
from mailing_service.mailings.reach.audience import reached_by
from mailing_service.mailings.running.clock import end_what_is_over, tick
from mailing_service.mailings.running.filling import fill
from mailing_service.mailings.running.starting import start
from mailing_service.models.accounts import Account
from mailing_service.models.mailings import Mailing, MailingList, MailingStatus, Run
from mailing_service.models.messages import Message
from mailing_service.models.recipients import ListMember, Recipient, RecipientList
from mailing_service.models.suppressions import Suppression, SuppressionReason
from mailing_service.orm import APP, orm_config
from mailing_service.settings import MailingSettings
from shared import clock
from shared.database.connection import connected
from standalone.postgres.server import temporary_server
from testing.database import migrated_database

ROUNDS = 3
HASHER = AddressHasher(b"k" * 32)


async def write_recipients(owner_id: UUID, count: int) -> list[int]:
    """Write recipients in two lists, half of them in both; one in a hundred is suppressed."""
    emails = [f"person{number}@example{number % 50}.com" for number in range(count)]
    rows = (
        Recipient(owner_id=owner_id, email=one, canonical_email=one, email_hash=HASHER.hash_of(one))
        for one in emails
    )
    await Recipient.bulk_create(rows, batch_size=5000)
    gone = (
        Suppression(
            owner_id=owner_id,
            email_hash=HASHER.hash_of(one),
            reason=SuppressionReason.UNSUBSCRIBED,
        )
        for one in emails[::100]
    )
    await Suppression.bulk_create(gone, batch_size=5000)
    ids = [row["id"] for row in await Recipient.filter(owner_id=owner_id).values("id")]
    lists = []
    for number, members in enumerate((ids, ids[: count // 2])):
        added = await RecipientList.create(owner_id=owner_id, name=f"List {number}")
        standing = (ListMember(list_id=added.id, recipient_id=one) for one in members)
        await ListMember.bulk_create(standing, batch_size=5000)
        lists.append(added.id)
    return lists


async def write_mailing(owner_id: UUID, lists: list[int]) -> int:
    """Write a mailing that is due."""
    message = await Message.create(owner_id=owner_id, subject="News", body="Good news.")
    now = clock.now()
    ends_at = now + timedelta(hours=1)
    mailing = await Mailing.create(
        owner_id=owner_id,
        name="News",
        message_id=message.id,
        status=MailingStatus.SCHEDULED,
        next_run_at=now,
        next_ends_at=ends_at,
        starts_at=now,
        ends_at=ends_at,
        wall_starts_at=now.isoformat()[:19],
        wall_ends_at=ends_at.isoformat()[:19],
    )
    for one in lists:
        await MailingList.create(mailing_id=mailing.id, list_id=one)
    return int(mailing.id)


async def seconds(step: Callable[[], Awaitable[Any]]) -> float:
    """Return how long a step takes."""
    begun = time.perf_counter()
    await step()
    return time.perf_counter() - begun


async def one_round(owner_id: UUID, lists: list[int], settings: MailingSettings) -> list[float]:
    """Return the seconds of each step of one mailing."""
    mailing_id = await write_mailing(owner_id, lists)
    took = [await seconds(lambda: reached_by(mailing_id))]
    took.append(await seconds(lambda: start(mailing_id, settings)))
    run = await Run.get(mailing_id=mailing_id)
    took.append(await seconds(lambda: fill(run.id)))
    took.append(await seconds(lambda: tick(settings, may_start=True)))
    await Mailing.filter(id=mailing_id).update(status=MailingStatus.FINISHED_EARLY)
    took.append(await seconds(end_what_is_over))
    return took


async def measure(recipients: int) -> None:
    """Print a line for each step."""
    owner_id = uuid4()
    with temporary_server() as url:
        async with migrated_database(url, app=APP) as database:
            secrets = [SecretStr("s" * 40)]
            settings = MailingSettings(
                database_url=SecretStr(database.runtime_url),
                secrets=secrets,
                internal_secrets=secrets,
            )
            async with connected(orm_config(settings)):
                await Account.create(id=owner_id, roles=["admin"], email="anna@example.com")
                lists = await write_recipients(owner_id, recipients)
                rounds = [await one_round(owner_id, lists, settings) for _ in range(ROUNDS)]
    steps = (
        "who is reached, and why others are not",
        "status running, message frozen",
        "deliveries written, and counted",
        "a tick with nothing to do",
        "all of them expired",
    )
    for step, took in zip(steps, zip(*rounds, strict=True), strict=True):
        print(f"{step:<42} {statistics.median(took) * 1000:>9.1f} ms")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{recipients} recipients, Python {sys.version.split()[0]}, at most {memory:.0f} MiB")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench.mailing_runs", description=__doc__)
    parser.add_argument("--recipients", type=int, default=100_000)
    asyncio.run(measure(parser.parse_args().recipients))
