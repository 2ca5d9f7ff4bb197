"""Users, their sessions, and what signing in and staying trusted takes."""

import uuid
from typing import Any, ClassVar

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.contrib.postgres.indexes import GinIndex
from tortoise.indexes import Index, PartialIndex
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from auth_service.words import searchable
from shared import clock
from shared.tokens import Role

SEARCHABLE_LENGTH = 400


class User(Model):
    """A person who can sign in by email or by phone; both are stored in their canonical form.

    `language` is what the person chose, or else what the browser asked for at registration.
    `token_version` rises whenever tokens issued before must no longer be honoured. An archived
    account is a row without personal data, so that its id is never given to anyone else.
    `searchable_name` is the name as `words` folds it; empty where the version before wrote
    the name, until `accounts.folding` comes by.
    """

    id = fields.UUIDField(primary_key=True, default=uuid.uuid4)
    full_name = fields.CharField(max_length=200)
    searchable_name = fields.CharField(max_length=SEARCHABLE_LENGTH, default="", db_default="")
    email = fields.CharField(max_length=254, unique=True, null=True)
    phone = fields.CharField(max_length=12, unique=True, null=True)
    language = fields.CharField(max_length=2, default="en", db_default="en")
    is_language_chosen = fields.BooleanField(default=False, db_default=False)
    time_zone = fields.CharField(max_length=64, default="UTC", db_default="UTC")
    password_hash = fields.CharField(max_length=255)
    roles: list[str] = ArrayField(element_type="text", default=lambda: [Role.USER.value])
    is_active = fields.BooleanField(default=True)
    is_email_verified = fields.BooleanField(default=False)
    password_change_required = fields.BooleanField(default=False)
    token_version = fields.IntField(default=1)
    tokens_revoked_at = fields.DatetimeField(null=True)
    archived_at = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField(default=clock.now)
    updated_at = fields.DatetimeField(default=clock.now)

    class Meta:
        table = "users"
        indexes: ClassVar[list[Index]] = [
            Index(fields=("tokens_revoked_at",), name="users_tokens_revoked_at"),
            Index(fields=("created_at", "id"), name="users_created_at"),
            GinIndex(fields=("roles",), name="users_roles"),
            PartialIndex(fields=("id",), name="users_unfolded", condition={"searchable_name": ""}),
        ]
        constraints: ClassVar[list[CheckConstraint]] = [
            CheckConstraint(name="users_email_canonical", check="email = lower(email)"),
            CheckConstraint(name="users_phone_canonical", check="phone ~ '^[+]7[0-9]{10}$'"),
            CheckConstraint(
                name="users_roles_known",
                check="roles <@ ARRAY['user', 'manager', 'admin'] AND cardinality(roles) > 0",
            ),
        ]

    def __init__(self, **values: Any) -> None:
        """Fold the name of an account that is made here; what is read has it from its row."""
        if "full_name" in values:
            folded = searchable(values["full_name"], SEARCHABLE_LENGTH)
            values.setdefault("searchable_name", folded)
        super().__init__(**values)


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


class SigningKey(Model):
    """A key that signs access tokens; its private half is sealed with the service's secrets.

    Its life is next (published, does not sign yet), current (signs), previous (its tokens are
    still honoured), or revoked from any of these.
    """

    kid = fields.CharField(max_length=43, primary_key=True)
    state = fields.CharField(max_length=8)
    sealed_private_key = fields.BinaryField()
    public_jwk: dict[str, Any] = fields.JSONField()
    created_at = fields.DatetimeField(default=clock.now)
    activated_at = fields.DatetimeField(null=True)
    retired_at = fields.DatetimeField(null=True)

    class Meta:
        table = "signing_keys"
        constraints: ClassVar[list[UniqueConstraint]] = [
            UniqueConstraint(
                fields=("state",), name="signing_keys_one_current", condition="state = 'current'"
            ),
            UniqueConstraint(
                fields=("state",), name="signing_keys_one_next", condition="state = 'next'"
            ),
        ]


class IssuedLifetime(Model):
    """A life that access tokens are issued with, until then at the latest (`issued_lifetimes`)."""

    seconds = fields.IntField(primary_key=True, generated=False)
    issued_until = fields.DatetimeField()

    class Meta:
        table = "issued_lifetimes"


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


class Letter(Model):
    """A letter to be sent, written in the transaction of its cause; sealed, and gone once sent."""

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


class Throttle(Model):
    """What the version before counts tries in; a later migration drops it."""

    key = fields.CharField(max_length=120, primary_key=True)
    tries = fields.IntField(default=0)
    blocked_until = fields.DatetimeField(null=True)
    updated_at = fields.DatetimeField(default=clock.now)

    class Meta:
        table = "throttles"
        indexes: ClassVar[list[Index]] = [
            Index(fields=("updated_at",), name="throttles_updated_at"),
        ]


class RateLimit(Model):
    """When what was counted under a key will have leaked away, and how many tries are under way."""

    key = fields.CharField(max_length=120, primary_key=True)
    drained_at = fields.DatetimeField()
    pending = fields.IntField(default=0)
    pending_until = fields.DatetimeField()

    class Meta:
        table = "rate_limits"
        indexes: ClassVar[list[Index]] = [
            Index(fields=("drained_at",), name="rate_limits_drained_at"),
        ]


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
