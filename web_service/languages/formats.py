"""How money, numbers and dates are written for their reader."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale
from babel.dates import format_datetime, get_timezone_name
from babel.numbers import (
    format_compact_decimal,
    format_currency,
    format_decimal,
    get_currency_precision,
    get_currency_symbol,
    get_group_symbol,
)

_PARTS: Final = re.compile("([0-9].*[0-9])")


@cache
def zone(name: str) -> ZoneInfo:
    """Return a time zone by its name; one that is not known is UTC."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class _Style:
    """How a language writes amounts of a currency, remembered: asking Babel is slow."""

    precision: int
    before: str
    group: str
    point: str
    behind: str

    def write(self, amount: int) -> str:
        """Write an amount in the smallest unit."""
        whole, rest = divmod(abs(amount), 10**self.precision)
        digits = f"{whole:,}".replace(",", self.group)
        decimals = f"{self.point}{rest:0{self.precision}d}" if self.precision else ""
        return f"{'-' if amount < 0 else ''}{self.before}{digits}{decimals}{self.behind}"


@cache
def _style(currency: str, language: str) -> _Style:
    precision = get_currency_precision(currency)
    example = format_currency(Decimal(11111111).scaleb(-precision), currency, locale=language)
    before, number, behind = _PARTS.split(example)
    marks = re.sub("[0-9]", "", number)
    if before[-1:].isalpha():
        before += "\N{NO-BREAK SPACE}"  # as CLDR wants it, which Babel forgets
    return _Style(precision, before, marks[0], marks[-1] if precision else "", behind)


def money(amount: int, currency: str, language: str) -> str:
    """Write an amount in the smallest unit of `currency`, as 1 990,00 ₽."""
    return _style(currency, language).write(amount)


@cache
def symbol(currency: str, language: str) -> str:
    """Return how a currency is written beside a number, as ₽."""
    return get_currency_symbol(currency, locale=language)


def number(value: float | Decimal, language: str) -> str:
    """Write a number with the separators of the language."""
    if type(value) is int:  # as almost all are
        return f"{value:,}".replace(",", _group(language))
    return format_decimal(value, locale=language)


@cache
def _group(language: str) -> str:
    """Return what stands between thousands."""
    return get_group_symbol(language)


def compact(value: float, language: str) -> str:
    """Write a number in few characters, as 12.5K."""
    return format_compact_decimal(value, locale=language, fraction_digits=1)


def moment(instant: datetime | str, time_zone: str, language: str) -> str:
    """Write an instant (a datetime, or ISO 8601 as the API says it) in a zone that is named."""
    if isinstance(instant, str):
        instant = datetime.fromisoformat(instant)
    local = instant.astimezone(UTC).astimezone(zone(time_zone))
    name = get_timezone_name(local, width="short", locale=Locale(language))
    return f"{format_datetime(local, 'd MMM y, HH:mm', locale=language)} {name}"
