"""Deliveries: one email of one run to one recipient, its attempts, and how many there are."""

import uuid
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.fields.db_defaults import Now, SqlDefault
from tortoise.indexes import Index, PartialIndex
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from mailing_service.bounds import EMAIL_LENGTH, RESPONSE_LENGTH
from mailing_service.models.mailings import Run


class DeliveryState(StrEnum):
    """Where a delivery stands; `deliveries.transitions` says what may follow."""

    PENDING = "pending"
    CLAIMED = "claimed"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNCERTAIN = "uncertain"
    EXPIRED = "expired"
    SUPPRESSED = "suppressed"


class Delivery(Model):
    """An email of a run to a recipient: one for each pair.

    `recipient_id` is no foreign key: a delivery outlives its recipient. `email` is null after
    erasure, while `email_hash` stays: 128 bits of the keyed hash of the canonical address.
    `attempts` counts attempts that were used. `next_try_at` is the epoch until an attempt failed:
    new deliveries come before those that are tried again. `leased_by` names the worker that has
    claimed it until `leased_until`. Only `deliveries.moving` changes the state.
    """

    id = fields.BigIntField(primary_key=True, generated=True)
    run: fields.ForeignKeyRelation[Run] = fields.ForeignKeyField(
        "mailing.Run", related_name="deliveries", on_delete=fields.OnDelete.CASCADE
    )
    run_id: int
    mailing_id = fields.BigIntField()
    owner_id: uuid.UUID = fields.UUIDField()
    recipient_id = fields.BigIntField()
    email = fields.CharField(max_length=EMAIL_LENGTH, null=True)
    email_hash: uuid.UUID = fields.UUIDField()
    domain = fields.CharField(max_length=EMAIL_LENGTH)
    state = fields.CharEnumField(DeliveryState, max_length=10, default=DeliveryState.PENDING)
    state_reason = fields.CharField(max_length=40, null=True)
    attempts = fields.IntField(db_default=0)
    next_try_at = fields.DatetimeField(db_default=SqlDefault("'epoch'"))
    leased_until = fields.DatetimeField(null=True)
    leased_by = fields.UUIDField(null=True)
    code = fields.IntField(null=True, description="The mail server's last reply code.")
    response = fields.CharField(max_length=RESPONSE_LENGTH, null=True)
    changed_at = fields.DatetimeField(db_default=Now())

    class Meta:
        table = "deliveries"
        indexes: ClassVar[list[Index]] = [
            PartialIndex(
                fields=["run_id", "next_try_at", "id"],
                name="deliveries_pending",
                condition={"state": "pending"},
            ),
            PartialIndex(
                fields=["run_id", "domain", "next_try_at", "id"],
                name="deliveries_pending_of_domain",
                condition={"state": "pending"},
            ),
            Index(fields=["mailing_id", "id"], name="deliveries_of_mailing"),
            Index(fields=["mailing_id", "state", "id"], name="deliveries_by_state"),
            Index(fields=["email_hash"], name="deliveries_email_hash"),
        ]
        constraints = (UniqueConstraint(fields=("run_id", "recipient_id"), name="deliveries_once"),)


class AttemptOutcome(StrEnum):
    """How an attempt ended."""

    SENT = "sent"
    TEMPORARY = "temporary_failure"
    PERMANENT = "permanent_failure"
    UNCERTAIN = "uncertain"


class Attempt(Model):
    """One attempt to hand a delivery to a mail server, with the server's response."""

    id = fields.BigIntField(primary_key=True, generated=True)
    delivery: fields.ForeignKeyRelation[Delivery] = fields.ForeignKeyField(
        "mailing.Delivery", related_name="attempt_rows", on_delete=fields.OnDelete.CASCADE
    )
    delivery_id: int
    at = fields.DatetimeField()
    outcome = fields.CharEnumField(AttemptOutcome, max_length=20)
    code = fields.IntField(null=True)
    response = fields.CharField(max_length=RESPONSE_LENGTH)
    duration_ms = fields.IntField()
    server = fields.CharField(max_length=255)

    class Meta:
        table = "attempts"
        indexes: ClassVar[list[Index]] = [
            Index(fields=["delivery_id", "id"], name="attempts_of_delivery"),
            Index(fields=["at"], name="attempts_at"),
        ]


class RunCount(Model):
    """How many deliveries of a run are in a state: equal to a count of rows at every moment."""

    id = fields.BigIntField(primary_key=True, generated=True)
    run: fields.ForeignKeyRelation[Run] = fields.ForeignKeyField(
        "mailing.Run", related_name="counts", on_delete=fields.OnDelete.CASCADE
    )
    run_id: int
    state = fields.CharEnumField(DeliveryState, max_length=10)
    count = fields.BigIntField(db_default=0)

    class Meta:
        table = "run_counts"
        constraints = (
            UniqueConstraint(fields=("run_id", "state"), name="run_counts_once"),
            CheckConstraint(check="count >= 0", name="run_counts_not_negative"),
        )


class HourCount(Model):
    """How many attempts of a run ended so in an hour, for plots."""

    id = fields.BigIntField(primary_key=True, generated=True)
    run: fields.ForeignKeyRelation[Run] = fields.ForeignKeyField(
        "mailing.Run", related_name="hours", on_delete=fields.OnDelete.CASCADE
    )
    run_id: int
    hour = fields.DatetimeField()
    outcome = fields.CharEnumField(AttemptOutcome, max_length=20)
    count = fields.BigIntField(db_default=0)

    class Meta:
        table = "hour_counts"
        constraints = (
            UniqueConstraint(fields=("run_id", "hour", "outcome"), name="hour_counts_once"),
        )


class CountChange(Model):
    """What a transaction adds to the counts of runs and hours when it commits; no row stays.

    A deferred trigger adds it in the order of the arrays and removes the row. So a worker locks
    counts for no longer than PostgreSQL takes to commit, however busy the worker is.
    """

    id = fields.BigIntField(primary_key=True, generated=True)
    run_ids: list[int] = ArrayField(element_type="bigint")
    states: list[str] = ArrayField(element_type="text")
    deliveries: list[int] = ArrayField(element_type="bigint")
    hour_run_ids: list[int] = ArrayField(element_type="bigint")
    hours: list[datetime] = ArrayField(element_type="timestamptz")
    outcomes: list[str] = ArrayField(element_type="text")
    attempts: list[int] = ArrayField(element_type="bigint")

    class Meta:
        table = "count_changes"
