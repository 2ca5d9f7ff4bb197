"""Some prices of a file as they were read, for people to compare with what it is meant to say."""

from collections.abc import Sequence

from catalog_service.transfer.prices import Currency
from catalog_service.transfer.schemas import ProductLine, ReadPrice
from shared.transfer.rows import GoodLine

FIRST_PRICES = 3
"""Prices that are shown as they were read, beside the lowest and the highest."""


class PriceSamples:
    """Remembers the first prices, the lowest and the highest."""

    def __init__(self, currency: Currency, language: str) -> None:
        self._currency, self._language = currency, language
        self._first: list[GoodLine[ProductLine]] = []
        self._extremes: list[GoodLine[ProductLine]] = []

    def note(self, rows: Sequence[GoodLine[ProductLine]]) -> None:
        """Look at the prices of some more lines."""
        self._first += rows[: FIRST_PRICES - len(self._first)]
        if candidates := [*self._extremes, *rows]:
            prices = [row.value.price for row in candidates]
            places = prices.index(min(prices)), prices.index(max(prices))
            self._extremes = [candidates[place] for place in places]

    def shown(self) -> list[ReadPrice]:
        """Return each sample once."""
        samples = {row.number: row for row in (*self._first, *self._extremes)}
        return [
            ReadPrice(
                line=row.number,
                name=row.value.name,
                price=row.value.price,
                shown=self._currency.shown(row.value.price, self._language),
            )
            for row in samples.values()
        ]
