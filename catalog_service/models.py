"""The tables of the catalog."""

from typing import ClassVar

from tortoise import fields
from tortoise.fields.db_defaults import Now
from tortoise.indexes import Index, PartialIndex
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

NAME_LENGTH = 200


class Product(Model):
    """Something for sale.

    `price` counts the smallest unit of the configured currency. The times are PostgreSQL's own:
    products that one transaction adds share them.
    """

    id = fields.BigIntField(primary_key=True, generated=True)
    name = fields.CharField(max_length=NAME_LENGTH)
    price = fields.BigIntField()
    is_active = fields.BooleanField(db_default=True)
    created_at = fields.DatetimeField(db_default=Now())
    updated_at = fields.DatetimeField(db_default=Now())

    class Meta:
        table = "product"
        # The order of the list, newest first, is this index read backwards.
        indexes: ClassVar[list[Index]] = [
            PartialIndex(
                fields=["created_at", "id"],
                name="product_active_order",
                condition={"is_active": True},
            )
        ]
        constraints = (
            CheckConstraint(check="price >= 0", name="product_price_not_negative"),
            CheckConstraint(check="name <> '' AND name = btrim(name)", name="product_name_trimmed"),
        )
