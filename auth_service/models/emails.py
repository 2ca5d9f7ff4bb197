"""Emails to be sent, what they ask to confirm, and what became of them."""

import uuid
from typing import ClassVar

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from auth_service.models.accounts import User
from shared import clock


class Confirmation(Model):
    """Something a person must confirm with what a letter brought: a code, a link token, or both.

    Both are known by their digests only, are good for one use, and for one purpose.
    """

    id = fields.UUIDField(primary_key=True, default=uuid.uuid4)
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "auth.User", related_name="confirmations", on_delete=fields.OnDelete.CASCADE
    )
    user_id: uuid.UUID
    purpose = fields.CharField(max_length=16)
    email = fields.CharField(max_length=254)
    code_digest = fields.CharField(max_length=64, null=True)
    code_expires_at = fields.DatetimeField(null=True)
    tries_left = fields.IntField(default=0)
    token_digest = fields.CharField(max_length=64, null=True, unique=True)
    token_expires_at = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField(default=clock.now)
    used_at = fields.DatetimeField(null=True)

    class Meta:
        table = "confirmations"
        indexes: ClassVar[list[Index]] = [
            Index(fields=("user_id", "purpose", "created_at"), name="confirmations_user"),
        ]


class OutboxEmail(Model):
    """An email to be sent, written in the transaction of its cause; sealed, and gone once sent.

    Table and indexes keep the name of before, which the version before still uses.
    """

    id = fields.BigIntField(primary_key=True)
    user_id: uuid.UUID | None = fields.UUIDField(null=True)
    kind = fields.CharField(max_length=24)
    sealed_content = fields.BinaryField(null=True)
    created_at = fields.DatetimeField(default=clock.now)
    next_try_at = fields.DatetimeField(null=True, default=clock.now)
    tries = fields.IntField(default=0)
    sent_at = fields.DatetimeField(null=True)
    given_up_at = fields.DatetimeField(null=True)

    class Meta:
        table = "letters"
        indexes: ClassVar[list[Index]] = [
            Index(fields=("next_try_at",), name="letters_next_try_at"),
        ]


class EmailAttempt(Model):
    """One try to hand an email to the mail server, with what that replied; goes with its email."""

    id = fields.BigIntField(primary_key=True)
    email: fields.ForeignKeyRelation[OutboxEmail] = fields.ForeignKeyField(
        "auth.OutboxEmail", related_name="attempts", on_delete=fields.OnDelete.CASCADE
    )
    email_id: int
    at = fields.DatetimeField(default=clock.now)
    outcome = fields.CharField(max_length=16)
    code: int | None = fields.SmallIntField(null=True)
    text = fields.CharField(max_length=500, default="")
    cause = fields.CharField(max_length=100, default="")
    duration_ms = fields.IntField()

    class Meta:
        table = "email_attempts"
        indexes: ClassVar[list[Index]] = [
            Index(fields=("email_id", "at"), name="email_attempts_email"),
        ]


class EmailRequest(Model):
    """An email that was asked for by a name that may be nobody's; gone once it is worked off."""

    id = fields.BigIntField(primary_key=True)
    sealed_content = fields.BinaryField()
    created_at = fields.DatetimeField(default=clock.now)
    next_try_at = fields.DatetimeField(default=clock.now)

    class Meta:
        table = "email_requests"
        indexes: ClassVar[list[Index]] = [
            Index(fields=("next_try_at",), name="email_requests_next_try_at"),
        ]
