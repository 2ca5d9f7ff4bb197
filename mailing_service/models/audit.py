"""Who did what to whose mailing."""

from typing import Any, ClassVar

from tortoise import fields
from tortoise.fields.db_defaults import Now
from tortoise.indexes import Index
from tortoise.models import Model


class AuditEvent(Model):
    """Something that happened; what is written stays."""

    id = fields.BigIntField(primary_key=True, generated=True)
    at = fields.DatetimeField(db_default=Now())
    event = fields.CharField(max_length=40)
    actor_id = fields.UUIDField(null=True, description="Null where the system did it.")
    owner_id = fields.UUIDField(null=True)
    mailing_id = fields.BigIntField(null=True)
    address = fields.CharField(max_length=45, null=True)
    user_agent = fields.CharField(max_length=500, null=True)
    request_id = fields.CharField(max_length=64, null=True)
    details: dict[str, Any] = fields.JSONField(default=dict)

    class Meta:
        table = "audit_events"
        indexes: ClassVar[list[Index]] = [
            Index(fields=["at", "id"], name="audit_events_order"),
            Index(fields=["owner_id", "at", "id"], name="audit_events_owner"),
            Index(fields=["mailing_id", "at", "id"], name="audit_events_mailing"),
        ]
