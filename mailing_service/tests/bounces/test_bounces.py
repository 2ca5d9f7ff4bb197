"""What follows from emails that come back."""

import asyncio
import random
from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from mailing_service.bounces.service import Result, Taken, take_bounce
from mailing_service.models.bounces import Bounce, BounceKind
from mailing_service.models.deliveries import Delivery, DeliveryState
from mailing_service.models.suppressions import Suppression, SuppressionReason
from mailing_service.return_paths import ReturnPaths
from mailing_service.settings import MailingSettings
from mailing_service.tests.bounces.test_reports import KINDS, email
from mailing_service.tests.conftest import Person
from shared import clock
from testing.database import ServiceDatabase
from testing.mailing.processes import SECRETS
from testing.mailing.runs import running_run

pytestmark = pytest.mark.usefixtures("empty_tables")


@pytest.fixture
def settings(database: ServiceDatabase) -> MailingSettings:
    """Return those of the command."""
    return MailingSettings.model_validate(
        {"database_url": database.runtime_url, "secrets": SECRETS, "internal_secrets": SECRETS}
    )


async def sent_to(address: str, owner_id: UUID | None = None, *, times: int = 1) -> list[Delivery]:
    """Make deliveries of different runs that were sent to one address."""
    runs = [await running_run([address], owner_id=owner_id) for _ in range(times)]
    ids = [run.id for run in runs]
    await Delivery.filter(run_id__in=ids).update(state=DeliveryState.SENT)
    return await Delivery.filter(run_id__in=ids).order_by("id")


def path_of(delivery: Delivery, settings: MailingSettings) -> str:
    """Return where its bounces go."""
    return ReturnPaths(settings.secrets, "localhost").address_of(delivery.id)


async def take(name: str, delivery: Delivery, settings: MailingSettings) -> Taken:
    """Take an email of the corpus that is about a delivery."""
    return await take_bounce(email(name, path_of(delivery, settings)), settings=settings)


async def reasons() -> list[tuple[UUID | None, str, str | None]]:
    """Return all suppressions."""
    rows = await Suppression.all().order_by("id")
    return [(row.owner_id, row.reason.value, row.email) for row in rows]


async def test_an_unknown_address_gets_no_more_of_the_owner(
    anna: Person, boris: Person, settings: MailingSettings
) -> None:
    [delivery] = await sent_to("anna@example.com", anna.id)
    await sent_to("anna@example.com", boris.id)

    taken = await take("postfix_unknown_user", delivery, settings)

    assert taken == Taken(Result.COUNTED, delivery.id, BounceKind.HARD)
    assert await reasons() == [(anna.id, "hard_bounce", "anna@example.com")]
    after = await Delivery.get(id=delivery.id)
    assert after.state is DeliveryState.SENT
    shown = (await anna.client.get(f"/api/v1/deliveries/{delivery.id}")).json()
    assert (shown["bounced"], shown["state"]) == ("hard", "sent")


async def test_a_replay_counts_once_in_whatever_words(
    anna: Person, settings: MailingSettings
) -> None:
    [delivery] = await sent_to("anna@example.com", anna.id)
    await take("postfix_unknown_user", delivery, settings)
    [suppression] = await Suppression.all()
    await suppression.delete()

    names = ("postfix_unknown_user", "exim_unknown_user", "qmail_unknown_user")
    again = [(await take(name, delivery, settings)).result for name in names]

    assert again == [Result.REPLAYED] * 3
    assert await Bounce.all().count() == 1
    assert await reasons() == []


async def test_of_replays_at_the_same_time_one_counts(
    anna: Person, settings: MailingSettings
) -> None:
    [delivery] = await sent_to("anna@example.com", anna.id)
    taken = await asyncio.gather(
        *(asyncio.create_task(take("exim_spam", delivery, settings)) for _ in range(6))
    )
    assert sorted(one.result for one in taken) == [Result.COUNTED] + [Result.REPLAYED] * 5


async def test_soft_bounces_suppress_when_they_are_enough(
    anna: Person, settings: MailingSettings
) -> None:
    deliveries = await sent_to("anna@example.com", anna.id, times=3)
    others = await sent_to("boris@example.com", anna.id, times=2)
    for delivery in (*deliveries[:2], *others, deliveries[0]):
        await take("postfix_full_mailbox", delivery, settings)
    assert await reasons() == []

    await take("exim_spam", deliveries[2], settings)

    assert await reasons() == [(anna.id, "soft_bounces", "anna@example.com")]


