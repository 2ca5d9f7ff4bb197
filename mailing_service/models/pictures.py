"""Pictures whose files are kept."""

import uuid
from typing import ClassVar

from tortoise import fields
from tortoise.fields.db_defaults import Now
from tortoise.indexes import Index
from tortoise.models import Model

from mailing_service.bounds import COVER_LENGTH


class Picture(Model):
    """A picture, written once its files are; files of which there is none are swept.

    `unused_since` is when no article was found to show it any more.
    """

    name = fields.CharField(primary_key=True, generated=False, max_length=COVER_LENGTH)
    created_by: uuid.UUID | None = fields.UUIDField(null=True)
    created_at = fields.DatetimeField(db_default=Now())
    unused_since = fields.DatetimeField(null=True)

    class Meta:
        table = "pictures"
        indexes: ClassVar[list[Index]] = [Index(fields=["unused_since"], name="pictures_unused")]
