"""Reading products out of files: what is accepted, and how the rest is reported."""

from pathlib import Path

import pytest

from catalog_service.transfer.lines import reader_of
from catalog_service.transfer.prices import PriceUnit
from catalog_service.transfer.schemas import ProductLine
from shared.transfer import reading
from shared.transfer.formats import UnusableFile, format_of, open_file
from shared.transfer.rows import BadLine, GoodLine

TEA = ProductLine(name="Чай «Ночь»", price=34900, is_active=True)
END = "; the file was read no further"
ADVICE = "price: Must be a price like 199.00, or a whole number of the smallest unit like 19900"
WHOLE = "price: Must be a whole number of the smallest unit, like 19900"
PAUSED = ProductLine(name="Кофе", price=0, is_active=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def rows(
    folder: Path, name: str, content: bytes | str, unit: PriceUnit | None = None
) -> list[GoodLine[ProductLine] | BadLine]:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    with open_file(path) as file:
        return list(reader_of(file, format_of(path), currency="RUB", unit=unit).rows())


def read(folder: Path, name: str, content: bytes | str) -> list[ProductLine | BadLine]:
    return [row if isinstance(row, BadLine) else row.value for row in rows(folder, name, content)]


def complaints(folder: Path, name: str, content: bytes | str) -> list[str]:
    return [str(row) for row in read(folder, name, content) if isinstance(row, BadLine)]


@pytest.mark.parametrize(
    "content",
    [
        "name,price,is_active\nЧай «Ночь»,34900,true\nКофе,0,false\n",
        "name,price,is_active\r\nЧай «Ночь»,34900,TRUE\r\nКофе,0,False\r\n",
        "\ufeffname;price;is_active\r\nЧай «Ночь»;34900;1\r\nКофе;0;0\r\n",
        "Price, Is_Active ,NAME\n34900,1,Чай «Ночь»\n 0 ,0,  Кофе  ",
        '"name","price","is_active"\n"Чай «Ночь»","34900","1"\n\n"Кофе","0","0"\n\n',
    ],
    ids=["commas", "crlf", "semicolons-bom", "columns-in-any-order", "quoted"],
)
def test_all_usual_kinds_of_csv_are_read(folder: Path, content: str) -> None:
    assert read(folder, "products.csv", content) == [TEA, PAUSED]


def test_quotes_keep_separators_and_quotes(folder: Path) -> None:
    content = 'name;price\n"Чай; ""Ночь"", 50 г";1\n'

    assert read(folder, "products.CSV", content) == [ProductLine(name='Чай; "Ночь", 50 г', price=1)]


@pytest.mark.parametrize("name", ["products.jsonl", "products.ndjson"])
def test_json_lines_are_read(folder: Path, name: str) -> None:
    content = (
        '\ufeff{"name": "Чай «Ночь»", "price": 34900, "is_active": true}\r\n\n'
        '{"is_active": false, "price": 0, "name": " Кофе "}'
    )

    assert read(folder, name, content) == [TEA, PAUSED]


def test_emoji_and_right_to_left_names_are_kept(folder: Path) -> None:
    content = "name,price\nشاي أخضر 🍵,1\n"

    assert read(folder, "products.csv", content) == [ProductLine(name="شاي أخضر 🍵", price=1)]


@pytest.mark.parametrize(
    ("cells", "complaint"),
    [
        (",1,", "name: String should have at least 1 character"),
        ("   ,1,", "name: String should have at least 1 character"),
        ("A\0B,1,", "name: Control characters are not allowed"),
        ('"A\nB",1,', "name: Control characters are not allowed"),
        (f"{'x' * 201},1,", "name: String should have at most 200 characters"),
        ("Tea,,", ADVICE),
        ("Tea,free,", ADVICE),
        ("Tea,1.234,", ADVICE),
        ("Tea,1e3,", ADVICE),
        ("Tea,1_000,", ADVICE),
        ("Tea,١٢,", ADVICE),
        ("Tea,-1,", "price: Input should be greater than or equal to 0"),
        (f"Tea,{10**30},", f"price: Input should be less than or equal to {2**53 - 1}"),
        (f"Tea,{'9' * 5000},", ADVICE),
        ("Tea,1,maybe", "is_active: Input should be a valid boolean"),
        ("Tea,1", "has 2 cells where the header has 3"),
        ("Tea,1,1,1", "has 4 cells where the header has 3"),
        ('"Tea"s,1,1', "is not proper CSV: ',' expected after '\"'"),
    ],
)
def test_a_bad_csv_line_is_named_and_the_next_is_read(
    folder: Path, cells: str, complaint: str
) -> None:
    content = f"name,price,is_active\nЧай «Ночь»,34900,1\n{cells}\nКофе,0,0\n"

    assert read(folder, "products.csv", content) == [TEA, BadLine(3, complaint), PAUSED]


def test_all_that_is_wrong_with_a_line_is_reported(folder: Path) -> None:
    (complaint,) = complaints(folder, "products.csv", "name,price\n ,free\n")

    assert complaint.startswith("line 2: name: ")
    assert "; price: " in complaint


def test_lines_are_counted_as_an_editor_counts_them(folder: Path) -> None:
    content = 'name,price\n\n"two\nlines",1\n,1\n'

    assert [line.split(":")[0] for line in complaints(folder, "products.csv", content)] == [
        "line 3",
        "line 5",
    ]


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("{", "Invalid JSON: EOF while parsing"),
        ("[1]", "Input should be an object"),
        ("null", "Input should be an object"),
        ('{"name": "A\0B", "price": 1}', "Invalid JSON: control character"),
        ('{"name": "A\\u0000B", "price": 1}', "name: Control characters are not allowed"),
        ('{"name": "\\ud800", "price": 1}', "Invalid JSON: "),
        ('{"price": 1}', "name: Field required"),
        ('{"name": "Tea", "price": "1"}', WHOLE),
        ('{"name": "Tea", "price": 1.0}', WHOLE),
        ('{"name": "Tea", "price": 1e400}', WHOLE),
        ('{"name": "Tea", "price": true}', WHOLE),
        ('{"name": "Tea", "price": 1, "is_active": 1}', "is_active: Input should be a valid bool"),
        ('{"name": "Tea", "price": 1, "id": 7}', "id: Extra inputs are not permitted"),
        ("[" * 10_000, "Invalid JSON: recursion limit exceeded"),
    ],
)
def test_a_bad_json_line_is_named_and_the_next_is_read(
    folder: Path, line: str, complaint: str
) -> None:
    good = '{"name": "Кофе", "price": 0, "is_active": false}'

    bad, *rest = read(folder, "products.jsonl", f"{line}\n{good}\n")

    assert isinstance(bad, BadLine)
    assert str(bad).startswith(f"line 1: {complaint}")
    assert rest == [PAUSED]


