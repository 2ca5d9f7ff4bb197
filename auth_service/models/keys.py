"""Signing keys, and how long the tokens live that they signed."""

from typing import Any, ClassVar

from tortoise import fields
from tortoise.migrations.constraints import UniqueConstraint
from tortoise.models import Model

from shared import clock


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
