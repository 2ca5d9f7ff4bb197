"""Test emails: a message to its owner's verified address, which a worker sends."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from tortoise.transactions import in_transaction

from mailing_service.accounts.certainty import certain
from mailing_service.errors import (
    MessageTestNotFound,
    NoVerifiedAddress,
    OwnerBlocked,
    TooManyMessageTests,
)
from mailing_service.messages.content import prepare
from mailing_service.messages.email import UNSUBSCRIBE_URL, Message
from mailing_service.messages.preview import changed_message, values_for
from mailing_service.messages.schemas import MessageTestRead, PreviewRequest
from mailing_service.messages.service import find_message
from mailing_service.models.accounts import Account
from mailing_service.models.deliveries import DeliveryState
from mailing_service.models.sending import MessageTest
from shared import clock

MOST_WAITING: Final = 10
"""Test emails of one owner that wait at a time."""
WAITS: Final = timedelta(hours=1)
"""How long a test email waits for a mail server and for the quota of its owner."""


@certain
async def send_test(message_id: int, request: PreviewRequest, *, owner_id: UUID) -> MessageTestRead:
    """Have a worker send the message to its owner, as `preview` shows it.

    Raises MessageNotFound, RecipientNotFound, NoVerifiedAddress, OwnerBlocked, AccountsOutdated,
    TooManyMessageTests, and UnprocessableEntity for what no email can hold.
    """
    message = changed_message(await find_message(message_id, owner_id=owner_id), request)
    await prepare(message.draft)
    values = dict(await values_for(request.recipient_id, owner_id=owner_id))
    values.pop(UNSUBSCRIBE_URL)
    async with in_transaction():
        test = await ask_for_test(
            owner_id, _frozen(message, message_id=message_id), values, reply_to_owner=True
        )
    return show(test)


async def ask_for_test(
    owner_id: UUID,
    message: Mapping[str, Any],
    values: Mapping[str, str],
    *,
    reply_to_owner: bool = False,
) -> MessageTest:
    """Write, in the caller's transaction, a test email of a frozen message to its owner.

    The owner's account is locked from here on. Raises NoVerifiedAddress, OwnerBlocked and
    TooManyMessageTests.
    """
    address = await _lock_address(owner_id)
    now = clock.now()
    waiting = MessageTest.filter(owner_id=owner_id, state=DeliveryState.PENDING, expires_at__gt=now)
    if await waiting.count() >= MOST_WAITING:
        raise TooManyMessageTests
    return await MessageTest.create(
        owner_id=owner_id,
        email=address,
        message={**message, **({"reply_to": address} if reply_to_owner else {})},
        values=dict(values),
        created_at=now,
        expires_at=now + WAITS,
    )


async def read_test(message_id: int, test_id: int, *, owner_id: UUID) -> MessageTestRead:
    """Return what became of a test email; raises MessageTestNotFound."""
    test = await MessageTest.get_or_none(id=test_id, owner_id=owner_id)
    if test is None or test.message["message_id"] != message_id:
        raise MessageTestNotFound
    return show(test)


def show(test: MessageTest) -> MessageTestRead:
    """Return a test email as its owner sees it."""
    is_late = test.state is DeliveryState.PENDING and test.expires_at <= clock.now()
    shown = MessageTestRead.model_validate(test)
    return shown.model_copy(update={"state": DeliveryState.EXPIRED}) if is_late else shown


async def _lock_address(owner_id: UUID) -> str:
    """Return the owner's verified address, and lock it: two requests count each other."""
    account = await Account.select_for_update().get_or_none(id=owner_id)
    if account is None or not account.email:
        raise NoVerifiedAddress
    if account.is_blocked or account.erased_at is not None:
        raise OwnerBlocked
    return account.email


def _frozen(message: Message, *, message_id: int) -> dict[str, Any]:
    return {
        "message_id": message_id,
        "subject": message.draft.subject,
        "preheader": message.draft.preheader,
        "body": message.draft.body,
        "language": message.language,
    }
