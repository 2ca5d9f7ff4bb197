"""The key that addresses are hashed with."""

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from shared import clock


class AddressKey(Model):
    """The one key of all hashes of addresses, sealed with the service's secrets.

    It never changes, as hashes outlive the addresses; when secrets change, it is sealed anew.
    """

    id = fields.SmallIntField(primary_key=True, generated=False, default=1)
    sealed_key = fields.BinaryField()
    created_at = fields.DatetimeField(default=clock.now)

    class Meta:
        table = "address_keys"
        constraints = (CheckConstraint(check="id = 1", name="address_keys_one_row"),)
