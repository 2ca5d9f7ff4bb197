"""Sessions, their refresh tokens, and the devices they were begun at."""

import uuid
from typing import ClassVar

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from auth_service.models.accounts import User
from shared import clock


class Session(Model):
    """One sign-in on one device: the family of refresh tokens that grew out of it.

    For the grace period after a rotation the newest refresh token is kept here, sealed under
    the one that it replaced. `user_agent` and `address` are those of the sign-in, `last_…` those of
    the newest refresh.
    """

    id = fields.UUIDField(primary_key=True, default=uuid.uuid4)
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "auth.User", related_name="sessions", on_delete=fields.OnDelete.CASCADE
    )
    user_id: uuid.UUID
    user_agent = fields.CharField(max_length=300, default="", db_default="")
    address = fields.CharField(max_length=45, default="", db_default="")
    last_user_agent = fields.CharField(max_length=300, default="", db_default="")
    last_address = fields.CharField(max_length=45, default="", db_default="")
    device_id: uuid.UUID | None = fields.UUIDField(null=True)
    created_at = fields.DatetimeField(default=clock.now)
    last_used_at = fields.DatetimeField(default=clock.now)
    expires_at = fields.DatetimeField()
    ended_at = fields.DatetimeField(null=True)
    ended_because = fields.CharField(max_length=40, null=True)
    sealed_successor = fields.BinaryField(null=True)
    sealed_until = fields.DatetimeField(null=True)

    class Meta:
        table = "sessions"
        indexes: ClassVar[list[Index]] = [
            Index(fields=("user_id",), name="sessions_user"),
            Index(fields=("sealed_until",), name="sessions_sealed_until"),
            Index(fields=("ended_at",), name="sessions_ended_at"),
            Index(fields=("last_used_at",), name="sessions_last_used_at"),
        ]


class RefreshToken(Model):
    """One generation of a session's refresh token; the token itself is never stored."""

    digest = fields.CharField(max_length=64, primary_key=True)
    session: fields.ForeignKeyRelation[Session] = fields.ForeignKeyField(
        "auth.Session", related_name="refresh_tokens", on_delete=fields.OnDelete.CASCADE
    )
    session_id: uuid.UUID
    generation = fields.IntField()
    created_at = fields.DatetimeField(default=clock.now)
    used_at = fields.DatetimeField(null=True)

    class Meta:
        table = "refresh_tokens"
        indexes: ClassVar[list[Index]] = [
            Index(fields=("used_at",), name="refresh_tokens_used_at"),
        ]
        unique_together = (("session", "generation"),)


class Device(Model):
    """A device at which a person has signed in; its token is known by its digest only.

    One that a link let in and nobody has signed in at yet expires within minutes.
    """

    id = fields.UUIDField(primary_key=True, default=uuid.uuid4)
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "auth.User", related_name="devices", on_delete=fields.OnDelete.CASCADE
    )
    user_id: uuid.UUID
    digest = fields.CharField(max_length=64, unique=True)
    created_at = fields.DatetimeField(default=clock.now)
    expires_at = fields.DatetimeField()

    class Meta:
        table = "devices"
        indexes: ClassVar[list[Index]] = [
            Index(fields=("user_id", "expires_at"), name="devices_user"),
            Index(fields=("expires_at",), name="devices_expires_at"),
        ]
