"""The tables of the web service: sessions, tokens that are to be revoked, forms that are kept."""

import uuid
from typing import ClassVar

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from shared import clock

NAME_LENGTH = 200


class BrowserSession(Model):
    """One browser that is signed in; its cookie has the value whose SHA-256 is `id_hash`, in hex.

    `sealed_tokens` are the access and the refresh token. `refreshing_until` is the lease of the
    call that exchanges them, and `refresh_began_at` the first call whose outcome is unknown.
    The cookie before the present one is good until `previous_until`, for what is under way.
    What `is_remembered` outlives the browser. Name, roles, language and the pieces in the cart
    are copies, renewed with each change; `notices` are shown once, on the next page.
    """

    id = fields.UUIDField(primary_key=True, default=uuid.uuid4)
    id_hash = fields.CharField(max_length=64, unique=True)
    previous_hash = fields.CharField(max_length=64, unique=True, null=True)
    previous_until = fields.DatetimeField(null=True)
    user_id = fields.UUIDField()
    sealed_tokens = fields.BinaryField()
    access_expires_at = fields.DatetimeField()
    refreshing_until = fields.DatetimeField(null=True)
    refresh_began_at = fields.DatetimeField(null=True)
    full_name = fields.CharField(max_length=NAME_LENGTH)
    roles: fields.Field[list[str]] = fields.JSONField()
    is_verified = fields.BooleanField()
    must_change_password = fields.BooleanField()
    language = fields.CharField(max_length=8)
    time_zone = fields.CharField(max_length=64)
    cart_count = fields.IntField(default=0)
    notices: fields.Field[list[list[str]]] = fields.JSONField(default=list)
    is_remembered = fields.BooleanField()
    created_at = fields.DatetimeField(default=clock.now)
    last_seen_at = fields.DatetimeField(default=clock.now)

    rights_changed = False
    """Whether the page at hand has learnt of other roles, so that the cookie is to change."""

    class Meta:
        table = "browser_sessions"
        indexes: ClassVar[list[Index]] = [
            Index(fields=["user_id"], name="browser_sessions_user"),
            Index(fields=["last_seen_at"], name="browser_sessions_seen"),
            Index(fields=["refreshing_until"], name="browser_sessions_refreshing"),
        ]
        constraints = (
            CheckConstraint(check="id_hash ~ '^[0-9a-f]{64}$'", name="browser_sessions_hash"),
            CheckConstraint(check="cart_count >= 0", name="browser_sessions_cart"),
        )


class TokenRevocation(Model):
    """A refresh token that is of no use any more, until auth has confirmed that it is revoked.

    It is claimed by moving `next_try_at`; what auth does not confirm for days is given up.
    """

    id = fields.UUIDField(primary_key=True, default=uuid.uuid4)
    sealed_token = fields.BinaryField()
    created_at = fields.DatetimeField(default=clock.now)
    next_try_at = fields.DatetimeField(default=clock.now)

    class Meta:
        table = "token_revocations"
        indexes: ClassVar[list[Index]] = [
            Index(fields=["next_try_at"], name="token_revocations_due"),
        ]


class KeptForm(Model):
    """What was typed into a form whose session had ended, sealed for its person until it expires.

    The address that brings it back has the value whose SHA-256 is `id_hash`, in hex.
    """

    id_hash = fields.CharField(max_length=64, primary_key=True)
    user_id = fields.UUIDField()
    sealed = fields.BinaryField()
    expires_at = fields.DatetimeField()

    class Meta:
        table = "kept_forms"
        indexes: ClassVar[list[Index]] = [
            Index(fields=["user_id"], name="kept_forms_user"),
            Index(fields=["expires_at"], name="kept_forms_expires"),
        ]
        constraints = (CheckConstraint(check="id_hash ~ '^[0-9a-f]{64}$'", name="kept_forms_hash"),)
