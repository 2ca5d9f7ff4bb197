"""Cursors come back as they were written, or not at all."""

import string
from datetime import UTC, datetime

import pytest
from pydantic import SecretStr

from catalog_service.products.listing.cursors import MAX_CURSOR, Cursors, Position, UnusableCursor
from catalog_service.products.listing.views import NEWEST_FIRST, Sort, View

OLD, NEW = (
    SecretStr("the-old-secret-of-this-test-only"),
    SecretStr("the-new-secret-of-this-test-only"),
)
CURSORS = Cursors([NEW, OLD])
INSTANT = datetime(2026, 11, 21, 9, 30, 0, 123456, tzinfo=UTC)


@pytest.mark.parametrize(
    ("view", "value"),
    [
        (View(), INSTANT),
        (View(sort=Sort.CREATED_AT, created_from=INSTANT, include_inactive=True), INSTANT),
        (View(sort=Sort.PRICE, price_min=0, price_max=2**53 - 1), 2**53 - 1),
        (View(sort=Sort.NAME_DESCENDING, q="чай «Ёлка»"), "чай елка 1"),
    ],
)
def test_a_cursor_knows_its_list_and_its_place(view: View, value: datetime | int | str) -> None:
    position = Position(value, 2**63 - 1)

    read, place = CURSORS.read(CURSORS.write(view, position))

    assert place == position
    assert read.model_dump() == {**view.model_dump(), "sort": view.sort or NEWEST_FIRST}


def test_no_character_of_a_cursor_may_be_another() -> None:
    cursor = CURSORS.write(View(), Position(INSTANT, 1))

    for place, letter in enumerate(cursor):
        other = "A" if letter != "A" else "B"
        with pytest.raises(UnusableCursor):
            CURSORS.read(cursor[:place] + other + cursor[place + 1 :])


def test_the_last_character_has_one_spelling() -> None:
    cursor = CURSORS.write(View(), Position(INSTANT, 11))
    alphabet = string.ascii_letters + string.digits + "-_"

    readable = []
    for letter in alphabet:
        try:
            CURSORS.read(cursor[:-1] + letter)
        except UnusableCursor:
            continue
        readable.append(letter)

    assert readable == [cursor[-1]]


@pytest.mark.parametrize("cursor", ["", "A", "====", "чай", "A" * MAX_CURSOR, "e30", "\0", "a b"])
def test_what_is_no_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(UnusableCursor):
        CURSORS.read(cursor)


def test_a_cut_cursor_is_refused() -> None:
    cursor = CURSORS.write(View(), Position(INSTANT, 1))

    for length in range(len(cursor)):
        with pytest.raises(UnusableCursor):
            CURSORS.read(cursor[:length])


def test_all_secrets_are_honoured_and_no_other() -> None:
    old = Cursors([OLD]).write(View(), Position(INSTANT, 1))

    assert CURSORS.read(old) == Cursors([OLD]).read(old)
    assert Cursors([NEW]).write(View(), Position(INSTANT, 1)) == CURSORS.write(
        View(), Position(INSTANT, 1)
    )
    with pytest.raises(UnusableCursor):
        Cursors([NEW]).read(old)


def test_the_longest_cursor_fits_its_parameter() -> None:
    view = View(
        sort=Sort.NAME, q="🎉" * 99 + "x", price_min=2**53 - 1, price_max=2**53 - 1,
        created_from=INSTANT, created_to=INSTANT, include_inactive=True,
    )  # fmt: skip

    assert len(CURSORS.write(view, Position("𐐨" * 400, 2**63 - 1))) <= MAX_CURSOR