COLUMNS = "name, price and perhaps sku and is_active"


@pytest.mark.parametrize(
    ("header", "complaint"),
    [
        ("name\n", "line 1: lacks the column price"),
        ("price\n", "line 1: lacks the column name"),
        ("sku,is_active\n", "line 1: lacks the column name"),
        (
            "name,price,colour\n",
            f"line 1: names a column «colour» that there is none of; there are {COLUMNS}",
        ),
        (
            "name,prize\n",
            f"line 1: names a column «prize» that there is none of; there are {COLUMNS}",
        ),
        (
            "\n,,\nname,\x1b[2J" + "x" * 100 + "\n",
            f"line 3: names a column «?[2j{'x' * 36}» that there is none of; there are {COLUMNS}",
        ),
        (
            "name,,price\n",
            f"line 1: names a column «» that there is none of; there are {COLUMNS}",
        ),
        ("name,price, Price \n", "line 1: names the column price twice"),
        ("Tea,100\n", f"line 1: names a column «tea» that there is none of; there are {COLUMNS}"),
        ("Tea\n", f"line 1: must name the columns: {COLUMNS}"),
    ],
)
def test_a_wrong_header_names_its_column(folder: Path, header: str, complaint: str) -> None:
    assert complaints(folder, "products.csv", f"{header}Tea,1\n") == [f"{complaint}{END}"]


@pytest.mark.parametrize("content", ["", "\n", ",,,\n", "\ufeff"])
def test_an_empty_file_names_no_columns(folder: Path, content: str) -> None:
    assert complaints(folder, "products.csv", content) == [
        f"line 1: must name the columns: {COLUMNS}{END}"
    ]


@pytest.mark.parametrize(
    "empty",
    [
        "", ",", ",,", ",,,,,,", " , ,", '"",""', '" ","",', "\ufeff", "\ufeff,,", "\t", "   ",
        "\u00a0,\u3000,", ";;", '"\n",,', "\u200b",
    ],
)  # fmt: skip
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_an_empty_row_is_passed_over_however_it_is_empty(
    folder: Path, empty: str, end: str
) -> None:
    lines = [empty, "name,price,is_active", empty, "Чай «Ночь»,34900,1", empty, empty, "Кофе,0,0"]
    content = end.join([*lines, empty, empty])

    found = rows(folder, "products.csv", content)

    assert [row.value for row in found if isinstance(row, GoodLine)] == [TEA, PAUSED]
    if "\n" not in empty:
        assert [row.number for row in found] == [4, 7]


