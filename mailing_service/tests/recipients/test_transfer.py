"""Files with recipients: in, out, and in again."""

import asyncio
import csv
import json
from io import StringIO
from typing import Any

import httpx2
import pytest

from mailing_service.models.recipients import Recipient, RecipientWord
from mailing_service.tests.conftest import UNAUTHORIZED, Person
from mailing_service.tests.lists.test_lists import make, size
from mailing_service.tests.recipients.test_recipients import RECIPIENTS, add, found

pytestmark = pytest.mark.usefixtures("empty_tables")

IMPORT, EXPORT = f"{RECIPIENTS}/import", f"{RECIPIENTS}/export"
THREE = "email,full_name,city\na@example.com,Анна,Казань\nb@example.com,,\nC@Example.com,Вера,\n"


async def send(
    person: Person, content: str | bytes, media_type: str = "text/csv", **query: object
) -> httpx2.Response:
    body = content.encode() if isinstance(content, str) else content
    params = {name: str(value) for name, value in query.items()}
    headers = {"Content-Type": media_type}
    return await person.client.post(IMPORT, content=body, params=params, headers=headers)


async def counts(response: httpx2.Response) -> tuple[int, int, int, int]:
    assert response.status_code == 200, response.text
    report: dict[str, Any] = response.json()
    return report["created"], report["changed"], report["unchanged"], report["refused"]


@pytest.mark.parametrize(("method", "path"), [("POST", IMPORT), ("GET", EXPORT)])
async def test_a_stranger_is_unauthorized(
    stranger: httpx2.AsyncClient, method: str, path: str
) -> None:
    response = await stranger.request(method, path)

    assert (response.status_code, response.content) == (401, UNAUTHORIZED)


async def test_a_file_comes_twice_and_the_second_time_changes_nothing(anna: Person) -> None:
    assert await counts(await send(anna, THREE)) == (3, 0, 0, 0)
    assert await counts(await send(anna, THREE)) == (0, 0, 3, 0)

    assert await found(anna) == ["c@example.com", "b@example.com", "a@example.com"]
    first = await Recipient.get(canonical_email="a@example.com")
    assert (first.full_name, first.custom_fields) == ("Анна", {"city": "Казань"})


async def test_a_line_changes_what_it_names_and_nothing_else(anna: Person) -> None:
    await add(
        anna, "a@example.com", full_name="A", comment="note", custom_fields={"x": "1", "y": "2"}
    )
    await add(anna, "b@example.com", full_name="B")

    report = await send(anna, "email;full_name;y\na@example.com;Новая;3\nb@example.com;;\n")

    assert await counts(report) == (0, 1, 1, 0)
    changed = await Recipient.get(canonical_email="a@example.com")
    assert (changed.full_name, changed.comment) == ("Новая", "note")
    assert changed.custom_fields == {"x": "1", "y": "3"}
    assert await found(anna, q="новая") == ["a@example.com"]
    assert await found(anna, q="B") == ["b@example.com"]


async def test_a_suppression_stays_whatever_is_imported(anna: Person) -> None:
    await anna.client.post("/api/v1/suppressions", json={"email": "a@example.com"})

    await send(anna, THREE)
    await anna.client.delete(f"{RECIPIENTS}/{(await Recipient.first()).id}")  # type: ignore[union-attr]
    await send(anna, THREE)

    items = (await anna.client.get(RECIPIENTS)).json()["items"]
    assert {i["email"]: i["suppressed"] for i in items} == {
        "a@example.com": "manual",
        "b@example.com": None,
        "c@example.com": None,
    }


async def test_one_bad_line_refuses_all_unless_errors_are_skipped(anna: Person) -> None:
    bad = "email,full_name\na@example.com,A\nnobody,B\nc@example.com,see evil.example\n"

    refused = await send(anna, bad)
    skipped = await send(anna, bad, skip_errors=True)

    assert refused.status_code == 422
    fields = [problem["field"] for problem in refused.json()["fields"]]
    assert fields == ["line 3", "line 4"]
    assert await counts(skipped) == (1, 0, 0, 2)
    assert [error["line"] for error in skipped.json()["errors"]] == [3, 4]
    assert await found(anna) == ["a@example.com"]


async def test_a_dry_run_says_what_would_come_and_writes_nothing(anna: Person) -> None:
    await add(anna, "a@example.com")

    report = await send(anna, THREE, dry_run=True)

    assert await counts(report) == (2, 1, 0, 0)
    assert await found(anna) == ["a@example.com"]


async def test_an_address_twice_in_a_file_is_refused(anna: Person) -> None:
    report = await send(anna, "email\na@example.com\nA@example.com\n", skip_errors=True)

    assert await counts(report) == (1, 0, 0, 1)


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("email;full_name\na@example.com;Щука\n".encode("cp1251"), "windows-1251"),
        ("email;full_name\na@example.com;Щука\n".encode(), "utf-8"),
        ("email;full_name\r\na@example.com;Щука\r\n".encode("utf-8-sig"), "utf-8"),
    ],
)
async def test_a_spreadsheets_file_is_understood_and_its_encoding_reported(
    anna: Person, content: bytes, encoding: str
) -> None:
    report = await send(anna, content)

    assert await counts(report) == (1, 0, 0, 0)
    assert report.json()["encoding"] == encoding
    assert (await Recipient.get()).full_name == "Щука"


async def test_json_lines_carry_custom_fields_as_an_object(anna: Person) -> None:
    line = {"email": "a@example.com", "custom_fields": {"city": "Казань"}}

    report = await send(anna, json.dumps(line) + "\n", "application/x-ndjson")

    assert await counts(report) == (1, 0, 0, 0)
    assert (await Recipient.get()).custom_fields == {"city": "Казань"}


