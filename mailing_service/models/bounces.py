"""Emails that came back."""

import uuid
from enum import StrEnum
from typing import ClassVar

from tortoise import fields
from tortoise.fields.db_defaults import Now
from tortoise.indexes import Index
from tortoise.models import Model


class BounceKind(StrEnum):
    """Whether an address is gone, or was out of reach."""

    HARD = "hard"
    SOFT = "soft"


class Bounce(Model):
    """A report about a delivery; `fingerprint` lets a replay count once."""

    id = fields.BigIntField(primary_key=True, generated=True)
    delivery_id = fields.BigIntField()
    owner_id = fields.UUIDField()
    email_hash: uuid.UUID = fields.UUIDField()
    kind = fields.CharEnumField(BounceKind, max_length=4)
    fingerprint: uuid.UUID = fields.UUIDField(unique=True)
    at = fields.DatetimeField(db_default=Now())

    class Meta:
        table = "bounces"
        indexes: ClassVar[list[Index]] = [
            Index(fields=["owner_id", "email_hash", "at"], name="bounces_of_address"),
            Index(fields=["delivery_id"], name="bounces_delivery"),
        ]
