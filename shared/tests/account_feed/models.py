"""The tables of a service that follows accounts."""

from tortoise import fields
from tortoise.models import Model

from shared.account_feed.models import FeedPosition


class Position(FeedPosition):
    """As each service has one."""

    class Meta:
        table = "position"


class Known(Model):
    """What is known of an account."""

    id = fields.UUIDField(primary_key=True)
    full_name = fields.CharField(max_length=200)
    copy_number = fields.IntField()

    class Meta:
        table = "known"
