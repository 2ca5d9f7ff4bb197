"""Addresses that get no email, and the links by which people leave."""

import uuid
from enum import StrEnum
from typing import ClassVar

from tortoise import fields
from tortoise.fields.db_defaults import Now
from tortoise.indexes import Index
from tortoise.migrations.constraints import UniqueConstraint
from tortoise.models import Model

from mailing_service.bounds import EMAIL_LENGTH


class SuppressionReason(StrEnum):
    """Why an address gets no email."""

    UNSUBSCRIBED = "unsubscribed"
    HARD_BOUNCE = "hard_bounce"
    SOFT_BOUNCES = "soft_bounces"
    COMPLAINT = "complaint"
    MANUAL = "manual"


class Suppression(Model):
    """An address that gets no email of an owner, or, without one, of anybody.

    It is known by the keyed hash of the canonical address, which outlives erasure; `email` is shown
    until then.
    """

    id = fields.BigIntField(primary_key=True, generated=True)
    owner_id: uuid.UUID | None = fields.UUIDField(null=True)
    email_hash: uuid.UUID = fields.UUIDField()
    email = fields.CharField(max_length=EMAIL_LENGTH, null=True)
    reason = fields.CharEnumField(SuppressionReason, max_length=16)
    created_by = fields.UUIDField(null=True)
    created_at = fields.DatetimeField(db_default=Now())

    class Meta:
        table = "suppressions"
        indexes: ClassVar[list[Index]] = [
            Index(fields=["owner_id", "id"], name="suppressions_order"),
            Index(fields=["email_hash"], name="suppressions_email_hash"),
        ]
        # UNIQUE NULLS NOT DISTINCT (owner_id, email_hash), made by hand in the migration.


class UnsubscribeToken(Model):
    """The random 128-bit value in the link of a pair of owner and address; never erased.

    `masked_email`, like a…@example.com, is what the page shows; it is null after erasure.
    """

    token: uuid.UUID = fields.UUIDField(primary_key=True, generated=False)
    owner_id: uuid.UUID = fields.UUIDField()
    email_hash: uuid.UUID = fields.UUIDField()
    masked_email = fields.CharField(max_length=EMAIL_LENGTH, null=True)
    created_at = fields.DatetimeField(db_default=Now())

    class Meta:
        table = "unsubscribe_tokens"
        constraints = (
            UniqueConstraint(fields=("owner_id", "email_hash"), name="unsubscribe_tokens_once"),
        )
