"""Names of pictures say what there is to fetch."""

import pytest

from mailing_service.bounds import COVER_LENGTH
from mailing_service.pictures.names import (
    file_names,
    is_file_name,
    name_in,
    new_name,
    sizes,
    sources,
)

STEM = "0123456789abcdef" * 2


def test_a_picture_has_a_file_of_each_width_that_it_is_not_narrower_than() -> None:
    assert sizes(1600, 900) == [(480, 270), (960, 540), (1600, 900)]
    assert sizes(700, 350) == [(480, 240), (700, 350)]
    assert sizes(300, 300) == [(300, 300)]


def test_no_side_is_nothing() -> None:
    assert sizes(1600, 1) == [(480, 1), (960, 1), (1600, 1)]


def test_sources_are_the_files_with_their_sides() -> None:
    name = new_name(700, 350)
    found = sources(name)
    assert [(each.width, each.height) for each in found] == [(480, 240), (700, 350)]
    assert [each.url for each in found] == [
        f"/api/v1/pictures/{name}-480.webp",
        f"/api/v1/pictures/{name}-700.webp",
    ]
    for file in file_names(name):
        assert name_in(file) == name_in(f".{file}.0123") == name
        assert is_file_name(file)


def test_names_fit_and_are_not_guessed() -> None:
    assert len(new_name(1600, 3200)) <= COVER_LENGTH
    assert len({new_name(1, 1) for _ in range(100)}) == 100


@pytest.mark.parametrize(
    "name", ["", "x", "../../etc/passwd", STEM, f"{STEM}-0x0", f"{STEM}-1x1\n"]
)
def test_what_is_no_name_has_no_files(name: str) -> None:
    assert file_names(name) == []
    assert sources(name) == []


@pytest.mark.parametrize(
    "file",
    [
        "",
        ".",
        "..",
        "../secrets",
        f"{STEM}-700x350.webp",
        f"{STEM}-700x350-960.webp",
        f"{STEM}-700x350-480.webp.0123",
        f".{STEM}-700x350-480.webp",
        f"{STEM.upper()}-700x350-480.webp",
        f"{STEM}-700x350-480.png",
        f"../{STEM}-700x350-480.webp",
        f"{STEM}-700x350-\u0664\u0668\u0660.webp",
    ],
)
def test_no_picture_has_a_file_of_another_name(file: str) -> None:
    assert not is_file_name(file)
