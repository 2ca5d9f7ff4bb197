"""Prices as people write them, in the currency's main unit: `199,50`, `1 990 ₽`, `$1,990.00`."""

import re
from collections.abc import Iterator
from typing import Final

from babel.numbers import get_currency_precision, get_currency_symbol

from shared.language.translation import LANGUAGES

MAX_PRICE: Final = 2**53 - 1
"""In the smallest unit, as in the catalog."""
MAX_LENGTH: Final = 40
_COLLOQUIAL: Final = {"RUB": ("руб.", "руб", "р.")}
_GROUPING: Final = re.compile(r"[\s'’_]")
_NUMBER: Final = re.compile(r"(?=.*[0-9])[0-9]*(?:[.,][0-9]*)*")
_GROUPED: Final = re.compile(r"[1-9][0-9]{0,2}(?:[.,][0-9]{3})+")
_THREE: Final = 3


class NotAPrice(ValueError):
    """What was written cannot be read as a price."""


def smallest_units(written: str, currency: str) -> int:
    """Return what a price is in the smallest unit of `currency`; raises NotAPrice.

    A single dot or comma before three digits groups thousands, before fewer it is decimal.
    """
    number = _GROUPING.sub("", written.casefold())
    for name in _names(currency):
        number = number.removeprefix(name).removesuffix(name)
    if len(number) > MAX_LENGTH or not _NUMBER.fullmatch(number):
        raise NotAPrice
    precision = get_currency_precision(currency)
    whole, decimals = _split(number, precision)
    if len(decimals) > precision:
        raise NotAPrice
    price = int((whole or "0") + decimals.ljust(precision, "0"))
    if price > MAX_PRICE:
        raise NotAPrice
    return price


def _split(number: str, precision: int) -> tuple[str, str]:
    """Return the digits before the decimal point and behind it; raises NotAPrice."""
    at = max(number.rfind("."), number.rfind(","))
    if at < 0:
        return number, ""
    point, behind = number[at], number[at + 1 :]
    if _GROUPED.fullmatch(number) and len({*number} & {".", ","}) == 1 and precision < _THREE:
        return re.sub("[.,]", "", number), ""
    before = number[:at]
    if point in before:
        raise NotAPrice
    if re.search("[.,]", before):
        if not _GROUPED.fullmatch(before):
            raise NotAPrice
        before = re.sub("[.,]", "", before)
    return before, behind


def _names(currency: str) -> Iterator[str]:
    """Return how the currency may be written beside a number."""
    yield from _COLLOQUIAL.get(currency, ())
    yield currency.casefold()
    for language in LANGUAGES:
        yield get_currency_symbol(currency, locale=language).casefold()
