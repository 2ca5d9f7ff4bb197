"""Reading files of any schema: encodings, columns of other names, lines that make no sense."""

import json
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from pydantic import Field

from shared.language.translation import Sentence
from shared.transfer.formats import FileFormat
from shared.transfer.reading import FileReader, Layout, UnreadableCell, optional_text
from shared.transfer.rows import BadLine, GoodLine, Row, without_repeated
from shared.values.schemas import Schema

END = "; the file was read no further"


class Person(Schema):
    """A line of these tests."""

    email: str = Field(min_length=1)
    name: str | None = None
    more: dict[str, str] = Field(default_factory=dict)


def reader(content: bytes, kind: FileFormat = FileFormat.CSV, **says: Any) -> FileReader[Person]:
    columns = Sentence("email and perhaps name")
    layout = Layout(schema=Person, columns=columns, cells={"name": optional_text}, **says)
    return FileReader(BytesIO(content), kind, lambda: layout)


def read(content: bytes, kind: FileFormat = FileFormat.CSV, **says: Any) -> list[object]:
    rows = reader(content, kind, **says).rows()
    return [row if isinstance(row, BadLine) else row.value for row in rows]


RUSSIAN = "email;name\na@x.ru;\nb@x.ru;Королёва Её\nc@x.ru;Её\n"


def test_a_file_that_is_not_utf_8_is_read_in_the_fallback_and_says_so() -> None:
    reading = reader(RUSSIAN.encode("cp1251"), fallback="windows-1251")

    values = [row.value for row in reading.rows() if isinstance(row, GoodLine)]

    assert [person.name for person in values] == [None, "Королёва Её", "Её"]
    assert reading.encoding == "windows-1251"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_file_of_utf_8_stays_utf_8_where_there_is_a_fallback(encoding: str) -> None:
    reading = reader(RUSSIAN.encode(encoding), fallback="windows-1251")

    values = [row.value for row in reading.rows() if isinstance(row, GoodLine)]

    assert [person.name for person in values] == [None, "Королёва Её", "Её"]
    assert reading.encoding == "utf-8"


@pytest.mark.parametrize("says", [{}, {"fallback": "windows-1251"}])
@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("email;name\na@x.ru;Чай\n".encode() + "b@x.ru;Чай\n".encode("cp1251"), 3),
        ("\ufeffemail;name\n".encode() + "b@x.ru;Чай\n".encode("cp1251"), 2),
        (RUSSIAN.encode("utf-16"), 1),
        (b"email;name\nb@x.ru;\x98\n", 2),
        (b"email;name\nb@x.ru;\xff\x00\n", 2),
    ],
)
def test_what_begins_as_utf_8_or_is_neither_is_never_guessed(
    content: bytes, line: int, says: dict[str, Any]
) -> None:
    *_, last = read(content, **says)

    assert last == BadLine(line, f"is not UTF-8 text; save the file as UTF-8{END}")


def test_columns_of_other_names_go_into_one_field() -> None:
    content = "email,City,name,shoe size\na@x.ru, Псков ,Anna,38\nb@x.ru,,,\n".encode()

    assert read(content, others_into="more") == [
        Person(email="a@x.ru", name="Anna", more={"city": "Псков", "shoe size": "38"}),
        Person(email="b@x.ru"),
    ]


@pytest.mark.parametrize("header", ["email,,name", "email,more", "email,city,City"])
def test_a_column_without_a_name_of_its_own_is_refused(header: str) -> None:
    [bad] = read(f"{header}\na@x.ru,b,c\n".encode(), others_into="more")

    assert isinstance(bad, BadLine)
    assert bad.number == 1


def test_json_lines_may_go_on_behind_what_makes_no_sense() -> None:
    good = json.dumps({"email": "a@x.ru"}).encode()
    content = b"\n".join([b"\xff\xfe", b"x" * 100_000, good, b"y" * 1000])

    assert read(content, FileFormat.JSON_LINES, resumes=True, max_line=100) == [
        BadLine(1, "is not UTF-8 text; save the file as UTF-8"),
        BadLine(2, "is longer than 100 bytes"),
        Person(email="a@x.ru"),
        BadLine(4, "is longer than 100 bytes"),
    ]
    assert read(content, FileFormat.JSON_LINES, max_line=100) == [
        BadLine(1, f"is not UTF-8 text; save the file as UTF-8{END}")
    ]


class Broken(UnreadableCell):
    refuses_all = True


@pytest.mark.parametrize(("error", "refuses_all"), [(UnreadableCell, False), (Broken, True)])
def test_an_unreadable_cell_says_what_is_wrong(
    error: type[UnreadableCell], refuses_all: bool
) -> None:
    def refuse(_: str) -> str:
        raise error(Sentence("Must be an address"))

    layout = Layout(schema=Person, columns=Sentence("email"), cells={"email": refuse})
    content = BytesIO(b"email\na@x.ru\n")

    [bad] = FileReader(content, FileFormat.CSV, lambda: layout).rows()

    assert bad == BadLine(2, "email: Must be an address", refuses_all=refuses_all)


def rows(*emails: str) -> Iterator[Row[Person]]:
    for number, email in enumerate(emails, start=1):
        yield GoodLine(number, Person(email=email)) if email else BadLine(number, "is bad")


def test_the_later_of_two_lines_with_one_value_is_refused() -> None:
    found = list(without_repeated(rows("a", "", "b", "a", "", "A"), "email"))

    assert [row.number for row in found if isinstance(row, BadLine)] == [2, 4, 5]
    assert found[3] == BadLine(4, "email: An earlier line has it too")


def test_lines_without_a_value_are_never_repeated() -> None:
    assert all(isinstance(row, GoodLine) for row in without_repeated(rows("a", "b"), "name"))


def test_many_values_are_distinguished() -> None:
    emails = [f"p{number}@x.ru" for number in range(50_000)]

    found = list(without_repeated(rows(*emails, *emails), "email"))

    assert [isinstance(row, BadLine) for row in found] == [False] * 50_000 + [True] * 50_000
