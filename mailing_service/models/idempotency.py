"""Requests that are done once."""

from typing import ClassVar

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import UniqueConstraint
from tortoise.models import Model

from shared import clock


class IdempotencyKey(Model):
    """A request that must not be done twice, and the response that its first time got."""

    id = fields.BigIntField(primary_key=True, generated=True)
    owner_id = fields.UUIDField()
    key = fields.CharField(max_length=255)
    request_hash = fields.BinaryField(description="SHA-256 of method, path and body.")
    response = fields.TextField(null=True, description="The response's body, once there is one.")
    created_at = fields.DatetimeField(default=clock.now)

    class Meta:
        table = "idempotency_keys"
        indexes: ClassVar[list[Index]] = [
            Index(fields=["created_at"], name="idempotency_keys_created_at")
        ]
        constraints = (UniqueConstraint(fields=("owner_id", "key"), name="idempotency_keys_once"),)
