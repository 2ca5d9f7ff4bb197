"""Mailings, whom they go to, and their runs."""

import uuid
from enum import StrEnum
from typing import Any, ClassVar

from tortoise import fields
from tortoise.fields.db_defaults import Now
from tortoise.indexes import Index
from tortoise.migrations.constraints import UniqueConstraint
from tortoise.models import Model

from mailing_service.bounds import NAME_LENGTH, REASON_LENGTH
from mailing_service.models.messages import Message
from mailing_service.models.recipients import Recipient, RecipientList


class MailingStatus(StrEnum):
    """Where a mailing stands; `mailings.transitions` says what may follow."""

    DRAFT = "draft"
    AWAITING_APPROVAL = "awaiting_approval"
    REJECTED = "rejected"
    SCHEDULED = "scheduled"
    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    FINISHED_WITH_ERRORS = "finished_with_errors"
    FINISHED_EARLY = "finished_early"
    DISABLED = "disabled"
    EXPIRED = "expired"


class Purpose(StrEnum):
    """What a mailing is for."""

    INFORMING = "informing"
    KEEPING = "keeping"
    WARMING = "warming"


class Repeat(StrEnum):
    """How often a mailing runs, on the wall clock of its zone."""

    NONE = "none"
    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


class Mailing(Model):
    """A message, its recipients and a window of time.

    `starts_at` and `ends_at` are the window of the first run, in UTC; `wall_starts_at` and
    `wall_ends_at` are what the wall clock of `time_zone` shows then, which repeats go by.
    `next_run_at` is when the next run starts, and `next_ends_at` when its window ends; both are
    null where there is none. `lists_chosen` and `recipients_chosen` are how many its owner
    chose, some of which may be gone. `paused_from` is the status that resuming returns to, and
    `status_reason` why the system changed the status: see `mailings.reasons`. `reason` is what
    a manager wrote when they rejected or disabled it. `submitted` is the message as it was
    submitted; `approved` what the approval binds: the message's revision, the ids of lists and
    recipients, window, repetition and count. A deleted mailing leaves its owner's lists and
    stays for staff.
    """

    id = fields.BigIntField(primary_key=True, generated=True)
    owner_id: uuid.UUID = fields.UUIDField()
    name = fields.CharField(max_length=NAME_LENGTH)
    purpose = fields.CharEnumField(Purpose, max_length=16, default=Purpose.INFORMING)
    message: fields.ForeignKeyNullableRelation[Message] = fields.ForeignKeyField(
        "mailing.Message", related_name="mailings", null=True, on_delete=fields.OnDelete.SET_NULL
    )
    message_id: int | None
    starts_at = fields.DatetimeField()
    ends_at = fields.DatetimeField()
    wall_starts_at = fields.CharField(max_length=19, description="Like 2027-03-28T02:30:00.")
    wall_ends_at = fields.CharField(max_length=19, description="Like 2027-03-28T02:30:00.")
    time_zone = fields.CharField(max_length=64, default="UTC")
    repeat = fields.CharEnumField(Repeat, max_length=8, default=Repeat.NONE)
    quiet_from = fields.CharField(max_length=5, null=True, description="Wall time, like 22:00.")
    quiet_until = fields.CharField(max_length=5, null=True, description="Wall time, like 08:00.")
    next_run_at = fields.DatetimeField(null=True)
    next_ends_at = fields.DatetimeField(null=True)
    lists_chosen = fields.IntField(db_default=0)
    recipients_chosen = fields.IntField(db_default=0)
    runs_begun = fields.IntField(db_default=0)
    status = fields.CharEnumField(MailingStatus, max_length=20, default=MailingStatus.DRAFT)
    paused_from = fields.CharEnumField(MailingStatus, max_length=20, null=True)
    status_reason = fields.CharField(max_length=40, null=True)
    reason = fields.CharField(max_length=REASON_LENGTH, null=True)
    submitted: dict[str, Any] | None = fields.JSONField(null=True)
    approved: dict[str, Any] | None = fields.JSONField(null=True)
    revision = fields.IntField(db_default=1)
    deleted_at = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField(db_default=Now())
    updated_at = fields.DatetimeField(db_default=Now())

    class Meta:
        table = "mailings"
        indexes: ClassVar[list[Index]] = [
            Index(fields=["owner_id", "id"], name="mailings_of_owner"),
            Index(fields=["status", "id"], name="mailings_by_status"),
            Index(fields=["status", "next_run_at"], name="mailings_due"),
            Index(fields=["message_id"], name="mailings_message"),
        ]


