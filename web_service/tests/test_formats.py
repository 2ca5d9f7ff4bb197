"""How money and numbers are written."""

from decimal import Decimal

import pytest
from babel.numbers import format_decimal

from web_service.languages.formats import money, number


@pytest.mark.parametrize(
    ("amount", "currency", "language", "written"),
    [
        (199000, "RUB", "ru", "1 990,00 ₽"),
        (199000, "RUB", "en", "RUB 1,990.00"),
        (5, "RUB", "ru", "0,05 ₽"),
        (0, "RUB", "en", "RUB 0.00"),
        (-12345678, "RUB", "ru", "-123 456,78 ₽"),
        (1990, "USD", "en", "$19.90"),
        (1990, "JPY", "en", "¥1,990"),
        (1234567, "KWD", "en", "KWD 1,234.567"),
        (2**53 - 1, "RUB", "ru", "90 071 992 547 409,91 ₽"),
    ],
)
def test_money_is_written_as_its_reader_writes_it(
    amount: int, currency: str, language: str, written: str
) -> None:
    assert money(amount, currency, language).replace("\N{NO-BREAK SPACE}", " ") == written


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize(
    "value", [0, 7, 999, 1000, -1000, 1234567, 2**53, 0.5, 1234.5, Decimal("1234.5")]
)
def test_a_number_is_written_as_babel_writes_it(value: float | Decimal, language: str) -> None:
    assert number(value, language) == format_decimal(value, locale=language)
