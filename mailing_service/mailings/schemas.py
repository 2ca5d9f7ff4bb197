"""What a mailing looks like from outside, and what its owner says of it."""

import re
from datetime import datetime, time
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, BeforeValidator, Field, Strict, StringConstraints
from pydantic_core import PydanticCustomError

from mailing_service.bounds import NAME_LENGTH
from mailing_service.mailings.reasons import StatusReason
from mailing_service.models.deliveries import DeliveryState
from mailing_service.models.mailings import MailingStatus, Purpose, Repeat
from mailing_service.models.suppressions import SuppressionReason
from shared import clock
from shared.cursor_pages import ListPage, ListQuery
from shared.http.query_parameters import MaybeGiven
from shared.values.schemas import MAX_SAFE_INTEGER, Int32, OneLine, Schema, UtcDatetime
from shared.values.time_zones import TimeZone

MOST_LISTS = 100
MOST_RECIPIENTS = 1000
"""Recipients that are chosen one by one; more stand in a list."""

_TIME = r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}"
_YEARS = range(2000, 2200)
_CLOCK_TIME = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"


def _written_out(value: Any) -> Any:
    if not isinstance(value, str) or not re.match(_TIME, value, re.ASCII):
        raise PydanticCustomError("chosen_time", "Must be a date and a time (RFC 3339)")
    return value


def _bounded(chosen: datetime) -> datetime:
    if chosen.year not in _YEARS:
        raise PydanticCustomError("chosen_time", "Must lie between 2000 and 2199")
    return chosen.replace(microsecond=0)


ChosenTime = Annotated[
    datetime,
    BeforeValidator(_written_out),
    AfterValidator(_bounded),
    Field(json_schema_extra={"format": "date-time-local", "pattern": "^2[01][0-9]{2}-"}),
]
"""An instant where it has an offset or `Z`, and else what the clock of `time_zone` shows."""

Id = Annotated[int, Strict(), Field(ge=1, le=MAX_SAFE_INTEGER, examples=[17])]
MailingName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=NAME_LENGTH),
    OneLine,
    Field(examples=["Скидки недели"]),
]
ListIds = Annotated[list[Id], Field(max_length=MOST_LISTS, examples=[[3]])]
RecipientIds = Annotated[list[Id], Field(max_length=MOST_RECIPIENTS, examples=[[17, 18]])]
ClockTime = Annotated[str, Field(pattern=_CLOCK_TIME, examples=["22:00"])]


class QuietHoursChoice(Schema):
    """Hours of each day, on the clock of `time_zone`, in which nothing is sent."""

    starts: ClockTime
    ends: Annotated[ClockTime, Field(description="Before `starts` where they go over midnight.")]


class MailingCreate(Schema):
    """A mailing: a message, its recipients and a window of time.

    Times without an offset are what the clock of `time_zone` shows. One that it leaves out, as
    clocks go forward, moves on by that hour; one that it shows twice is the first of the two.
    """

    name: MailingName
    purpose: Purpose = Purpose.INFORMING
    message_id: Id | None = None
    list_ids: ListIds = Field(default_factory=list)
    recipient_ids: RecipientIds = Field(default_factory=list)
    starts_at: Annotated[
        ChosenTime | None,
        Field(examples=["2027-03-28T09:00"], description="Left out, it is now."),
    ] = None
    ends_at: Annotated[
        ChosenTime | None,
        Field(
            examples=["2027-03-28T18:00"],
            description="What is not sent by then expires. Left out, it is a day later.",
        ),
    ] = None
    time_zone: Annotated[
        TimeZone | None, Field(description="Left out, it is that of your profile.")
    ] = None
    repeat: Annotated[
        Repeat,
        Field(
            description="Each run begins at the same time of the clock; on a day that a month does"
            " not have, it is the month's last."
        ),
    ] = Repeat.NONE
    quiet_hours: QuietHoursChoice | None = None
    draft: Annotated[
        bool, Strict(), Field(description="Keep it as a draft instead of submitting it.")
    ] = False


