"""The audit log."""

import uuid
from typing import Any, ClassVar

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from shared import clock


class AuditEvent(Model):
    """Something that happened to an account or was tried; rows are added, and never changed."""

    id = fields.BigIntField(primary_key=True)
    at = fields.DatetimeField(default=clock.now)
    event = fields.CharField(max_length=40)
    succeeded = fields.BooleanField()
    actor_id: uuid.UUID | None = fields.UUIDField(null=True)
    subject_id: uuid.UUID | None = fields.UUIDField(null=True)
    session_id: uuid.UUID | None = fields.UUIDField(null=True)
    address = fields.CharField(max_length=45, default="")
    user_agent = fields.CharField(max_length=300, default="")
    request_id = fields.CharField(max_length=64, default="")
    details: dict[str, Any] = fields.JSONField(default=dict)

    class Meta:
        table = "audit_events"
        indexes: ClassVar[list[Index]] = [
            Index(fields=("at", "id"), name="audit_events_at"),
            Index(fields=("subject_id", "id"), name="audit_events_subject"),
            Index(fields=("actor_id", "id"), name="audit_events_actor"),
            Index(fields=("event", "id"), name="audit_events_event"),
        ]
