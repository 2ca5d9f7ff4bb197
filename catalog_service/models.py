"""The tables of the catalog: products, what is left of them, carts, orders, and the audit log."""

import uuid
from enum import StrEnum
from typing import Any, ClassVar

from tortoise import fields
from tortoise.contrib.postgres.fields import TSVectorField
from tortoise.contrib.postgres.indexes import GinIndex
from tortoise.fields.db_defaults import Now
from tortoise.indexes import Index, PartialIndex
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from catalog_service.bounds import MAX_QUANTITY
from shared import clock
from shared.account_feed.models import FeedPosition
from shared.values.words import searchable

NAME_LENGTH = 200
SKU_LENGTH = 64
SEARCHABLE_LENGTH = 400
REASON_LENGTH = 500
_ACTIVE = {"is_active": True}


class Product(Model):
    """Something for sale.

    `price` counts the smallest unit of the configured currency. `sku` is the shop's own name for
    it. `version` rises with every change. `searchable` is the name as `words` folds it:
    what lists are sorted by, and what `search` is made from. The times are PostgreSQL's own:
    products that one transaction adds share them.
    """

    id = fields.BigIntField(primary_key=True, generated=True)
    name = fields.CharField(max_length=NAME_LENGTH)
    searchable = fields.CharField(max_length=SEARCHABLE_LENGTH)
    # The migration says more than can be said here: word forms and the words as they are.
    search = TSVectorField(source_fields="searchable", config="russian")
    sku = fields.CharField(max_length=SKU_LENGTH, unique=True, null=True)
    price = fields.BigIntField()
    is_active = fields.BooleanField(db_default=True)
    version = fields.IntField(db_default=1)
    created_at = fields.DatetimeField(db_default=Now())
    updated_at = fields.DatetimeField(db_default=Now())

    class Meta:
        table = "product"
        # Each order of the list is one of these, read forwards or backwards: those that end in
        # _order, _price and _name for everything, the others for what is for sale.
        indexes: ClassVar[list[Index]] = [
            PartialIndex(
                fields=["created_at", "id"], name="product_active_order", condition=_ACTIVE
            ),
            PartialIndex(fields=["price", "id"], name="product_active_price", condition=_ACTIVE),
            PartialIndex(
                fields=["searchable", "id"], name="product_active_name", condition=_ACTIVE
            ),
            Index(fields=["created_at", "id"], name="product_order"),
            Index(fields=["price", "id"], name="product_price"),
            Index(fields=["searchable", "id"], name="product_name"),
            GinIndex(fields=["search"], name="product_search"),
        ]
        constraints = (
            CheckConstraint(check="price >= 0", name="product_price_not_negative"),
            CheckConstraint(check="name <> '' AND name = btrim(name)", name="product_name_trimmed"),
            CheckConstraint(check="sku <> '' AND sku = btrim(sku)", name="product_sku_trimmed"),
        )

    def __init__(self, **values: Any) -> None:
        """Fold the name of a product that is made here; what is read has it from its row."""
        if "name" in values:
            values.setdefault("searchable", searchable(values["name"], SEARCHABLE_LENGTH))
        super().__init__(**values)


class CatalogState(Model):
    """The one row that tells readers whether anything changed, and how many products are for sale.

    Raised in the transaction of every change of a product, as the last thing in it, because
    everyone else who changes products waits for it.
    """

    id = fields.SmallIntField(primary_key=True, generated=False, default=1)
    revision = fields.BigIntField(db_default=1)
    active_products = fields.BigIntField(db_default=0)

    class Meta:
        table = "catalog_state"
        constraints = (
            CheckConstraint(check="id = 1", name="catalog_state_one_row"),
            CheckConstraint(check="active_products >= 0", name="catalog_state_count"),
        )


class ProductStock(Model):
    """What is left of a product that is counted; a product without such a row is never sold out.

    A row of its own, so that orders neither change a product nor wait for the catalog's revision.
    """

    product: fields.OneToOneRelation[Product] = fields.OneToOneField(
        "catalog.Product", related_name="stock", primary_key=True, on_delete=fields.OnDelete.CASCADE
    )
    product_id: int
    quantity = fields.BigIntField()

    class Meta:
        table = "product_stock"
        constraints = (CheckConstraint(check="quantity >= 0", name="product_stock_not_oversold"),)


class Cart(Model):
    """What one user is about to buy; its row is what everyone who changes the cart locks."""

    user_id = fields.UUIDField(primary_key=True)
    updated_at = fields.DatetimeField(default=clock.now)

    class Meta:
        table = "cart"


class CartLine(Model):
    """So many pieces of one product in a cart, at the price when it was last added."""

    id = fields.BigIntField(primary_key=True, generated=True)
    cart: fields.ForeignKeyRelation[Cart] = fields.ForeignKeyField(
        "catalog.Cart", related_name="lines", on_delete=fields.OnDelete.CASCADE
    )
    cart_id: uuid.UUID
    product: fields.ForeignKeyRelation[Product] = fields.ForeignKeyField(
        "catalog.Product", related_name="cart_lines", on_delete=fields.OnDelete.CASCADE
    )
    product_id: int
    quantity = fields.IntField()
    price_when_added = fields.BigIntField()
    added_at = fields.DatetimeField(default=clock.now)

    class Meta:
        table = "cart_line"
        indexes: ClassVar[list[Index]] = [Index(fields=["product_id"], name="cart_line_product")]
        constraints = (
            UniqueConstraint(fields=("cart_id", "product_id"), name="cart_line_one_a_product"),
            CheckConstraint(
                check=f"quantity BETWEEN 1 AND {MAX_QUANTITY}", name="cart_line_quantity"
            ),
        )


