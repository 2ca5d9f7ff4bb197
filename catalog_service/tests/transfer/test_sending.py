"""Files that the staff sends."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from catalog_service.models import Product
from catalog_service.tests.conftest import PRODUCTS, UNAUTHORIZED, broken_fields
from catalog_service.tests.product_admin.state import State, stored_state
from catalog_service.transfer import importing
from catalog_service.transfer.schemas import ProductLine
from shared.transfer.importing import ALONE, BESIDE_REQUESTS, ImportJob, Pace, TakeBatch
from shared.transfer.uploads import MAX_SIZE

pytestmark = pytest.mark.usefixtures("empty_tables")

IMPORT = f"{PRODUCTS}/import"
CSV = {"Content-Type": "text/csv; charset=utf-8"}
LINES = {"Content-Type": "application/x-ndjson"}
TEA = "name,price,sku\nЧай,100,A\n"
DONE = {"created": 1, "changed": 0, "unchanged": 0, "refused": 0, "errors": []}


async def send(
    client: httpx2.AsyncClient, content: str | bytes = TEA, **options: str
) -> httpx2.Response:
    return await client.post(IMPORT, content=content, headers=CSV, params=options)


def done(answer: httpx2.Response) -> dict[str, object]:
    """What came of the lines, without their prices."""
    return {name: value for name, value in answer.json().items() if name != "prices"}


async def test_a_stranger_sends_no_file(stranger: httpx2.AsyncClient) -> None:
    response = await send(stranger)
    assert (response.status_code, response.content) == (401, UNAUTHORIZED)


async def test_a_customer_sends_no_file(reader: httpx2.AsyncClient) -> None:
    assert (await send(reader)).status_code == 403
    assert await stored_state() == State(1, 0)


async def test_a_file_is_imported_and_reported(editor: httpx2.AsyncClient) -> None:
    answer = await send(editor)

    assert answer.status_code == 200
    assert answer.json() == {
        **DONE,
        "prices": [{"line": 2, "name": "Чай", "price": 100, "shown": "1.00\u00a0RUB"}],
    }
    assert await Product.all().values_list("name", "price", "sku") == [("Чай", 100, "A")]


async def test_a_file_goes_in_small_batches_with_rests_beside_other_requests(
    editor: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    paces: list[Pace] = []

    class Noted(ImportJob[ProductLine]):
        def __init__(self, take: TakeBatch[ProductLine], **options: Any) -> None:
            paces.append(options["pace"])
            super().__init__(take, **options)

    monkeypatch.setattr(importing, "ImportJob", Noted)

    assert (await send(editor)).status_code == 200
    assert paces == [BESIDE_REQUESTS]
    assert BESIDE_REQUESTS.batch < ALONE.batch
    assert BESIDE_REQUESTS.rest > ALONE.rest == 0


async def test_json_lines_are_imported(editor: httpx2.AsyncClient) -> None:
    line = json.dumps({"name": "Чай", "price": 100})
    assert done(await editor.post(IMPORT, content=line, headers=LINES)) == DONE


@pytest.mark.parametrize(
    ("query", "content"),
    [({}, TEA), ({"format": "csv"}, TEA), ({"format": "jsonl"}, '{"name": "Чай", "price": 100}')],
)
async def test_bytes_are_in_the_format_that_the_query_names(
    editor: httpx2.AsyncClient, query: dict[str, str], content: str
) -> None:
    headers = {"Content-Type": "application/octet-stream"}
    answer = await editor.post(IMPORT, content=content, headers=headers, params=query)

    assert (answer.status_code, done(answer)) == (200, DONE)


async def test_a_media_type_that_says_the_format_goes_before_the_query(
    editor: httpx2.AsyncClient,
) -> None:
    assert done(await send(editor, format="jsonl")) == DONE


async def test_a_file_may_come_in_pieces(editor: httpx2.AsyncClient) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for byte in TEA.encode():
            yield bytes([byte])

    assert done(await editor.post(IMPORT, content=pieces(), headers=CSV)) == DONE


async def test_bad_lines_are_named_and_nothing_is_imported(editor: httpx2.AsyncClient) -> None:
    answer = await send(editor, f"{TEA},1,B\nКофе,дорого,\n")

    assert answer.json() == {
        "code": 422,
        "message": "Some lines hold no product, so nothing was imported.",
        "error": "import_refused",
        "fields": [
            {"field": "line 3", "message": "name: String should have at least 1 character"},
            {
                "field": "line 4",
                "message": "price: Must be a price like 199.00, or a whole number of the smallest"
                " unit like 19900",
            },
        ],
    }
    assert await stored_state() == State(1, 0)


async def test_bad_lines_can_be_skipped(editor: httpx2.AsyncClient) -> None:
    report = (await send(editor, f"{TEA},1,B\n", skip_errors="true")).json()

    assert (report["created"], report["refused"]) == (1, 1)
    assert report["errors"] == [
        {"line": 3, "message": "name: String should have at least 1 character"}
    ]


async def test_a_dry_run_writes_nothing(editor: httpx2.AsyncClient) -> None:
    assert done(await send(editor, dry_run="true")) == DONE
    assert await stored_state() == State(1, 0)


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbfname;price\r\nTea;1\r\n",
        'price,name\n1,"Tea ""two"", or\tthree"\n'.replace("\t", " ").encode(),
        b"name,price\nTea,1",
    ],
)
async def test_usual_kinds_of_csv_are_taken(editor: httpx2.AsyncClient, content: bytes) -> None:
    assert done(await send(editor, content)) == DONE


@pytest.mark.parametrize(
    "content",
    [
        "name,price\nЧай,1\n".encode("utf-16"),
        "name,price\nЧай,1\n".encode("cp1251"),
        b"name,price\n" + b"x" * 10_000_000 + b",1\n",
        b'name,price\n"' + b"x\n" * 100_000,
        b"name,price\nTe\0a,1\n",
        b"\0" * 1000,
        b"\x1f\x8b\x08\x00",
    ],
)
async def test_what_is_no_such_file_is_refused_by_line(
    editor: httpx2.AsyncClient, content: bytes
) -> None:
    answer = await send(editor, content)

    assert (answer.status_code, answer.json()["error"]) == (422, "import_refused")
    assert answer.json()["fields"][0]["field"] in {"line 1", "line 2"}
    assert len(answer.content) < 20_000
    assert await stored_state() == State(1, 0)


@pytest.mark.parametrize(
    "content_type", [None, "application/json", "text/plain", "multipart/form-data; boundary=x"]
)
async def test_another_content_type_is_a_415(
    editor: httpx2.AsyncClient, content_type: str | None
) -> None:
    headers = {"Content-Type": content_type} if content_type else {}
    answer = await editor.post(IMPORT, content=TEA, headers=headers)

    assert (answer.status_code, answer.json()["error"]) == (415, "unsupported_media_type")


async def test_more_than_a_file_may_have_is_a_413(editor: httpx2.AsyncClient) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(MAX_SIZE // 2**20 + 1):
            yield b" " * 2**20

    answer = await editor.post(IMPORT, content=pieces(), headers=CSV)

    assert (answer.status_code, answer.json()["error"]) == (413, "payload_too_large")


@pytest.mark.parametrize(
    ("options", "field"), [({"dry_run": "perhaps"}, "dry_run"), ({"dry": "1"}, "dry")]
)
async def test_unknown_options_are_named(
    editor: httpx2.AsyncClient, options: dict[str, str], field: str
) -> None:
    assert broken_fields(await send(editor, **options)) == [field]


async def test_an_empty_file_is_no_csv(editor: httpx2.AsyncClient) -> None:
    assert (await send(editor, b"")).json()["fields"][0]["field"] == "line 1"


PRICED = "name,price\nЧай,{}\nКофе,{}\n"


def shown(answer: httpx2.Response) -> list[tuple[str, int, str]]:
    assert answer.status_code == 200, answer.text
    return [(read["name"], read["price"], read["shown"]) for read in answer.json()["prices"]]


async def test_prices_are_shown_as_people_read_them(editor: httpx2.AsyncClient) -> None:
    editor.headers["Accept-Language"] = "ru"

    tried = await send(editor, PRICED.format("199", "34900"), dry_run="true")
    taken = await send(editor, PRICED.format("199", "34900"))

    expected = [("Чай", 199, "1,99\u00a0₽"), ("Кофе", 34900, "349,00\u00a0₽")]
    assert shown(tried) == shown(taken) == expected
    assert (taken.headers["content-language"], taken.headers["vary"]) == ("ru", "Accept-Language")


@pytest.mark.parametrize(
    ("prices", "unit", "expected"),
    [
        (("199.00", '"100,50"'), {}, [19900, 10050]),
        (("199", '"100,50"'), {"price_unit": "major"}, [19900, 10050]),
        (("199", '"100,50"'), {"price_unit": "minor"}, [199, 10050]),
        (("199", "100"), {"price_unit": "major"}, [19900, 10000]),
        (('"1 299,00 ₽"', "5 ₽"), {}, [129900, 500]),
    ],
)
async def test_decimals_are_understood_and_the_unit_can_be_said(
    editor: httpx2.AsyncClient, prices: tuple[str, str], unit: dict[str, str], expected: list[int]
) -> None:
    answer = await send(editor, PRICED.format(*prices), **unit)

    assert [price for _, price, _ in shown(answer)] == expected
    stored = [product.price for product in await Product.all().order_by("id")]
    assert stored == expected


@pytest.mark.parametrize("skip_errors", ["false", "true"])
async def test_whole_numbers_beside_decimals_import_nothing(
    editor: httpx2.AsyncClient, skip_errors: str
) -> None:
    content = PRICED.format("199", '"100,50"')

    answer = await send(editor, content, skip_errors=skip_errors)

    assert (answer.status_code, answer.json()["error"]) == (422, "import_refused")
    (problem,) = answer.json()["fields"]
    assert problem["field"] == "line 3"
    assert "price_unit=major" in problem["message"]
    assert await stored_state() == State(1, 0)


async def test_only_two_units_are_known(editor: httpx2.AsyncClient) -> None:
    assert (await send(editor, price_unit="roubles")).status_code == 422
    assert (await send(editor, price_unit="")).status_code == 422


async def test_whole_numbers_of_json_can_be_of_the_major_unit(editor: httpx2.AsyncClient) -> None:
    line = json.dumps({"name": "Чай", "price": 199})
    options = {"price_unit": "major"}

    answer = await editor.post(IMPORT, content=line, headers=LINES, params=options)

    assert shown(answer) == [("Чай", 19900, "199.00\u00a0RUB")]


async def test_what_is_wrong_with_lines_is_reported_in_the_readers_language(
    editor: httpx2.AsyncClient,
) -> None:
    editor.headers["Accept-Language"] = "ru"
    content = "name,price\n,дорого\nЧай,1,2\n"

    refused, skipped = await send(editor, content), await send(editor, content, skip_errors="true")

    expected = [
        "name: Символов должно быть не меньше 1; price: Должна быть цена вида 199.00 или целое"
        " число в самых мелких единицах, например 19900",
        "ячеек 3, а столбцов в заголовке 2",
    ]
    assert [field["message"] for field in refused.json()["fields"]] == expected
    assert [error["message"] for error in skipped.json()["errors"]] == expected


async def test_a_wrong_header_is_reported_in_the_readers_language(
    editor: httpx2.AsyncClient,
) -> None:
    editor.headers["Accept-Language"] = "ru"

    answer = await send(editor, "name,prize\nЧай,1\n")

    assert answer.json()["fields"][0]["message"] == (
        "столбца «prize» не бывает, бывают name, price и, если нужно, sku и is_active;"
        " дальше файл не читался"
    )
