"""What the workers share: mail servers, rates, quotas, and whether anything is sent."""

import uuid
from typing import Any, ClassVar

from tortoise import fields
from tortoise.fields.db_defaults import Now, SqlDefault
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from mailing_service.bounds import EMAIL_LENGTH, RESPONSE_LENGTH
from mailing_service.models.deliveries import DeliveryState


class SendingState(Model):
    """The one row that stops all workers: `held_at` is set by a restore and by `hold`."""

    id = fields.SmallIntField(primary_key=True, generated=False, default=1)
    held_at = fields.DatetimeField(null=True)

    class Meta:
        table = "sending_state"
        constraints = (CheckConstraint(check="id = 1", name="sending_state_one_row"),)


class MailServerState(Model):
    """The circuit breaker and the rate of one mail server, for all workers.

    `opened_at` is since when the breaker has not been closed.
    """

    name = fields.CharField(max_length=255, primary_key=True, generated=False)
    failures = fields.IntField(db_default=0)
    open_until = fields.DatetimeField(null=True)
    opened_at = fields.DatetimeField(null=True)
    last_error = fields.CharField(max_length=500, null=True)
    tokens = fields.FloatField(db_default=0)
    tokens_at = fields.DatetimeField(null=True)

    class Meta:
        table = "mail_servers"


class DomainRate(Model):
    """The rate of one recipient domain, and the one worker that sends to it until `leased_until`.

    `failures` counts temporary refusals in a row; until `slow_until` nothing is sent there.
    """

    id = fields.BigIntField(primary_key=True, generated=True)
    domain = fields.CharField(max_length=254, unique=True)
    tokens = fields.FloatField(db_default=0)
    tokens_at = fields.DatetimeField(null=True)
    failures = fields.IntField(db_default=0)
    slow_until = fields.DatetimeField(null=True)
    leased_by: uuid.UUID | None = fields.UUIDField(null=True)
    leased_until = fields.DatetimeField(null=True)

    class Meta:
        table = "domain_rates"


class OwnerDay(Model):
    """How many emails an owner has sent on a day (UTC)."""

    id = fields.BigIntField(primary_key=True, generated=True)
    owner_id: uuid.UUID = fields.UUIDField()
    day = fields.DateField()
    emails = fields.IntField(db_default=0)

    class Meta:
        table = "owner_days"
        constraints = (UniqueConstraint(fields=("owner_id", "day"), name="owner_days_once"),)


class Worker(Model):
    """A worker that lives: it writes `seen_at` every few seconds, and goes when it ends."""

    id: uuid.UUID = fields.UUIDField(primary_key=True, generated=False)
    started_at = fields.DatetimeField()
    seen_at = fields.DatetimeField()

    class Meta:
        table = "workers"


class MessageTest(Model):
    """A test email of a message to its owner, which a worker sends as it sends all others.

    Write owner_id, email (the owner's verified address), message (as `Run.message`) and values
    (those of the fields); the rest has defaults. It waits in `state` pending until `expires_at`.
    """

    id = fields.BigIntField(primary_key=True, generated=True)
    owner_id: uuid.UUID = fields.UUIDField()
    email = fields.CharField(max_length=EMAIL_LENGTH)
    message: dict[str, Any] = fields.JSONField()
    values: dict[str, str] = fields.JSONField(default=dict)
    state = fields.CharEnumField(DeliveryState, max_length=10, default=DeliveryState.PENDING)
    attempts = fields.IntField(db_default=0)
    next_try_at = fields.DatetimeField(db_default=SqlDefault("'epoch'"))
    leased_by: uuid.UUID | None = fields.UUIDField(null=True)
    leased_until = fields.DatetimeField(null=True)
    code = fields.IntField(null=True, description="The mail server's last reply code.")
    response = fields.CharField(max_length=RESPONSE_LENGTH, null=True)
    created_at = fields.DatetimeField(db_default=Now())
    expires_at = fields.DatetimeField()

    class Meta:
        table = "message_tests"
        indexes: ClassVar[list[Index]] = [
            Index(fields=["state", "next_try_at"], name="message_tests_due"),
            Index(fields=["owner_id", "id"], name="message_tests_of_owner"),
        ]
