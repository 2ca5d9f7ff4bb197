"""What a product looks like from outside, and the bounds of its fields."""

from typing import Annotated, Self

from pydantic import Field, Strict, StringConstraints

from catalog_service.models import NAME_LENGTH, SKU_LENGTH, Product
from shared.values.schemas import MAX_SAFE_INTEGER, Digits, Int32, OneLine, Schema, UtcDatetime

MAX_PRICE = MAX_ID = MAX_SAFE_INTEGER

ProductId = Annotated[int, Field(ge=1, le=MAX_ID, description="The product's number."), Digits]
ProductName = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=NAME_LENGTH), OneLine
]
Sku = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=SKU_LENGTH),
    OneLine,
    Field(examples=["TEA-0017"]),
]
"""The shop's own name for a product, which no other product has."""
Price = Annotated[int, Strict(), Field(ge=0, le=MAX_PRICE)]
"""A whole number of the currency's smallest unit: 49900 is 499 roubles."""
CurrencyCode = Annotated[
    str,
    Field(
        pattern="^[A-Z]{3}$",
        examples=["RUB"],
        description="The ISO 4217 code of the currency, in whose smallest unit amounts are.",
    ),
]


class ProductRead(Schema):
    """A product for sale."""

    id: int = Field(examples=[17])
    name: str = Field(examples=["Чайник заварочный «Василёк», 600 мл"])
    sku: str | None = Field(
        examples=["TEA-0017"], description="The shop's own name for it, where it has one."
    )
    price: int = Field(
        examples=[129900], description="In the currency's smallest unit: 129900 is 1299 roubles."
    )
    currency: CurrencyCode
    created_at: UtcDatetime = Field(examples=["2026-11-21T09:30:00.123456Z"])
    updated_at: UtcDatetime = Field(examples=["2026-11-21T09:30:00.123456Z"])
    is_active: bool = Field(description="Products that are not active are not shown.")

    @classmethod
    def of(cls, product: Product, *, currency: str) -> Self:
        """Show a product whose price is in `currency`."""
        stored = {name: getattr(product, name) for name in cls.model_fields if name != "currency"}
        return cls(**stored, currency=currency)


class ProductPage(Schema):
    """A part of a list of products.

    Where filters or a search leave more than 10,000, `total` stays there and `total_is_capped`;
    what is beyond has no page numbers, but can be walked to by `next_cursor`.
    """

    items: list[ProductRead]
    total: int = Field(examples=[1], description="How many there are on all pages.")
    page: Int32 | None = Field(
        examples=[1], description="The page's number; null where a cursor led here."
    )
    size: Int32 = Field(examples=[20], description="How many products a page holds at most.")
    pages: int = Field(examples=[1], description="How many pages have a number.")
    total_is_capped: bool = Field(description="There are more than `total`.")
    ranked: bool = Field(
        description="In order of relevance, as searches with up to 1,000 matches are when no"
        " `sort` is asked for. Otherwise in the order of `sort`, or the newest first."
    )
    next_cursor: str | None = Field(
        examples=["mJ0c0PnyqGR3XzVtO8b0y1t7InNvcnQiOiItY3JlYXRlZF9hdCJ9"],
        description="For `cursor`: what comes behind this page, in the same order with the same"
        " filters, whatever is added or removed meanwhile. Null at the end, and where `ranked`.",
    )
