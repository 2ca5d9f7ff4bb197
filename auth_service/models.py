"""Users, their sessions, and the keys that sign for them."""

import uuid
from typing import Any, ClassVar

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from shared import clock
from shared.tokens import Role


class User(Model):
    """A person who can sign in by email or by phone; both are stored in their canonical form."""

    id = fields.UUIDField(primary_key=True, default=uuid.uuid4)
    full_name = fields.CharField(max_length=200)
    email = fields.CharField(max_length=254, unique=True)
    phone = fields.CharField(max_length=12, unique=True)
    password_hash = fields.CharField(max_length=255)
    roles: list[str] = ArrayField(element_type="text", default=lambda: [Role.USER.value])
    is_active = fields.BooleanField(default=True)
    is_email_verified = fields.BooleanField(default=False)
    password_change_required = fields.BooleanField(default=False)
    token_version = fields.IntField(default=1)
    created_at = fields.DatetimeField(default=clock.now)
    updated_at = fields.DatetimeField(default=clock.now)

    class Meta:
        table = "users"
        constraints: ClassVar[list[CheckConstraint]] = [
            CheckConstraint(name="users_email_canonical", check="email = lower(email)"),
            CheckConstraint(name="users_phone_canonical", check="phone ~ '^[+]7[0-9]{10}$'"),
            CheckConstraint(
                name="users_roles_known",
                check="roles <@ ARRAY['user', 'manager', 'admin'] AND cardinality(roles) > 0",
            ),
        ]


class Session(Model):
    """One sign-in on one device: the family of refresh tokens that grew out of it.

    For the grace period after a rotation the newest refresh token is kept here, sealed under
    the one that it replaced.
    """

    id = fields.UUIDField(primary_key=True, default=uuid.uuid4)
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "auth.User", related_name="sessions", on_delete=fields.OnDelete.CASCADE
    )
    user_id: uuid.UUID
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
        unique_together = (("session", "generation"),)


class SigningKey(Model):
    """A key that signs access tokens; its private half is sealed with the service's secrets."""

    kid = fields.CharField(max_length=43, primary_key=True)
    state = fields.CharField(max_length=8)
    sealed_private_key = fields.BinaryField()
    public_jwk: dict[str, Any] = fields.JSONField()
    created_at = fields.DatetimeField(default=clock.now)

    class Meta:
        table = "signing_keys"
        constraints: ClassVar[list[UniqueConstraint]] = [
            UniqueConstraint(
                fields=("state",), name="signing_keys_one_current", condition="state = 'current'"
            )
        ]
