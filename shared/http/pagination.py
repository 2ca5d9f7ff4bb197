"""Pages by number."""

from math import ceil
from typing import Annotated, Generic, Self, TypeVar

from pydantic import Field

from shared.values.schemas import Digits, Int32, Schema

ItemT = TypeVar("ItemT")

MAX_PAGE = 1_000_000_000
MAX_SIZE = 100


class PageParams(Schema):
    """Which page a list answers with; what is out of bounds is a 422, never silently cut."""

    page: Annotated[int, Field(ge=1, le=MAX_PAGE), Digits] = 1
    size: Annotated[int, Field(ge=1, le=MAX_SIZE), Digits] = 20

    @property
    def offset(self) -> int:
        """How many items come before this page."""
        return (self.page - 1) * self.size


class Page(Schema, Generic[ItemT]):
    """One page of a list: `total` items in all, on `pages` pages of `size`."""

    items: list[ItemT]
    total: int
    page: Int32
    size: Int32
    pages: int

    @classmethod
    def of(cls, items: list[ItemT], *, total: int, params: PageParams) -> Self:
        """Put `items`, those of the page that `params` asked for, into their frame."""
        return cls(
            items=items,
            total=total,
            page=params.page,
            size=params.size,
            pages=ceil(total / params.size),
        )
