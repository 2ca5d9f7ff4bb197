"""What is in a cart, as its page shows it, and what is wrong with its lines."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from web_service.errors import ApiRefused


@dataclass(frozen=True, slots=True)
class Contents:
    """A cart, as the API shows it."""

    data: Mapping[str, Any]

    @property
    def lines(self) -> list[dict[str, Any]]:
        """What is in it, in the order in which it was put in."""
        lines: list[dict[str, Any]] = self.data["lines"]
        return lines

    @property
    def total(self) -> int:
        """What all that is for sale comes to."""
        total: int = self.data["total"]
        return total

    @property
    def pieces(self) -> int:
        """How many pieces there are of all products."""
        return sum(line["quantity"] for line in self.lines)

    def pieces_of(self, product_id: int) -> int:
        """How many there are of one."""
        return sum(line["quantity"] for line in self.lines if line["product_id"] == product_id)

    @property
    def repriced(self) -> int:
        """How many products have another price than when they were put in."""
        return sum(
            line["is_active"] and line["price"] != line["price_when_added"] for line in self.lines
        )

    @property
    def gone(self) -> int:
        """How many products are not for sale any more."""
        return sum(not line["is_active"] for line in self.lines)


@dataclass(slots=True)
class Shown:
    """What else the page of a cart says: errors by the product's number, and what was typed."""

    errors: dict[str, list[str]] = field(default_factory=dict)
    typed: dict[str, str] = field(default_factory=dict)
    summary: list[str] = field(default_factory=list)

    def add_error(self, product_id: str, message: str) -> None:
        """Say what is wrong with the line of a product."""
        self.errors.setdefault(product_id, []).append(message)

    def refuse(self, refused: ApiRefused, product_id: str | None = None) -> None:
        """Take over what the API says: of `products.17`, or of the product that was changed."""
        for problem in refused.fields:
            _, _, named = problem.field.partition("products.")
            self.add_error(named or product_id or "", problem.message)
        if not refused.fields or product_id is None:
            self.summary.append(refused.message)

    @property
    def is_wrong(self) -> bool:
        """Whether anything went wrong."""
        return bool(self.errors or self.summary)
