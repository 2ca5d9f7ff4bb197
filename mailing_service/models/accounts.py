"""What auth's feed says of people."""

from typing import ClassVar

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.indexes import Index, PartialIndex
from tortoise.models import Model

from mailing_service.bounds import EMAIL_LENGTH, FULL_NAME_LENGTH
from shared.account_feed.models import FeedPosition


class Account(Model):
    """A person as auth knows them; `email` is their verified address, or null.

    An erased account keeps its row, without personal data. What they left in other tables is
    removed after `erased_at`, and once more when their last access token has ended: until then it
    is `to_clear`. `copy_number` is that of the copy of all accounts that brought it last.
    """

    id = fields.UUIDField(primary_key=True, generated=False)
    full_name = fields.CharField(max_length=FULL_NAME_LENGTH, default="")
    email = fields.CharField(max_length=EMAIL_LENGTH, null=True)
    language = fields.CharField(max_length=2, default="en")
    time_zone = fields.CharField(max_length=64, default="UTC")
    roles: list[str] = ArrayField(element_type="text", default=list)
    is_blocked = fields.BooleanField(default=False)
    erased_at = fields.DatetimeField(null=True)
    to_clear = fields.BooleanField(default=False)
    cleared_at = fields.DatetimeField(null=True)
    copy_number = fields.IntField(default=0)

    class Meta:
        table = "accounts"
        indexes: ClassVar[list[Index]] = [
            Index(fields=["copy_number"], name="accounts_copy_number"),
            PartialIndex(
                fields=["erased_at"], name="accounts_to_clear", condition={"to_clear": True}
            ),
        ]


class AccountPosition(FeedPosition):
    """How far the feed is read, and by which process."""

    class Meta:
        table = "account_position"