@pytest.mark.parametrize("empty", ["", " ", "\t", "\ufeff", "\u00a0"])
def test_an_empty_line_of_json_is_passed_over(folder: Path, empty: str) -> None:
    line = '{"name": "Кофе", "price": 0, "is_active": false}'

    assert read(folder, "products.jsonl", f"{empty}\n{line}\n{empty}\n") == [PAUSED]


def test_columns_that_a_spreadsheet_adds_behind_are_passed_over(folder: Path) -> None:
    content = "name;price;;\nЧай;1;;\n;;;\nКофе;2;;;;\nКакао;3\nМате;4;x;\n"

    assert read(folder, "products.csv", content) == [
        ProductLine(name="Чай", price=1),
        ProductLine(name="Кофе", price=2),
        ProductLine(name="Какао", price=3),
        BadLine(6, "has 4 cells where the header has 2"),
    ]


def test_another_encoding_ends_the_reading_at_its_line(folder: Path) -> None:
    content = b"name,price\nTea,1\n" + "Чай,1\nКофе,1\n".encode("cp1251")

    assert read(folder, "products.csv", content) == [
        ProductLine(name="Tea", price=1),
        BadLine(3, f"is not UTF-8 text; save the file as UTF-8{END}"),
    ]


@pytest.mark.parametrize("name", ["products.csv", "products.jsonl"])
def test_utf_16_is_not_taken_for_text(folder: Path, name: str) -> None:
    content = "name,price\nTea,1\n".encode("utf-16")

    assert complaints(folder, name, content) == [
        f"line 1: is not UTF-8 text; save the file as UTF-8{END}"
    ]


@pytest.mark.parametrize("name", ["products.csv", "products.jsonl"])
def test_an_endless_line_is_not_read_to_its_end(folder: Path, name: str) -> None:
    content = b"name,price\n" + b"x" * 10_000_000 + b",1\n"

    assert complaints(folder, name, content)[-1] == f"line 2: is longer than 65536 bytes{END}"


def test_an_open_quote_does_not_swallow_the_file_in_silence(folder: Path) -> None:
    content = 'name,price\n"Tea,1\n' + "Coffee,1\n" * 10

    assert complaints(folder, "products.csv", content) == [
        "line 2: is not proper CSV: unexpected end of data"
    ]


def test_a_cell_of_many_lines_is_not_read_to_its_end(folder: Path) -> None:
    content = 'name,price\n"' + "Tea,1\n" * 30_000

    first, *_ = complaints(folder, "products.csv", content)

    assert first == "line 2: is not proper CSV: field larger than field limit (131072)"


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("missing.csv", "cannot be read: No such file or directory."),
        ("folder.csv", "cannot be read: Is a directory."),
        ("products.xlsx", "is of no known kind: its name must end in .csv or .jsonl."),
        ("products", "is of no known kind: its name must end in .csv or .jsonl."),
    ],
)
def test_an_unusable_file_gets_a_sentence(folder: Path, name: str, sentence: str) -> None:
    (folder / "folder.csv").mkdir()
    path = folder / name

    with pytest.raises(UnusableFile) as refusal:
        format_of(path)
        with open_file(path):
            pass

    assert str(refusal.value) == f"{path} {sentence}"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("products.csv", "sku;price;name\nA;1;Tea\n ;1;Tea\n;1;Tea\n"),
        (
            "products.jsonl",
            '{"sku": " A ", "price": 1, "name": "Tea"}\n{"sku": null, "price": 1, "name": "Tea"}\n'
            '{"price": 1, "name": "Tea", "is_active": null}',
        ),
    ],
)
def test_what_is_left_empty_is_not_said(folder: Path, name: str, content: str) -> None:
    with_sku, *without = read(folder, name, content)

    assert with_sku == ProductLine(name="Tea", price=1, sku="A", is_active=None)
    assert without == [ProductLine(name="Tea", price=1)] * 2


def test_a_file_has_a_bounded_number_of_lines(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "MAX_LINES", 3)

    assert complaints(folder, "products.csv", "name,price\n" + "Tea,1\n" * 5) == [
        f"line 4: comes after the 3 lines that a file may have{END}"
    ]


def test_a_product_remembers_its_line(folder: Path) -> None:
    found = rows(folder, "products.csv", 'name,price\n\n"Tea",1\n,1\nTea,1\n')

    assert [row.number for row in found] == [3, 4, 5]


def test_a_file_can_be_read_again(folder: Path) -> None:
    path = folder / "products.csv"
    path.write_text("name,price\nTea,1\n")
    with open_file(path) as file:
        reader = reader_of(file, format_of(path), currency="RUB")
        assert (
            list(reader.rows())
            == list(reader.rows())
            == [GoodLine(2, ProductLine(name="Tea", price=1))]
        )
