"""What is counted of tries, and when it will have leaked away."""

from typing import ClassVar

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from shared import clock


class Throttle(Model):
    """What the version before counts tries in; a later migration drops it."""

    key = fields.CharField(max_length=120, primary_key=True)
    tries = fields.IntField(default=0)
    blocked_until = fields.DatetimeField(null=True)
    updated_at = fields.DatetimeField(default=clock.now)

    class Meta:
        table = "throttles"
        indexes: ClassVar[list[Index]] = [
            Index(fields=("updated_at",), name="throttles_updated_at"),
        ]


class RateLimit(Model):
    """When what was counted under a key will have leaked away, and how many tries are under way."""

    key = fields.CharField(max_length=120, primary_key=True)
    drained_at = fields.DatetimeField()
    pending = fields.IntField(default=0)
    pending_until = fields.DatetimeField()

    class Meta:
        table = "rate_limits"
        indexes: ClassVar[list[Index]] = [
            Index(fields=("drained_at",), name="rate_limits_drained_at"),
        ]
