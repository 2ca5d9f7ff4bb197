"""What is written to recipients."""

import uuid
from typing import ClassVar

from tortoise import fields
from tortoise.fields.db_defaults import Now
from tortoise.indexes import Index
from tortoise.models import Model

from mailing_service.bounds import PREHEADER_LENGTH, SUBJECT_LENGTH


class Message(Model):
    """A subject and a body in Markdown; `revision` rises with every change."""

    id = fields.BigIntField(primary_key=True, generated=True)
    owner_id: uuid.UUID = fields.UUIDField()
    subject = fields.CharField(max_length=SUBJECT_LENGTH)
    preheader = fields.CharField(max_length=PREHEADER_LENGTH, default="")
    body = fields.TextField()
    language = fields.CharField(max_length=2, default="en")
    revision = fields.IntField(db_default=1)
    created_at = fields.DatetimeField(db_default=Now())
    updated_at = fields.DatetimeField(db_default=Now())

    class Meta:
        table = "messages"
        indexes: ClassVar[list[Index]] = [Index(fields=["owner_id", "id"], name="messages_order")]
