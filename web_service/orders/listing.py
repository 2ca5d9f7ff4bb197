"""Which of one's orders a list shows: all of it stands in the address."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self

from web_service.pages.listing import address_of, page_in

ORDERS: Final = "/orders/"
STATUSES: Final = ("placed", "paid", "cancelled")


@dataclass(frozen=True, slots=True)
class OrderListing:
    """A list of orders as its address asks for it."""

    status: str = ""
    page: int = 1

    @classmethod
    def read(cls, query: Mapping[str, str]) -> Self:
        """Read the query; what makes no sense there is as if it were not there."""
        status = query.get("status", "")
        return cls(status if status in STATUSES else "", page_in(query.get("page")))

    def query(self) -> dict[str, str | int | None]:
        """Return what the catalog is asked for."""
        return {"status": self.status or None, "page": self.page}

    def address(self, *, status: str | None = None, page: int = 1) -> str:
        """Return the address of a page of this list, or of one with another status."""
        shown = self.status if status is None else status
        return address_of(ORDERS, {"status": shown, "page": page if page > 1 else ""})
