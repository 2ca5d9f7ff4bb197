"""Prices as people write them."""

import pytest

from web_service.products.prices import NotAPrice, smallest_units


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("199", 19900),
        ("199,50", 19950),
        ("199.5", 19950),
        ("0", 0),
        (",5", 50),
        ("199,", 19900),
        ("1 990", 199000),
        ("1\u00a0990,00\u00a0₽", 199000),
        ("1\u202f990", 199000),
        ("1,990", 199000),
        ("199.505", 19950500),
        ("1.990", 199000),
        ("1,990.50", 199050),
        ("1.990,50", 199050),
        ("1'990.50", 199050),
        ("1,234,567", 123456700),
        ("199 руб.", 19900),
        ("199р.", 19900),
        ("RUB 199", 19900),
        ("007", 700),
        ("90071992547409.91", 2**53 - 1),
    ],
)
def test_a_price_is_read_as_it_is_meant(written: str, meant: int) -> None:
    assert smallest_units(written, "RUB") == meant


@pytest.mark.parametrize(
    "written",
    [
        "",
        " ",
        ".",
        "₽",
        "-5",
        "−5",
        "+5",
        "five",
        "1e3",
        "0.500",
        "1,2,3",
        "1.990.50",
        "12,34,567.00",
        "0x10",
        "٣",
        "²",
        "$5",
        "90071992547409.92",
        "9" * 400,
    ],
)
def test_what_is_no_price_is_refused(written: str) -> None:
    with pytest.raises(NotAPrice):
        smallest_units(written, "RUB")


def test_a_currency_may_have_no_decimals_or_three() -> None:
    assert smallest_units("1990", "JPY") == 1990
    assert smallest_units("¥1,990", "JPY") == 1990
    assert smallest_units("1.990", "KWD") == 1990
    with pytest.raises(NotAPrice):
        smallest_units("19.5", "JPY")
