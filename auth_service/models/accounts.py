"""Accounts, and the feed of their changes that other services follow."""

import uuid
from typing import Any, ClassVar

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.contrib.postgres.indexes import GinIndex
from tortoise.indexes import Index, PartialIndex
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from shared import clock
from shared.access.tokens import Role
from shared.values.words import searchable

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
                check="cardinality(roles) > 0"
                " AND roles <@ ARRAY['user', 'manager', 'blog_manager', 'admin']",
            ),
        ]

    def __init__(self, **values: Any) -> None:
        """Fold the name of an account that is made here; what is read has it from its row."""
        if "full_name" in values:
            folded = searchable(values["full_name"], SEARCHABLE_LENGTH)
            values.setdefault("searchable_name", folded)
        super().__init__(**values)


class AccountChange(Model):
    """The newest change of one account that other services follow; a trigger on `users` writes it.

    Revisions are given at the commit, one transaction after the other, so that no transaction
    commits a lower one than a reader has seen. Of a deleted account this is all that is left.
    """

    account_id = fields.UUIDField(primary_key=True)
    revision = fields.BigIntField(unique=True)
    changed_at = fields.DatetimeField()

    class Meta:
        table = "account_changes"


class AccountFeed(Model):
    """The one row that says up to which revision changes have been forgotten."""

    id = fields.SmallIntField(primary_key=True, generated=False, default=1)
    forgotten = fields.BigIntField()

    class Meta:
        table = "account_feed"
        constraints: ClassVar[list[CheckConstraint]] = [
            CheckConstraint(name="account_feed_one_row", check="id = 1"),
        ]
