"""Lists and weights, as clients and what stands between write them."""

import pytest

from shared.values.field_values import MOST, best_language, elements, weights


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([], []),
        ([""], []),
        ([",", " ,\t, "], []),
        (["a"], ["a"]),
        (["a,b", "c"], ["a", "b", "c"]),
        (["\ta \t, ,b ,"], ["a", "b"]),
        ([",a", "", "b"], ["a", "b"]),
        (["a b;c=d"], ["a b;c=d"]),
    ],
)
def test_a_list_is_all_its_lines_without_what_is_empty(
    lines: list[str], expected: list[str]
) -> None:
    assert list(elements(lines)) == expected


def test_a_list_without_end_costs_little() -> None:
    assert list(elements(["a," * 10 * MOST, "b"])) == ["a"] * MOST
    assert list(elements(["," * 10 * MOST + "b"])) == []


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["en;q=0.5, RU;Q=0.9"], [("en", 0.5), ("ru", 0.9)]),
        (["gzip ; q = 0.001"], [("gzip", 0.001)]),
        (["gzip;level=1;q=0.2"], [("gzip", 0.2)]),
        (["*;q=0", "br;q=0.000"], [("*", 0.0), ("br", 0.0)]),
        (["br;q=1.000,gzip;q=1.,x;q=0."], [("br", 1.0), ("gzip", 1.0), ("x", 0.0)]),
        (["gzip;"], [("gzip", 1.0)]),
    ],
)
def test_a_weight_is_a_parameter_and_its_name_has_no_case(
    lines: list[str], expected: list[tuple[str, float]]
) -> None:
    assert weights(lines) == expected


@pytest.mark.parametrize("weight", ["", "2", "1.001", "-1", "0.1234", "nan", "1e0", "٠", "0.5 1"])
def test_an_element_whose_weight_is_none_is_left_out(weight: str) -> None:
    assert weights([f"a;q={weight}, b"]) == [("b", 1.0)]


@pytest.mark.parametrize(
    ("lines", "language"),
    [
        ([], None),
        (["de", "ru"], "ru"),
        (["de, fr;q=0.9"], None),
        (["en;q=0.5, ru;Q=0.9"], "ru"),
        (["en;q=0.5,\tRU-ru ; q=0.9,"], "ru"),
        (["ru, en"], "ru"),
        (["en, ru"], "en"),
        (["en-GB;q=0.8, ru;q=0.9, en-US"], "en"),
        (["ru;q=0, *"], "en"),
        (["en;q=0, *;q=0.1"], "ru"),
        (["*"], "en"),
        (["*, ru;q=0.5"], "en"),
        (["*;q=0.1, ru;q=0.5"], "ru"),
        (["ru, *;q=0"], "ru"),
        (["en;q=0"], None),
        (["en;q=0, en-GB"], None),
        (["ru-RU;q=0, ru"], "ru"),
        (["ru;q=x, en;q=0.1"], "en"),
        (["russian, english"], None),
    ],
)
def test_the_language_is_the_one_liked_best(lines: list[str], language: str | None) -> None:
    assert best_language(lines, ("en", "ru")) == language
