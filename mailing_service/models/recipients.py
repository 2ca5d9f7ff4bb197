"""Recipients, and the lists that they stand in."""

import uuid
from typing import ClassVar

from tortoise import fields
from tortoise.fields.db_defaults import Now
from tortoise.indexes import Index
from tortoise.migrations.constraints import UniqueConstraint
from tortoise.models import Model

from mailing_service.bounds import (
    COMMENT_LENGTH,
    EMAIL_LENGTH,
    FULL_NAME_LENGTH,
    NAME_LENGTH,
    SEARCHABLE_LENGTH,
)


class Recipient(Model):
    """A person whom an owner writes to; one for each canonical address of an owner.

    `email` is what emails go to; `canonical_email` is what addresses are compared by, and
    `email_hash` its keyed hash, by which suppressions are found.
    `custom_fields` has up to ten named texts. `comment` is a private note: no email shows it.
    """

    id = fields.BigIntField(primary_key=True, generated=True)
    owner_id: uuid.UUID = fields.UUIDField()
    email = fields.CharField(max_length=EMAIL_LENGTH)
    canonical_email = fields.CharField(max_length=EMAIL_LENGTH)
    email_hash: uuid.UUID = fields.UUIDField()
    full_name = fields.CharField(max_length=FULL_NAME_LENGTH, default="")
    searchable = fields.CharField(max_length=SEARCHABLE_LENGTH, default="")
    comment = fields.CharField(max_length=COMMENT_LENGTH, default="")
    custom_fields: dict[str, str] = fields.JSONField(default=dict)
    created_at = fields.DatetimeField(db_default=Now())
    updated_at = fields.DatetimeField(db_default=Now())

    class Meta:
        table = "recipients"
        indexes: ClassVar[list[Index]] = [
            Index(fields=["owner_id", "id"], name="recipients_order"),
            Index(fields=["email_hash"], name="recipients_email_hash"),
        ]
        constraints = (
            # Its index, made by hand, serves the beginning of an address, too (text_pattern_ops).
            UniqueConstraint(
                fields=("owner_id", "canonical_email"), name="recipients_one_an_address"
            ),
        )


class AddressCount(Model):
    """How many different addresses have a hash of this first byte, from `lowest` to `highest`.

    There are 256. It is right unless there is an AddressChange of the same byte.
    """

    first_byte = fields.SmallIntField(primary_key=True, generated=False)
    lowest: uuid.UUID = fields.UUIDField()
    highest: uuid.UUID = fields.UUIDField()
    addresses = fields.BigIntField()

    class Meta:
        table = "address_counts"


class AddressChange(Model):
    """A mark: of the hashes of this first byte some came or went that are not counted yet.

    Triggers of the migration write it, in the transaction of the change.
    """

    id = fields.BigIntField(primary_key=True, generated=True)
    first_byte = fields.SmallIntField()

    class Meta:
        table = "address_changes"
        indexes: ClassVar[list[Index]] = [
            Index(fields=["first_byte"], name="address_changes_first_byte")
        ]


class RecipientWord(Model):
    """A word of a recipient's name, or their whole address, by whose beginning they are found.

    A trigger of the migration writes these rows, so no writer of recipients can forget them.
    """

    id = fields.BigIntField(primary_key=True, generated=True)
    owner_id: uuid.UUID = fields.UUIDField()
    word = fields.CharField(max_length=SEARCHABLE_LENGTH)
    recipient: fields.ForeignKeyRelation[Recipient] = fields.ForeignKeyField(
        "mailing.Recipient", related_name="words", on_delete=fields.OnDelete.CASCADE
    )
    recipient_id: int

    class Meta:
        table = "recipient_words"
        # An index on owner, word and recipient, made by hand, serves the beginnings of words.
        indexes: ClassVar[list[Index]] = [
            Index(fields=["recipient_id"], name="recipient_words_recipient")
        ]


class RecipientList(Model):
    """A named list of recipients."""

    id = fields.BigIntField(primary_key=True, generated=True)
    owner_id: uuid.UUID = fields.UUIDField()
    name = fields.CharField(max_length=NAME_LENGTH)
    created_at = fields.DatetimeField(db_default=Now())
    updated_at = fields.DatetimeField(db_default=Now())

    class Meta:
        table = "recipient_lists"
        indexes: ClassVar[list[Index]] = [
            Index(fields=["owner_id", "id"], name="recipient_lists_order")
        ]
        constraints = (
            UniqueConstraint(fields=("owner_id", "name"), name="recipient_lists_name_once"),
        )


class ListMember(Model):
    """A recipient in a list."""

    id = fields.BigIntField(primary_key=True, generated=True)
    list: fields.ForeignKeyRelation[RecipientList] = fields.ForeignKeyField(
        "mailing.RecipientList", related_name="members", on_delete=fields.OnDelete.CASCADE
    )
    list_id: int
    recipient: fields.ForeignKeyRelation[Recipient] = fields.ForeignKeyField(
        "mailing.Recipient", related_name="memberships", on_delete=fields.OnDelete.CASCADE
    )
    recipient_id: int

    class Meta:
        table = "list_members"
        indexes: ClassVar[list[Index]] = [
            Index(fields=["recipient_id"], name="list_members_recipient")
        ]
        constraints = (
            UniqueConstraint(fields=("list_id", "recipient_id"), name="list_members_once"),
        )