class OrderStatus(StrEnum):
    """Where an order stands; `orders.transitions` says who may move it where."""

    PLACED = "placed"
    PAID = "paid"
    CANCELLED = "cancelled"


class Order(Model):
    """What one user bought, with the names and prices of that moment."""

    id = fields.UUIDField(primary_key=True, default=uuid.uuid4)
    user_id = fields.UUIDField()
    status = fields.CharEnumField(OrderStatus, max_length=9, default=OrderStatus.PLACED)
    total = fields.BigIntField()
    cancel_reason = fields.CharField(max_length=REASON_LENGTH, null=True)
    created_at = fields.DatetimeField(default=clock.now)
    updated_at = fields.DatetimeField(default=clock.now)
    lines: fields.ReverseRelation["OrderLine"]

    class Meta:
        table = "customer_order"
        indexes: ClassVar[list[Index]] = [
            Index(fields=["user_id", "created_at", "id"], name="customer_order_of_user"),
            Index(fields=["created_at", "id"], name="customer_order_order"),
            Index(fields=["status", "created_at", "id"], name="customer_order_by_status"),
        ]
        constraints = (
            CheckConstraint(
                check="status IN ('placed', 'paid', 'cancelled')", name="customer_order_status"
            ),
            CheckConstraint(check="total >= 0", name="customer_order_total"),
        )


class OrderLine(Model):
    """So many pieces of one product in an order; name and price are what they were then."""

    id = fields.BigIntField(primary_key=True, generated=True)
    order: fields.ForeignKeyRelation[Order] = fields.ForeignKeyField(
        "catalog.Order", related_name="lines", on_delete=fields.OnDelete.CASCADE
    )
    order_id: uuid.UUID
    product: fields.ForeignKeyRelation[Product] = fields.ForeignKeyField(
        "catalog.Product", related_name="order_lines", on_delete=fields.OnDelete.RESTRICT
    )
    product_id: int
    name = fields.CharField(max_length=NAME_LENGTH)
    price = fields.BigIntField()
    quantity = fields.IntField()
    is_counted = fields.BooleanField(
        description="Whether its pieces came out of the stock, and go back there."
    )

    class Meta:
        table = "order_line"
        indexes: ClassVar[list[Index]] = [Index(fields=["product_id"], name="order_line_product")]
        constraints = (
            UniqueConstraint(fields=("order_id", "product_id"), name="order_line_one_a_product"),
            CheckConstraint(
                check=f"quantity BETWEEN 1 AND {MAX_QUANTITY}", name="order_line_quantity"
            ),
        )


class IdempotencyKey(Model):
    """A request that must not be done twice, and the answer that its first time got.

    Inserted before anything else is done, so that of several concurrent ones all but one wait.
    """

    id = fields.BigIntField(primary_key=True, generated=True)
    user_id = fields.UUIDField()
    key = fields.CharField(max_length=255)
    request_hash = fields.BinaryField(description="SHA-256 of the request's body.")
    answer = fields.TextField(null=True, description="The body of the answer, once there is one.")
    created_at = fields.DatetimeField(default=clock.now)

    class Meta:
        table = "idempotency_key"
        indexes: ClassVar[list[Index]] = [
            Index(fields=["created_at"], name="idempotency_key_created_at")
        ]
        constraints = (UniqueConstraint(fields=("user_id", "key"), name="idempotency_key_once"),)


class Buyer(Model):
    """An account that may have placed orders, by auth's feed; an erased one has no name."""

    id = fields.UUIDField(primary_key=True)
    full_name = fields.CharField(max_length=NAME_LENGTH)
    # The migration says more than can be said here: the words of the name, folded.
    search = TSVectorField(source_fields="full_name", config="simple")
    copy_number = fields.IntField()

    class Meta:
        table = "buyers"
        indexes: ClassVar[list[Index]] = [GinIndex(fields=["search"], name="buyers_search")]


class AuditEvent(Model):
    """What one of the staff, or a command, did to products and orders; what is written stays.

    Of people it holds ids alone. Products and orders are named by plain ids, too, so that an event
    stays whatever becomes of them.
    """

    id = fields.BigIntField(primary_key=True, generated=True)
    at = fields.DatetimeField(default=clock.now)
    event = fields.CharField(max_length=40)
    actor_id: uuid.UUID | None = fields.UUIDField(null=True, description="Null for a command.")
    product_id = fields.BigIntField(null=True)
    order_id: uuid.UUID | None = fields.UUIDField(null=True)
    request_id = fields.CharField(max_length=64, null=True)
    details: dict[str, Any] = fields.JSONField(default=dict)

    class Meta:
        table = "audit_events"
        indexes: ClassVar[list[Index]] = [
            Index(fields=["at", "id"], name="audit_events_order"),
            Index(fields=["event", "id"], name="audit_events_event"),
            Index(fields=["actor_id", "id"], name="audit_events_actor"),
            Index(fields=["product_id", "id"], name="audit_events_product"),
            Index(fields=["order_id", "id"], name="audit_events_of_order"),
        ]


class AccountPosition(FeedPosition):
    """How far auth's feed of accounts has been read."""

    class Meta:
        table = "account_position"
