"""What a list of products holds and in which order, wherever in it one is."""

from enum import StrEnum
from typing import Annotated, Any

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from catalog_service.products.schemas import MAX_PRICE
from shared.http.query_parameters import MaybeGiven
from shared.values.instants import Instant
from shared.values.schemas import Digits, OneLine, Schema
from shared.values.words import words

MAX_QUERY = 100
"""Characters of a search."""


class Sort(StrEnum):
    """The orders of a list; products that are alike in it go by their ids, the same way."""

    NAME = "name"
    NAME_DESCENDING = "-name"
    PRICE = "price"
    PRICE_DESCENDING = "-price"
    CREATED_AT = "created_at"
    CREATED_AT_DESCENDING = "-created_at"

    @property
    def is_descending(self) -> bool:
        """From the last to the first."""
        return self.startswith("-")

    @property
    def column(self) -> str:
        """What is compared: of a name, its folded words."""
        attribute = self.removeprefix("-")
        return "searchable" if attribute == "name" else attribute

    @property
    def orderings(self) -> tuple[str, str]:
        """As Tortoise's order_by takes it."""
        sign = "-" if self.is_descending else ""
        return f"{sign}{self.column}", f"{sign}id"


NEWEST_FIRST = Sort.CREATED_AT_DESCENDING


def _require_words(text: str) -> str:
    if not words(text):
        raise PydanticCustomError("no_words", "Must have a letter or a digit")
    return text


Query = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_QUERY),
    OneLine,
    AfterValidator(_require_words),
]
PriceBound = Annotated[int, Field(ge=0, le=MAX_PRICE), Digits]


class View(Schema):
    """Which products a list holds, in which order; without `sort` by relevance or newest first."""

    sort: MaybeGiven[Sort] = Field(
        default=None,
        description="Newest first (-created_at) where there is none, or by relevance with `q`.",
    )
    q: MaybeGiven[Query] = Field(
        default=None,
        examples=["чайники"],
        description="Words of the name: in any Russian or English form, or how they begin.",
    )
    price_min: MaybeGiven[PriceBound] = Field(default=None, examples=[50000])
    price_max: MaybeGiven[PriceBound] = Field(default=None, examples=[150000])
    created_from: MaybeGiven[Instant] = Field(default=None, description="At this time or later.")
    created_to: MaybeGiven[Instant] = Field(default=None, description="At this time or earlier.")
    include_inactive: bool = Field(
        default=False, description="Also what is not for sale; for managers and administrators."
    )

    @property
    def order(self) -> Sort:
        """The order of a list that is not ranked."""
        return self.sort or NEWEST_FIRST

    @property
    def is_plain(self) -> bool:
        """Everything for sale: what is counted already."""
        return not self.include_inactive and not self.bounds and self.q is None

    @property
    def bounds(self) -> dict[str, Any]:
        """The bounds that are set, as Tortoise's filter takes them."""
        every = {
            "price__gte": self.price_min,
            "price__lte": self.price_max,
            "created_at__gte": self.created_from,
            "created_at__lte": self.created_to,
        }
        return {name: bound for name, bound in every.items() if bound is not None}
