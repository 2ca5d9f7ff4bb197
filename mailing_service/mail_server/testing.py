"""Test emails of the mail server: fixed words to the verified address of who asks, by a worker."""

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from tortoise.queryset import QuerySet
from tortoise.transactions import in_transaction

from mailing_service.accounts.certainty import certain
from mailing_service.errors import MessageTestNotFound, NoMailServer, TooManyServerTests
from mailing_service.messages.schemas import MessageTestRead
from mailing_service.messages.testing import ask_for_test, show
from mailing_service.models.sending import MessageTest
from mailing_service.settings import MailingSettings
from shared import clock
from shared.language.translation import Language, Sentence, translate

MOST_IN_AN_HOUR: Final = 10
"""Of one person: administrators have no daily quota."""
_HOUR: Final = timedelta(hours=1)
_SUBJECT: Final = Sentence("Test email of the shop")
_BODY: Final = Sentence(
    "The mail server has taken this email, and it has arrived. Mailings reach you."
)
_OF_NO_MESSAGE: Final = {"message_id": None}
"""What is written in `MessageTest.message` of these, and of no other."""


@certain
async def send_test(
    user_id: UUID, *, language: Language, settings: MailingSettings
) -> MessageTestRead:
    """Have a worker send a test email to the person.

    Raises NoMailServer, NoVerifiedAddress, OwnerBlocked, AccountsOutdated, TooManyMessageTests and
    TooManyServerTests.
    """
    if settings.smtp_host is None:
        raise NoMailServer
    async with in_transaction():
        test = await ask_for_test(user_id, _message(language), {})
        recent = _of(user_id).filter(created_at__gt=clock.now() - _HOUR)
        if await recent.count() > MOST_IN_AN_HOUR:
            raise TooManyServerTests(int(_HOUR.total_seconds()))
    return show(test)


async def read_test(test_id: int, *, user_id: UUID) -> MessageTestRead:
    """Return what became of a test email; raises MessageTestNotFound."""
    test = await _of(user_id).get_or_none(id=test_id)
    if test is None:
        raise MessageTestNotFound
    return show(test)


def _of(user_id: UUID) -> QuerySet[MessageTest]:
    return MessageTest.filter(owner_id=user_id, message__contains=_OF_NO_MESSAGE)


def _message(language: Language) -> dict[str, Any]:
    return {
        **_OF_NO_MESSAGE,
        "subject": translate(_SUBJECT, language),
        "preheader": "",
        "body": translate(_BODY, language),
        "language": language,
    }