class MailingUpdate(Schema):
    """What is to change of a mailing; what is left out stays.

    A new `time_zone` alone moves the window: its clock shows the same times.
    """

    name: MailingName = Field(default_factory=str)
    purpose: Purpose = Purpose.INFORMING
    message_id: Id = Field(default_factory=int)
    list_ids: ListIds = Field(default_factory=list)
    recipient_ids: RecipientIds = Field(default_factory=list)
    starts_at: ChosenTime = Field(default_factory=clock.now, examples=["2027-03-28T09:00"])
    ends_at: ChosenTime = Field(default_factory=clock.now, examples=["2027-03-28T18:00"])
    time_zone: TimeZone = Field(default_factory=str)
    repeat: Repeat = Repeat.NONE
    quiet_hours: QuietHoursChoice | None = None


class RetryRequest(Schema):
    """Which emails are tried again, and until when."""

    include_uncertain: Annotated[
        bool,
        Strict(),
        Field(
            description="Those, too, of which nobody knows whether they arrived: some people may"
            " get a second email."
        ),
    ] = False
    ends_at: Annotated[
        ChosenTime | None,
        Field(examples=["2027-03-29T18:00"], description="Needed where the window is over."),
    ] = None


class MailingQuery(ListQuery):
    """Which mailings a list shows, the newest first."""

    purpose: MaybeGiven[Purpose] = None
    status: MaybeGiven[MailingStatus] = None
    everyone: Annotated[
        bool, Field(description="Everybody's instead of your own; for managers.")
    ] = False


class Audience(Schema):
    """How many a mailing would reach now, and why others would get no email."""

    reached: int = Field(examples=[970], description="Distinct recipients who will get an email.")
    suppressed: dict[SuppressionReason, int] = Field(examples=[{"unsubscribed": 12}])
    duplicates: int = Field(examples=[18], description="Who stands in several lists gets one.")
    lists_gone: int = Field(examples=[0], description="Lists that were chosen and deleted since.")
    recipients_gone: int = Field(
        examples=[0], description="Recipients that were chosen one by one and deleted since."
    )
    lacking: dict[str, int] = Field(
        examples=[{"city": 3}],
        description="Fields of the message without a default, and how many of those who are reached"
        " have no value of it; such a mailing cannot be submitted.",
    )


class SubmittedMessage(Schema):
    """The message as it was submitted."""

    subject: str
    preheader: str
    body: str
    language: str
    revision: int


class MailingSummary(Schema):
    """A mailing as lists show it."""

    id: int
    owner_id: UUID = Field(description="Whose it is: the `sub` of their access token.")
    name: str
    purpose: Purpose
    status: MailingStatus
    status_reason: StatusReason | None = Field(description="Why the system changed its status.")
    reason: str | None = Field(description="What a manager wrote who rejected or disabled it.")
    message_id: int | None = Field(description="Null where it is another's, or was deleted.")
    starts_at: UtcDatetime
    ends_at: UtcDatetime
    time_zone: str
    repeat: Repeat
    quiet_hours: QuietHoursChoice | None
    next_run_at: UtcDatetime | None
    runs_begun: Int32
    counts: dict[DeliveryState, int] = Field(description="Emails of all its runs by their state.")
    revision: Int32
    is_deleted: bool = Field(description="True only where staff still sees it.")
    created_at: UtcDatetime
    updated_at: UtcDatetime


class MailingRead(MailingSummary):
    """A whole mailing; another's without what only its owner sees."""

    list_ids: list[int] | None
    recipient_ids: list[int] | None
    audience: Audience | None = Field(
        description="Before a run begins; null once it is running, finished or final."
    )
    submitted: SubmittedMessage | None


class MailingPage(ListPage[MailingSummary]):
    """One page of mailings."""


def clock_time(text: str) -> time:
    """Return what is written as `22:00`."""
    return time.fromisoformat(text)