class MailingList(Model):
    """A list that a mailing goes to."""

    id = fields.BigIntField(primary_key=True, generated=True)
    mailing: fields.ForeignKeyRelation[Mailing] = fields.ForeignKeyField(
        "mailing.Mailing", related_name="chosen_lists", on_delete=fields.OnDelete.CASCADE
    )
    mailing_id: int
    list: fields.ForeignKeyRelation[RecipientList] = fields.ForeignKeyField(
        "mailing.RecipientList", related_name="in_mailings", on_delete=fields.OnDelete.CASCADE
    )
    list_id: int

    class Meta:
        table = "mailing_lists"
        indexes: ClassVar[list[Index]] = [Index(fields=["list_id"], name="mailing_lists_list")]
        constraints = (
            UniqueConstraint(fields=("mailing_id", "list_id"), name="mailing_lists_once"),
        )


class MailingRecipient(Model):
    """A recipient whom a mailing goes to beside its lists."""

    id = fields.BigIntField(primary_key=True, generated=True)
    mailing: fields.ForeignKeyRelation[Mailing] = fields.ForeignKeyField(
        "mailing.Mailing", related_name="chosen_recipients", on_delete=fields.OnDelete.CASCADE
    )
    mailing_id: int
    recipient: fields.ForeignKeyRelation[Recipient] = fields.ForeignKeyField(
        "mailing.Recipient", related_name="in_mailings", on_delete=fields.OnDelete.CASCADE
    )
    recipient_id: int

    class Meta:
        table = "mailing_recipients"
        indexes: ClassVar[list[Index]] = [
            Index(fields=["recipient_id"], name="mailing_recipients_recipient")
        ]
        constraints = (
            UniqueConstraint(fields=("mailing_id", "recipient_id"), name="mailing_recipients_once"),
        )


class Run(Model):
    """One occurrence of a mailing, with the message frozen as it was at its start.

    `message` holds subject, preheader, body, language and the address for replies. The numbers of
    deliveries by state stand in `RunCount` and change in the transactions that change deliveries.
    `started_at` is when its deliveries were written: until then it has none.
    """

    id = fields.BigIntField(primary_key=True, generated=True)
    mailing: fields.ForeignKeyRelation[Mailing] = fields.ForeignKeyField(
        "mailing.Mailing", related_name="runs", on_delete=fields.OnDelete.CASCADE
    )
    mailing_id: int
    owner_id: uuid.UUID = fields.UUIDField()
    number = fields.IntField()
    message_id = fields.BigIntField(null=True, description="The message that was frozen.")
    message: dict[str, Any] = fields.JSONField()
    is_sending = fields.BooleanField(
        default=True, description="Whether workers may claim: false while paused, and at its end."
    )
    starts_at = fields.DatetimeField()
    ends_at = fields.DatetimeField()
    started_at = fields.DatetimeField(default=None, null=True)
    finished_at = fields.DatetimeField(null=True)
    total = fields.BigIntField(db_default=0)
    has_addresses = fields.BooleanField(
        default=True, description="False once its deliveries have lost their addresses to age."
    )

    class Meta:
        table = "runs"
        indexes: ClassVar[list[Index]] = [
            Index(fields=["owner_id", "id"], name="runs_of_owner"),
            Index(fields=["message_id"], name="runs_message"),
            Index(fields=["finished_at", "ends_at"], name="runs_open"),
        ]
        constraints = (UniqueConstraint(fields=("mailing_id", "number"), name="runs_number_once"),)