@pytest.mark.parametrize(
    "content",
    [
        "full_name\nA\n",
        "email,email\na@example.com,b@example.com\n",
        "email,City Name\na@example.com,x\n",
        "email,custom_fields\na@example.com,{}\n",
        "email,suppressed\n\x00\n",
        "email\na@example.com," + "x" * 70_000 + "\n",
        "email," + ",".join(f"f{n}" for n in range(11)) + "\na@example.com," + "x," * 10 + "x\n",
    ],
)
async def test_what_makes_no_sense_imports_nothing(anna: Person, content: str) -> None:
    response = await send(anna, content)

    assert (response.status_code, response.json()["error"]) == (422, "import_refused")
    assert await found(anna) == []


async def test_more_fields_than_a_recipient_may_have_are_refused(anna: Person) -> None:
    eight = {f"f{number}": "x" for number in range(8)}
    await add(anna, "a@example.com", custom_fields=eight)

    response = await send(anna, "email,g1,g2,g3\na@example.com,1,2,3\n")

    assert response.status_code == 422
    assert (await Recipient.get()).custom_fields == eight


async def test_everybody_in_a_file_can_go_into_a_list(anna: Person, boris: Person) -> None:
    path = await make(anna)
    list_id = int(path.rpartition("/")[2])
    await add(anna, "a@example.com")

    for _ in range(2):
        assert (await send(anna, THREE, list_id=list_id)).status_code == 200

    assert await size(anna, path) == 3
    assert (await send(boris, THREE, list_id=list_id)).json()["error"] == "list_not_found"
    assert await found(boris) == []


async def test_several_files_at_the_same_time_leave_each_address_once(anna: Person) -> None:
    lines = "email,full_name\n" + "".join(f"{n}@example.com,Same\n" for n in range(300))

    responses = await asyncio.gather(*(send(anna, lines) for _ in range(3)))

    assert {r.status_code for r in responses} <= {200, 409}
    assert any(r.status_code == 200 for r in responses)
    assert await Recipient.all().count() == 300


@pytest.mark.parametrize(
    ("form", "media_type"), [("csv", "text/csv"), ("jsonl", "application/x-ndjson")]
)
async def test_what_is_exported_is_imported_as_it_was(
    anna: Person, boris: Person, form: str, media_type: str
) -> None:
    await send(anna, THREE)
    await add(
        anna, "d@example.com", full_name='O"Neil; x', comment="two\nlines", custom_fields={"n": "1"}
    )

    exported = await anna.client.get(EXPORT, params={"format": form})
    report = await send(boris, exported.content, media_type)

    assert exported.headers["content-type"].startswith(media_type)
    assert await counts(report) == (4, 0, 0, 0)
    columns = ("email", "full_name", "comment", "custom_fields")
    hers = await Recipient.filter(owner_id=anna.id).order_by("email").values(*columns)
    assert await Recipient.filter(owner_id=boris.id).order_by("email").values(*columns) == hers


FORMULAS = ("=cmd|'/C calc'!A0", "+7 916 123-45-67", "-5", "'=1", "чай;=1")


async def test_a_spreadsheet_takes_nothing_for_a_formula_and_all_of_it_comes_back(
    anna: Person, boris: Person
) -> None:
    for number, text in enumerate(FORMULAS):
        email = f"{'+-=&'[number % 4]}{number}@example.com"
        await add(anna, email, full_name=text, comment=f"a\n{text}", custom_fields={"x": text})

    exported = await anna.client.get(EXPORT)
    cells = [cell for row in csv.reader(StringIO(exported.text)) for cell in row]
    await send(boris, exported.content)

    assert not [cell for cell in cells if cell.startswith(tuple("=+-@"))]
    assert exported.text.count("'+7 916 123-45-67") == 3
    columns = ("email", "full_name", "comment", "custom_fields")
    hers = await Recipient.filter(owner_id=anna.id).order_by("email").values(*columns)
    assert len(hers) == len(FORMULAS)
    assert await Recipient.filter(owner_id=boris.id).order_by("email").values(*columns) == hers


async def test_a_file_of_somebody_else_keeps_its_phones_and_numbers(anna: Person) -> None:
    await send(anna, "email,phone,balance\na@example.com,+7 916 123-45-67,-5\n")
    stored = await Recipient.get(canonical_email="a@example.com")
    assert stored.custom_fields == {"phone": "+7 916 123-45-67", "balance": "-5"}


async def test_a_lists_recipients_can_be_exported(anna: Person) -> None:
    path = await make(anna)
    list_id = path.rpartition("/")[2]
    await send(anna, "email\na@example.com\n", list_id=list_id)
    await add(anna, "b@example.com")

    exported = await anna.client.get(EXPORT, params={"list_id": list_id})

    assert exported.text.split() == ["email,full_name,comment", "a@example.com,,"]


async def test_words_follow_every_way_of_writing(anna: Person) -> None:
    await send(anna, THREE)
    await send(anna, "email,full_name\na@example.com,Новое Имя\n")
    first = await Recipient.get(canonical_email="a@example.com")
    await anna.client.patch(f"{RECIPIENTS}/{first.id}", json={"email": "z@example.com"})

    words = RecipientWord.filter(recipient_id=first.id).order_by("word")
    assert [row.word for row in await words] == ["z@example.com", "имя", "новое"]
    await anna.client.delete(f"{RECIPIENTS}/{first.id}")
    assert await RecipientWord.filter(recipient_id=first.id).count() == 0
