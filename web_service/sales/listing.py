"""Which orders a list shows, as its address asks for it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final, Self

from web_service.orders.listing import STATUSES
from web_service.pages.listing import address_of, page_in, search_in
from web_service.sales.days import begins, day_in, ends

ALL: Final = "/orders/all/"
_SEARCHED: Final = 100


@dataclass(frozen=True, slots=True)
class SalesListing:
    """A list of everybody's orders; what makes no sense in the address is left out."""

    q: str = ""
    status: str = ""
    first: date | None = None
    last: date | None = None
    page: int = 1

    @classmethod
    def read(cls, query: Mapping[str, str]) -> Self:
        """Read the query of an address."""
        status = query.get("status", "")
        return cls(
            q=search_in(query.get("q"))[:_SEARCHED],
            status=status if status in STATUSES else "",
            first=day_in(query.get("from")),
            last=day_in(query.get("to")),
            page=page_in(query.get("page")),
        )

    @property
    def filters(self) -> dict[str, str]:
        """The fields of the form over the list."""
        return {
            "q": self.q,
            "status": self.status,
            "from": self.first.isoformat() if self.first else "",
            "to": self.last.isoformat() if self.last else "",
        }

    @property
    def is_filtered(self) -> bool:
        """Whether the list leaves any order out."""
        return any(self.filters.values())

    def address(self, page: int = 1, **changes: Any) -> str:
        """Return the address of a page of this list, or of one with `changes`."""
        other = replace(self, page=page, **changes)
        return address_of(ALL, {**other.filters, "page": page if page > 1 else ""})

    def query(self, time_zone: str) -> dict[str, str | int | bool | None]:
        """Return what the catalog is asked for; days are those of `time_zone`."""
        return {
            "everyone": True,
            "q": self.q or None,
            "status": self.status or None,
            "created_from": begins(self.first, time_zone) if self.first else None,
            "created_to": ends(self.last, time_zone) if self.last else None,
            "page": self.page,
        }
