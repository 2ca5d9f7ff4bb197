"""Prices as people write and read them: `199.00`, `1 299,90 ₽`, and whole numbers.

Stored prices are whole numbers of the currency's smallest unit, and so is what the API takes. In a
file a whole number may be meant as either unit, and nothing but people can tell.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache

from babel.numbers import format_currency, get_currency_precision, get_currency_symbol

from shared.language.translation import LANGUAGES, Sentence
from shared.transfer.reading import UnreadableCell

_SPACES = " \u00a0\u2009\u202f"
_LONGEST = 40  # digits; no price has as many
_POINTS = (".", ",")  # what divides thousands here divides the decimals elsewhere
_SHOWN = "#,##0.00\u00a0¤"
_WRITTEN = re.compile(
    rf"(?P<sign>-?)(?P<whole>[0-9]{{1,{_LONGEST}}}|[0-9]{{1,3}}(?:(?P<apart>[{_SPACES}'’.,])[0-9]{{3}})"
    rf"(?:(?P=apart)[0-9]{{3}})*)(?:(?P<point>[.,])(?P<decimals>[0-9]{{1,10}}))?",
    re.ASCII,
)


class PriceUnit(StrEnum):
    """The unit of whole numbers: 199 is 1.99 of a currency with two decimals, or 199.00."""

    MINOR = "minor"
    MAJOR = "major"


class UnreadablePrice(UnreadableCell):
    """`sentence` says what to write instead."""


class MixedPrices(UnreadablePrice):
    """Whole numbers and decimals stand in one file, and nothing says what the former mean."""

    refuses_all = True


@dataclass(frozen=True, slots=True)
class Currency:
    """What the code of a currency stands for; `decimals` are those of its major unit."""

    code: str
    decimals: int
    signs: tuple[str, ...]

    def shown(self, price: int, language: str) -> str:
        """Return a price as people who read `language` write it."""
        amount = Decimal(price).scaleb(-self.decimals)
        return str(format_currency(amount, self.code, locale=language, format=_SHOWN))

    def advice(self) -> Sentence:
        """Say what a price may look like."""
        return Sentence(
            "Must be a price like {example}, or a whole number of the smallest unit like {whole}",
            example=f"{Decimal(199):.{self.decimals}f}",
            whole=199 * 10**self.decimals,
        )


@lru_cache
def currency_of(code: str) -> Currency:
    """Return the currency of an ISO 4217 code, as Unicode's CLDR knows it."""
    symbols = {get_currency_symbol(code, locale=language) for language in LANGUAGES}
    return Currency(code, get_currency_precision(code), tuple(sorted({code, *symbols})))


class PriceReader:
    """Reads the prices of one file, from its first line to its last."""

    def __init__(self, currency: Currency, unit: PriceUnit | None) -> None:
        """Take whole numbers for so many of `unit`.

        Where that is not said they are of the smallest, as everywhere in the API, but then no
        decimals may stand in the same file.
        """
        self._currency = currency
        self._unit = unit
        self._has_decimals: bool | None = None  # what the first price was

    def read(self, text: str) -> int:
        """Return the price in the smallest unit; raises UnreadablePrice."""
        if text.isascii() and text.isdigit() and len(text) <= _LONGEST:
            return self.whole(int(text))  # what most are; the way below comes to the same
        number = text.strip(_SPACES)
        for sign in self._currency.signs:
            number = number.removeprefix(sign).removesuffix(sign)
        is_named = number != text.strip(_SPACES)
        written = _WRITTEN.fullmatch(number.strip(_SPACES))
        if written is None:
            raise UnreadablePrice(self._currency.advice())
        return self._in_smallest_unit(written, is_named=is_named)

    def whole(self, number: int) -> int:
        """Return a whole number that stands for a price in the smallest unit."""
        self._note(number, has_decimals=False)
        return self._scaled(Decimal(number)) if self._unit is PriceUnit.MAJOR else number

    def _in_smallest_unit(self, written: re.Match[str], *, is_named: bool) -> int:
        digits = "".join(filter(str.isdigit, written["whole"]))
        decimals, apart = written["decimals"] or "", written["apart"]
        is_ambiguous = apart in _POINTS and (not decimals or apart == written["point"])
        if is_ambiguous or len(decimals) > self._currency.decimals:
            raise UnreadablePrice(self._currency.advice())
        amount = Decimal(f"{written['sign']}{digits}.{decimals or 0}")
        if not decimals and not is_named:
            return self.whole(int(amount))
        self._note(int(amount * 100), has_decimals=True)
        return self._scaled(amount)

    def _scaled(self, amount: Decimal) -> int:
        return int(amount.scaleb(self._currency.decimals))

    def _note(self, number: int, *, has_decimals: bool) -> None:
        """Raise MixedPrices unless it is as with the first; nothing is nothing in any unit."""
        if self._unit is not None or not self._currency.decimals or not number:
            return
        if self._has_decimals is None:
            self._has_decimals = has_decimals
        if self._has_decimals != has_decimals:
            raise MixedPrices(
                Sentence(
                    "Whole numbers and decimals stand in one file: say whether whole numbers are"
                    " of the smallest unit, by price_unit=minor, or not, by price_unit=major"
                )
            )