async def test_soft_bounces_at_the_same_time_count_each_other(
    anna: Person, settings: MailingSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All are written before one is counted, unless they wait for each other."""
    deliveries = await sent_to("anna@example.com", anna.id, times=3)
    all_are_written = asyncio.Barrier(3)
    create = Bounce.create

    async def create_and_wait(**values: Any) -> Bounce:
        bounce = await create(**values)
        with suppress(TimeoutError, asyncio.BrokenBarrierError):
            await asyncio.wait_for(all_are_written.wait(), 1)
        return bounce

    monkeypatch.setattr(Bounce, "create", create_and_wait)
    await asyncio.gather(
        *(asyncio.create_task(take("exim_spam", one, settings)) for one in deliveries)
    )
    assert await reasons() == [(anna.id, "soft_bounces", "anna@example.com")]


async def test_soft_bounces_of_long_ago_do_not_count(
    anna: Person, settings: MailingSettings
) -> None:
    deliveries = await sent_to("anna@example.com", anna.id, times=4)
    for delivery in deliveries[:2]:
        await take("exim_spam", delivery, settings)
    await Bounce.all().update(at=clock.now() - settings.soft_bounce_window - timedelta(seconds=1))
    await take("exim_spam", deliveries[2], settings)
    assert await reasons() == []


async def test_the_erased_are_suppressed_by_their_hash(
    anna: Person, settings: MailingSettings
) -> None:
    [delivery] = await sent_to("anna@example.com", anna.id)
    await Delivery.filter(id=delivery.id).update(email=None)
    await take("gmail_unknown_user", delivery, settings)
    assert await reasons() == [(anna.id, "hard_bounce", None)]


async def test_who_unsubscribed_stays_unsubscribed(anna: Person, settings: MailingSettings) -> None:
    [delivery] = await sent_to("anna@example.com", anna.id)
    await Suppression.create(
        owner_id=anna.id,
        email_hash=delivery.email_hash,
        reason=SuppressionReason.UNSUBSCRIBED,
    )
    await take("postfix_unknown_user", delivery, settings)
    assert [reason for _, reason, _ in await reasons()] == ["unsubscribed"]


async def test_a_forged_return_path_is_ignored(anna: Person, settings: MailingSettings) -> None:
    mine, others = await sent_to("anna@example.com", anna.id, times=2)
    genuine = path_of(mine, settings)
    digit = genuine.partition(".")[2][0]
    forged = {
        "another delivery": genuine.replace(f"+{mine.id}.", f"+{others.id}."),
        "another code": genuine.replace(f".{digit}", f".{'0' if digit != '0' else '1'}", 1),
        "of other secrets": ReturnPaths(
            MailingSettings.model_validate(
                {**settings.model_dump(), "secrets": ["x" * 40], "database_url": "postgres://a@b/c"}
            ).secrets,
            "localhost",
        ).address_of(mine.id),
        "none": "mailings@localhost",
    }
    for what, path in forged.items():
        taken = await take_bounce(email("postfix_unknown_user", path), settings=settings)
        assert taken == Taken(Result.UNKNOWN), what
    assert await reasons() == []


async def test_a_mail_server_may_say_the_recipient_apart(
    anna: Person, settings: MailingSettings
) -> None:
    [delivery] = await sent_to("anna@example.com", anna.id)
    content = email("postfix_unknown_user", "mailings@localhost")
    recipient = path_of(delivery, settings).upper()
    taken = await take_bounce(content, settings=settings, recipient=recipient)
    assert taken.result is Result.COUNTED


@pytest.mark.parametrize("name", [name for name, kind in KINDS.items() if kind is None])
async def test_replies_and_delays_are_no_bounces(
    anna: Person, settings: MailingSettings, name: str
) -> None:
    [delivery] = await sent_to("anna@example.com", anna.id)
    assert await take(name, delivery, settings) == Taken(Result.NO_BOUNCE, delivery.id)
    assert not await Bounce.all().exists()


async def test_of_a_delivery_that_is_gone_nothing_is_known(
    anna: Person, settings: MailingSettings
) -> None:
    [delivery] = await sent_to("anna@example.com", anna.id)
    await Delivery.all().delete()
    assert await take("exim_spam", delivery, settings) == Taken(Result.UNKNOWN)


async def test_garbage_is_survived(anna: Person, settings: MailingSettings) -> None:
    [delivery] = await sent_to("anna@example.com", anna.id)
    chance = random.Random(1)
    path = path_of(delivery, settings)
    nested = "".join(
        f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(3000)
    )
    whole = email("postfix_unknown_user", path)
    garbage = [
        b"",
        b"\0" * 1000,
        chance.randbytes(20_000),
        f"To: {path}\n".encode() + chance.randbytes(20_000),
        f"To: {path}\n{nested}".encode(),
        b"To: " + b"bounce+1." * 100_000,
        whole.replace(b"message/delivery-status", b"message/delivery-status; charset=\xff"),
        f"To: {path}\nContent-Type: multipart/report; boundary=x\n\n--x\n".encode(),
        *(whole[: chance.randrange(len(whole))] for _ in range(40)),
    ]
    for content in garbage:
        await take_bounce(content, settings=settings)
    assert {one.kind for one in await Bounce.all()} <= {BounceKind.HARD}
