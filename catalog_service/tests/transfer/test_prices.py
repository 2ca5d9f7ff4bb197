"""Prices in files: what is understood, what is not guessed, and how they are shown."""

import pytest

from catalog_service.transfer.prices import (
    MixedPrices,
    PriceReader,
    PriceUnit,
    UnreadablePrice,
    currency_of,
)

MINOR, MAJOR = PriceUnit.MINOR, PriceUnit.MAJOR


def read(*texts: str, unit: PriceUnit | None = None, currency: str = "RUB") -> list[int]:
    reader = PriceReader(currency_of(currency), unit)
    return [reader.read(text) for text in texts]


@pytest.mark.parametrize(
    ("text", "price"),
    [
        ("199.00", 19900),
        ("199,00", 19900),
        ("100,50", 10050),
        ("199,5", 19950),
        ("0.99", 99),
        ("1299,00", 129900),
        ("1 299,00", 129900),
        ("1\u00a0299,00 ₽", 129900),
        ("1\u202f299\u202f000,00\u00a0₽", 129900000),
        ("1,299.00", 129900),
        ("1.299,00", 129900),
        ("1'299.00", 129900),
        ("1,299,000.50", 129900050),
        ("199 ₽", 19900),
        ("₽199", 19900),
        ("199 RUB", 19900),
        ("-1.50", -150),
        ("0.07", 7),
        ("90071992547409.91", 2**53 - 1),
    ],
)
def test_decimals_and_a_named_currency_are_of_the_major_unit(text: str, price: int) -> None:
    for unit in (None, MINOR, MAJOR):
        assert read(text, unit=unit) == [price]
        assert read(f"  {text} ", unit=unit) == [price]


@pytest.mark.parametrize(
    ("text", "unit", "price"),
    [
        ("199", None, 199),
        ("199", MINOR, 199),
        ("199", MAJOR, 19900),
        ("1 299", None, 1299),
        ("1 299", MAJOR, 129900),
        ("0", MAJOR, 0),
        ("-1", None, -1),
        ("007", None, 7),
    ],
)
def test_whole_numbers_are_of_the_smallest_unit_unless_it_is_said(
    text: str, unit: PriceUnit | None, price: int
) -> None:
    assert read(text, unit=unit) == [price]


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "free", "1e3", "1_000", "١٢", "1.2.3", "1,2,3", "1 29", "12 345 67", "1.234",
        "1,234", "1,299,000", "199.", ".5", "--1", "+1", "199 $", "0x10", "NaN", "9" * 41, "1\n2",
        "½", "199,,00", "1,299,00", "1.299.00",
    ],
)  # fmt: skip
def test_what_may_mean_several_things_or_none_is_refused(text: str) -> None:
    for unit in (None, MINOR, MAJOR):
        with pytest.raises(UnreadablePrice) as refusal:
            read(text, unit=unit)
        assert str(refusal.value) == (
            "Must be a price like 199.00, or a whole number of the smallest unit like 19900"
        )


@pytest.mark.parametrize("texts", [("199", "100,50"), ("100,50", "199"), ("0", "1", "2 ₽")])
def test_whole_numbers_beside_decimals_are_not_guessed(texts: tuple[str, ...]) -> None:
    with pytest.raises(MixedPrices, match="price_unit=minor"):
        read(*texts)


@pytest.mark.parametrize(("unit", "price"), [(MINOR, 199), (MAJOR, 19900)])
def test_whole_numbers_beside_decimals_are_what_is_said(unit: PriceUnit, price: int) -> None:
    assert read("199", "100,50", unit=unit) == [price, 10050]


def test_nothing_is_nothing_in_every_unit() -> None:
    assert read("0", "100,50", "0", "0.00") == [0, 10050, 0, 0]
    assert read("0.00", "199", "0") == [0, 199, 0]


@pytest.mark.parametrize(
    ("currency", "text", "price"),
    [
        ("JPY", "199", 199),
        ("JPY", "199 ¥", 199),
        ("KWD", "1.234", 1234),
        ("KWD", "1 234,5", 1234500),
        ("USD", "$1,299.00", 129900),
        ("EUR", "1.299,00 €", 129900),
    ],
)
def test_each_currency_has_its_own_decimals(currency: str, text: str, price: int) -> None:
    assert read(text, currency=currency) == [price]


def test_a_currency_without_decimals_says_so() -> None:
    assert read("199", "200 JPY", currency="JPY") == [199, 200]
    with pytest.raises(UnreadablePrice, match="a price like 199, or a whole number"):
        read("199.00", currency="JPY")


@pytest.mark.parametrize(
    ("currency", "language", "shown"),
    [
        ("RUB", "ru", "1\u00a0299,90\u00a0₽"),
        ("RUB", "en", "1,299.90\u00a0RUB"),
        ("USD", "en", "1,299.90\u00a0$"),
        ("JPY", "en", "129,990\u00a0¥"),
        ("XYZ", "ru", "1\u00a0299,90\u00a0XYZ"),
    ],
)
def test_a_price_is_shown_as_people_write_it(currency: str, language: str, shown: str) -> None:
    assert currency_of(currency).shown(129990, language) == shown
