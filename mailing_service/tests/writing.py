"""What tests of mailings begin with: owners, recipients, messages, and mailings made of them."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from fastapi import FastAPI

from mailing_service.addresses import AddressHasher
from mailing_service.mailings.running.clock import tick
from mailing_service.models.accounts import Account, AccountPosition
from mailing_service.models.deliveries import Delivery, RunCount
from mailing_service.models.mailings import Mailing, Run
from mailing_service.models.messages import Message
from mailing_service.models.recipients import ListMember, Recipient, RecipientList
from mailing_service.models.suppressions import Suppression, SuppressionReason
from mailing_service.settings import MailingSettings
from mailing_service.tests.conftest import Person
from shared import clock

MAILINGS = "/api/v1/mailings"
HASHER = AddressHasher(b"k" * 32)
MESSAGE = {"subject": "Hello", "preheader": "News", "body": "Good **news**.", "language": "en"}


async def known(person: Person, **account: Any) -> Account:
    """Have the feed bring this person, and no other news for as long as the test lasts."""
    values = {"email": "anna@example.com", "time_zone": "Europe/Berlin", **account}
    known, _ = await Account.update_or_create(values, id=person.id)
    await nothing_new()
    return known


async def nothing_new() -> None:
    """Have all accounts be known, as they are for as long as the test lasts."""
    later = clock.now() + timedelta(days=3650)
    await AccountPosition.update_or_create({"copied_at": clock.now(), "news_at": later}, id=1)


async def add_recipients(owner_id: UUID, count: int, *, name: str = "person") -> list[int]:
    """Write so many recipients, and return their ids."""
    emails = [f"{name}{number}@example.com" for number in range(count)]
    await Recipient.bulk_create(
        (
            Recipient(
                owner_id=owner_id, email=one, canonical_email=one, email_hash=HASHER.hash_of(one)
            )
            for one in emails
        ),
        batch_size=5000,
    )
    found = Recipient.filter(owner_id=owner_id, email__startswith=name).order_by("id")
    return [row["id"] for row in await found.values("id")]


async def add_list(owner_id: UUID, recipients: list[int], *, name: str = "Friends") -> int:
    """Write a list of these recipients, and return its id."""
    added = await RecipientList.create(owner_id=owner_id, name=name)
    list_id: int = added.id
    members = (ListMember(list_id=list_id, recipient_id=one) for one in recipients)
    await ListMember.bulk_create(members, batch_size=5000)
    return list_id


async def add_message(owner_id: UUID, **changes: Any) -> Message:
    """Write a message."""
    return await Message.create(owner_id=owner_id, **{**MESSAGE, **changes})


async def suppress(
    owner_id: UUID | None, email: str, reason: SuppressionReason = SuppressionReason.UNSUBSCRIBED
) -> None:
    """Keep an address from emails of an owner, or of anybody."""
    await Suppression.create(owner_id=owner_id, email_hash=HASHER.hash_of(email), reason=reason)


async def to_post(person: Person, *, recipients: int = 2, **changes: Any) -> dict[str, Any]:
    """Return a mailing to new recipients, with a message, as it is posted; its owner is known."""
    await known(person)
    return {
        "name": "News",
        "message_id": (await add_message(person.id)).id,
        "recipient_ids": await add_recipients(person.id, recipients),
        **changes,
    }


async def post(person: Person, **mailing: Any) -> dict[str, Any]:
    """Post a mailing that is accepted, and return what is shown of it."""
    response = await person.client.post(MAILINGS, json=mailing)
    assert response.status_code == 201, response.text
    shown: dict[str, Any] = response.json()
    return shown


async def command(person: Person, mailing_id: int, name: str, **body: Any) -> dict[str, Any]:
    """Have a command accepted, and return what is shown."""
    path = f"{MAILINGS}/{mailing_id}/{name}"
    response = await person.client.post(path, json=body or None)
    assert response.status_code == 200, response.text
    shown: dict[str, Any] = response.json()
    return shown


async def approved(person: Person, manager: Person, **changes: Any) -> int:
    """Post a mailing that a manager approves, and return its id."""
    shown = await post(person, **await to_post(person, **changes))
    await command(manager, shown["id"], "approve")
    return int(shown["id"])


async def running(app: FastAPI, person: Person, manager: Person, **changes: Any) -> int:
    """Have an approved mailing run, and return its id."""
    mailing_id = await approved(person, manager, **changes)
    await let_tick(app)
    assert await status_of(mailing_id) == "running"
    return mailing_id


async def let_tick(app: FastAPI, **settings: Any) -> None:
    """Have the clock do what is due, with settings of the application but for these."""
    await tick(settings_of(app, **settings), may_start=True)


def settings_of(app: FastAPI, **changes: Any) -> MailingSettings:
    """Return the application's settings with these changes."""
    settings: MailingSettings = app.state.settings
    return settings.model_copy(update=changes)


async def status_of(mailing_id: int) -> str:
    """Return the status of a mailing."""
    return (await Mailing.get(id=mailing_id)).status.value


async def run_of(mailing_id: int) -> Run:
    """Return the newest run of a mailing."""
    run = await Run.filter(mailing_id=mailing_id).order_by("-number").first()
    assert run is not None
    return run


async def counts_of(run: Run) -> dict[str, int]:
    """Return the counts of a run that are not zero, which equal those of its rows."""
    counted = dict(await RunCount.filter(run_id=run.id, count__gt=0).values_list("state", "count"))
    rows: dict[str, int] = {}
    for state in await Delivery.filter(run_id=run.id).values_list("state", flat=True):
        rows[str(state)] = rows.get(str(state), 0) + 1
    assert rows == {str(state): count for state, count in counted.items()}
    return rows


def wall(after: timedelta) -> str:
    """Return an instant so much after now, as it is posted."""
    return (clock.now() + after).astimezone(UTC).isoformat()


def utc(text: str) -> datetime:
    """Return an instant."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
