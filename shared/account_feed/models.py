"""How far a service has read the feed; each service has a table of one row for it."""

import uuid

from tortoise import fields
from tortoise.models import Model


class FeedPosition(Model):
    """The cursor of all processes of a service, and the lease of the one that reads.

    `copied_at` is when the copy of all accounts was complete, null until then; `news_at` is the
    moment up to which everything that was committed is known.
    """

    id = fields.SmallIntField(primary_key=True, generated=False, default=1)
    cursor = fields.CharField(max_length=200, default="", db_default="")
    copy_number = fields.IntField(default=0, db_default=0)
    copied_at = fields.DatetimeField(null=True)
    news_at = fields.DatetimeField(null=True)
    leased_by: uuid.UUID | None = fields.UUIDField(null=True)
    leased_until = fields.DatetimeField(null=True)

    class Meta:
        abstract = True
