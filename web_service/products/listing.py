"""Which products a list shows, and how: all of it stands in the address."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from web_service.pages.forms import Form
from web_service.pages.listing import address_of
from web_service.products.prices import NotAPrice, smallest_units

LIST: Final = "/products/"
DEFAULT_SIZE: Final = 20
SIZES: Final = (20, 40, 100)
LAST_PAGE: Final = 10**9
"""The last that the catalog may be asked for."""
SORTS: Final = ("price", "-price", "name", "-name", "created_at", "-created_at")
_NUMBER: Final = re.compile("[0-9]{1,10}")
_CURSOR: Final = re.compile("[A-Za-z0-9_=-]{1,4096}")


@dataclass(frozen=True, slots=True)
class Listing:
    """A list as its address asks for it; what makes no sense there is as if it were not there."""

    q: str = ""
    price_from: str = ""
    price_to: str = ""
    sort: str = ""
    size: int = DEFAULT_SIZE
    page: int = 1
    cursor: str = ""
    is_table: bool = False

    @classmethod
    def read(cls, query: Mapping[str, str]) -> Self:
        """Read the query of an address."""
        size = _number(query.get("size", ""), DEFAULT_SIZE)
        cursor = query.get("cursor", "")
        return cls(
            q=query.get("q", "").strip(),
            price_from=query.get("price_from", "").strip(),
            price_to=query.get("price_to", "").strip(),
            sort=query["sort"] if query.get("sort") in SORTS else "",
            size=size if size in SIZES else DEFAULT_SIZE,
            page=min(max(_number(query.get("page", ""), 1), 1), LAST_PAGE),
            cursor=cursor if _CURSOR.fullmatch(cursor) else "",
            is_table=query.get("view") == "table",
        )

    @property
    def is_filtered(self) -> bool:
        """Whether the list leaves anything out."""
        return bool(self.q or self.price_from or self.price_to)

    def address(self, **changes: Any) -> str:
        """Return the address of this list with `changes`: of its first page, unless they say."""
        size, page = changes.get("size", self.size), changes.get("page", 1)
        written = {
            "q": self.q,
            "price_from": self.price_from,
            "price_to": self.price_to,
            "sort": changes.get("sort", self.sort),
            "size": "" if size == DEFAULT_SIZE else size,
            "view": "table" if changes.get("is_table", self.is_table) else "",
            "cursor": changes.get("cursor", ""),
            "page": "" if page == 1 else page,
        }
        return address_of(LIST, written)

    def numbered(self, page: int) -> str:
        """Return the address of a page of this list."""
        return self.address(page=page)

    def form(self) -> Form:
        """Return what was typed to find these products."""
        return Form.filled({"q": self.q, "price_from": self.price_from, "price_to": self.price_to})

    def query(self, form: Form, *, currency: str, wrong_price: str) -> dict[str, str | int | None]:
        """Return what the catalog is asked for; a price that is none is said in `form`."""
        prices: dict[str, int | None] = {}
        for name in ("price_from", "price_to"):
            written = form.text(name)
            try:
                prices[name] = smallest_units(written, currency) if written else None
            except NotAPrice:
                form.add_error(name, wrong_price)
        return {
            "q": self.q or None,
            "price_min": prices.get("price_from"),
            "price_max": prices.get("price_to"),
            "sort": self.sort or None,
            "size": self.size,
            "page": None if self.cursor else self.page,
            "cursor": self.cursor or None,
        }


def _number(text: str, default: int) -> int:
    return int(text) if _NUMBER.fullmatch(text) else default
