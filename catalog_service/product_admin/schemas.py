"""What one says to make a product, to change one, and to do so with many."""

from collections.abc import Iterator
from typing import Annotated, Self

from pydantic import Field, Strict, model_validator
from pydantic_core import PydanticCustomError

from catalog_service.products.schemas import MAX_ID, Price, ProductName, ProductRead, Sku
from shared.values.schemas import Schema

MAX_ITEMS = 1000
"""Products that one request may create or change."""

_SHOWN_PRICE = Field(
    examples=[129900], description="In the currency's smallest unit: 129900 is 1299 roubles."
)
_SHOWN_NAME = Field(examples=["Чайник заварочный «Василёк», 600 мл"])

NamedProduct = Annotated[int, Strict(), Field(ge=1, le=MAX_ID, examples=[17])]
"""The number of a product, in a body."""


class ProductCreate(Schema):
    """A product to add."""

    name: Annotated[ProductName, _SHOWN_NAME]
    price: Annotated[Price, _SHOWN_PRICE]
    sku: Sku | None = None
    is_active: Annotated[bool, Strict()] = True


class ProductUpdate(Schema):
    """What is to change of a product; what is left out stays, and `sku: null` takes its sku away.

    Whether it is for sale is changed by DELETE and by `/reactivate`.
    """

    name: Annotated[ProductName, _SHOWN_NAME] = Field(default_factory=str)
    price: Annotated[Price, _SHOWN_PRICE] = Field(default_factory=int)
    sku: Sku | None = None


class ProductChange(ProductUpdate):
    """The same, with the number of the product."""

    id: NamedProduct


class BulkRequest(Schema):
    """Up to 1,000 products in all; each may be named once."""

    create: list[ProductCreate] = Field(default_factory=list, max_length=MAX_ITEMS)
    change: list[ProductChange] = Field(default_factory=list, max_length=MAX_ITEMS)
    deactivate: list[NamedProduct] = Field(default_factory=list, max_length=MAX_ITEMS)
    reactivate: list[NamedProduct] = Field(default_factory=list, max_length=MAX_ITEMS)

    @model_validator(mode="after")
    def _bound(self) -> Self:
        items = len(self.create) + len(self.change) + len(self.deactivate) + len(self.reactivate)
        if not 1 <= items <= MAX_ITEMS:
            raise PydanticCustomError("items", "Must name 1 to 1000 products in all")
        return self

    def ids(self) -> Iterator[tuple[str, int]]:
        """Return each number of a product with the place where it is named."""
        yield from ((f"change.{n}.id", change.id) for n, change in enumerate(self.change))
        yield from ((f"deactivate.{n}", product) for n, product in enumerate(self.deactivate))
        yield from ((f"reactivate.{n}", product) for n, product in enumerate(self.reactivate))

    def skus(self) -> Iterator[tuple[str, str]]:
        """Return each sku that is to be given with the place where it is named."""
        given = [(f"create.{n}.sku", product.sku) for n, product in enumerate(self.create)]
        given += [(f"change.{n}.sku", change.sku) for n, change in enumerate(self.change)]
        yield from ((place, sku) for place, sku in given if sku is not None)


class BulkAnswer(Schema):
    """What was done: the products as they are now, in the order of the request."""

    created: list[ProductRead]
    changed: list[ProductRead]
    deactivated: int = Field(description="How many were for sale until now.")
    reactivated: int = Field(description="How many were not for sale until now.")
