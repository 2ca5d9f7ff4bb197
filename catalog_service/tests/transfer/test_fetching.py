"""Files that the staff fetches."""

import asyncio
import csv
from collections.abc import AsyncIterator
from io import StringIO
from typing import Any

import httpx2
import pytest

from catalog_service.models import Product
from catalog_service.tests.conftest import PRODUCTS, UNAUTHORIZED, broken_fields
from catalog_service.tests.transfer.files import take, teas
from catalog_service.transfer.exporting import export_products
from catalog_service.transfer.schemas import ExportOptions, ProductLine
from shared.transfer.exporting import BATCH
from testing.outage import Cable

pytestmark = pytest.mark.usefixtures("empty_tables")

EXPORT, IMPORT = f"{PRODUCTS}/export", f"{PRODUCTS}/import"
NAMES = ['Чай; "Ночь", 50 г', "شاي أخضر 🍵", "=1+1", "a\\b'c", "' OR 1=1 --", "é vs é"]
FORMULAS = ["=cmd|'/C calc'!A0", "+7 916 123-45-67", "-5 °C", "@SUM(1)", "'=2", "''-3", "Чай;=4"]


async def fetch(client: httpx2.AsyncClient, **options: str) -> httpx2.Response:
    return await client.get(EXPORT, params=options)


async def stored() -> list[dict[str, Any]]:
    return await Product.all().order_by("id").values(*ProductLine.model_fields)


async def test_a_stranger_fetches_no_file(stranger: httpx2.AsyncClient) -> None:
    response = await fetch(stranger)
    assert (response.status_code, response.content) == (401, UNAUTHORIZED)


async def test_a_customer_fetches_no_file(reader: httpx2.AsyncClient) -> None:
    assert (await fetch(reader)).status_code == 403


async def test_what_is_for_sale_comes_as_csv(editor: httpx2.AsyncClient) -> None:
    await take(*teas(1), *teas(2, is_active=False)[1:], ProductLine(name='A "b", c', price=1))

    answer = await fetch(editor)

    assert answer.text == (
        'name,price,sku,is_active\r\nTea 0,0,TEA-0,true\r\n"A ""b"", c",1,,true\r\n'
    )
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="products.csv"'


async def test_everything_comes_as_json_lines(editor: httpx2.AsyncClient) -> None:
    await take(*teas(1), *teas(2, is_active=False)[1:])

    answer = await fetch(editor, format="jsonl", include_inactive="true")

    assert answer.text.splitlines() == [
        '{"name":"Tea 0","price":0,"sku":"TEA-0","is_active":true}',
        '{"name":"Tea 1","price":1,"sku":"TEA-1","is_active":false}',
    ]
    assert answer.headers["content-type"] == "application/x-ndjson"
    assert answer.headers["content-disposition"] == 'attachment; filename="products.jsonl"'


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
async def test_an_empty_catalog_is_a_file_too(editor: httpx2.AsyncClient, kind: str) -> None:
    answer = await fetch(editor, format=kind)

    assert answer.text == ("name,price,sku,is_active\r\n" if kind == "csv" else "")


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
async def test_an_import_takes_an_export_back(editor: httpx2.AsyncClient, kind: str) -> None:
    odd = [ProductLine(name=name, price=2**53 - 1, sku=name) for name in [*NAMES, *FORMULAS]]
    await take(*odd, *teas(2 * BATCH), *teas(1, sku=None, is_active=False))
    exported = await fetch(editor, format=kind, include_inactive="true")
    before = await stored()
    headers = {"Content-Type": exported.headers["content-type"]}

    again = await editor.post(IMPORT, content=exported.content, headers=headers)
    assert (again.json()["unchanged"], again.json()["created"]) == (2 * BATCH + len(odd), 1)
    await Product.all().delete()
    await editor.post(IMPORT, content=exported.content, headers=headers)

    assert await stored() == before


async def test_a_spreadsheet_takes_no_text_for_a_formula(editor: httpx2.AsyncClient) -> None:
    await take(*(ProductLine(name=name, price=1, sku=name) for name in FORMULAS))

    table = list(csv.reader(StringIO((await fetch(editor, format="csv")).text)))

    assert [row[0] for row in table[1:]] == [
        *(f"'{name}" for name in FORMULAS[:-1]),
        "Чай;'=4",
    ]
    assert [row[2] for row in table[1:]] == [row[0] for row in table[1:]]


async def test_an_export_holds_a_batch_at_a_time() -> None:
    await take(*teas(2 * BATCH + 1))

    pieces = [piece async for piece in await export_products(ExportOptions(format="jsonl"))]

    assert [piece.count(b"\n") for piece in pieces] == [BATCH, BATCH, 1]


async def test_what_comes_and_goes_meanwhile_disturbs_nobody_else() -> None:
    await take(*teas(2 * BATCH))
    export = await export_products(ExportOptions(format="jsonl"))
    pieces = [await anext(export)]

    await Product.filter(sku__in=["TEA-0", f"TEA-{BATCH + 7}"]).update(is_active=False)
    await take(*teas(1, sku="new"))
    pieces += [piece async for piece in export]

    lines = b"".join(pieces).splitlines()
    assert len(lines) == len(set(lines)) == 2 * BATCH


async def test_without_a_database_there_is_an_error_and_no_file(
    editor: httpx2.AsyncClient, cable: Cable
) -> None:
    cable.cut()
    answer = await fetch(editor)
    await cable.connect()

    assert (answer.status_code, answer.json()["error"]) == (503, "service_unavailable")


async def test_an_export_that_breaks_off_does_not_end_as_if_it_were_whole(
    editor: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    await take(*teas(1))

    async def breaking(_options: ExportOptions) -> AsyncIterator[bytes]:
        async def pieces() -> AsyncIterator[bytes]:
            yield b"name,price\r\n"
            raise ConnectionResetError

        return pieces()

    monkeypatch.setattr("catalog_service.transfer.exporting.export_products", breaking)
    messages: list[dict[str, Any]] = []
    app = editor._transport.app  # type: ignore[attr-defined]

    async def send(message: dict[str, Any]) -> None:
        messages.append(message)

    async def receive() -> dict[str, Any]:
        await asyncio.Event().wait()  # the client stays
        return {}

    request = editor.build_request("GET", EXPORT)
    scope = {
        "type": "http",
        "method": "GET",
        "path": EXPORT,
        "raw_path": EXPORT.encode(),
        "query_string": b"",
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
        "app": app,
    }
    with pytest.raises(RuntimeError, match="already started"):
        await app(scope, receive, send)

    assert messages[-1]["type"] == "http.response.body"
    assert messages[-1]["more_body"] is True


@pytest.mark.parametrize(
    ("options", "field"), [({"format": "xlsx"}, "format"), ({"sort": "name"}, "sort")]
)
async def test_unknown_options_are_named(
    editor: httpx2.AsyncClient, options: dict[str, str], field: str
) -> None:
    assert broken_fields(await fetch(editor, **options)) == [field]
