"""Messages over HTTP."""

import asyncio
from typing import Any

import httpx2
import pytest

from mailing_service.tests.conftest import UNAUTHORIZED, Person

pytestmark = pytest.mark.usefixtures("empty_tables")

MESSAGES = "/api/v1/messages"
TEA = {"subject": "Tea for {{full_name|you}}", "body": "Hello **{{full_name|friend}}**"}


async def write(person: Person, **changes: Any) -> dict[str, Any]:
    response = await person.client.post(MESSAGES, json={**TEA, **changes})
    assert response.status_code == 201, response.text
    written: dict[str, Any] = response.json()
    return written


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", MESSAGES),
        ("POST", MESSAGES),
        ("GET", f"{MESSAGES}/1"),
        ("PATCH", f"{MESSAGES}/1"),
        ("DELETE", f"{MESSAGES}/1"),
        ("POST", f"{MESSAGES}/1/copy"),
        ("POST", f"{MESSAGES}/1/preview"),
    ],
)
async def test_a_stranger_is_unauthorized(
    stranger: httpx2.AsyncClient, method: str, path: str
) -> None:
    response = await stranger.request(method, path)

    assert (response.status_code, response.content) == (401, UNAUTHORIZED)


async def test_a_message_is_written_and_read(anna: Person) -> None:
    response = await anna.client.post(MESSAGES, json={**TEA, "preheader": "New", "language": "ru"})
    written = response.json()

    assert response.status_code == 201
    assert response.headers["location"] == f"{MESSAGES}/{written['id']}"
    assert response.headers["etag"] == '"1"'
    assert written["fields"] == ["full_name"]
    read = await anna.client.get(response.headers["location"])
    assert read.json() == written
    assert read.headers["cache-control"] == "no-store"


async def test_the_list_has_ones_own_messages_newest_first(anna: Person, boris: Person) -> None:
    ids = [(await write(anna, subject=f"No. {number}"))["id"] for number in range(5)]
    await write(boris)

    first = (await anna.client.get(MESSAGES, params={"size": 2})).json()
    second = (await anna.client.get(MESSAGES, params={"size": 2, "page": 2})).json()
    following = {"size": 4, "cursor": first["next_cursor"]}
    walked = (await anna.client.get(MESSAGES, params=following)).json()

    assert [item["id"] for item in first["items"]] == ids[:2:-1]
    assert [item["id"] for item in second["items"]] == ids[2:0:-1]
    assert [item["id"] for item in walked["items"]] == ids[2::-1]
    assert (first["total"], first["pages"], walked["next_cursor"]) == (5, 3, None)


@pytest.mark.parametrize("cursor", ["x", "é", "A" * 40, "A" * 3000])
async def test_a_made_up_cursor_is_refused(anna: Person, cursor: str) -> None:
    response = await anna.client.get(MESSAGES, params={"cursor": cursor})

    assert response.status_code == 422
    assert response.json()["fields"][0]["field"] == "cursor"


async def test_another_persons_message_is_not_found(anna: Person, boris: Person) -> None:
    path = f"{MESSAGES}/{(await write(anna))['id']}"

    for response in (
        await boris.client.get(path),
        await boris.client.patch(path, json={"subject": "Mine"}),
        await boris.client.delete(path),
        await boris.client.post(f"{path}/copy"),
        await boris.client.post(f"{path}/preview", json={}),
    ):
        assert (response.status_code, response.json()["error"]) == (404, "message_not_found")
    assert (await anna.client.get(path)).json()["subject"] == TEA["subject"]


async def test_a_change_raises_the_revision_and_the_same_again_does_not(anna: Person) -> None:
    path = f"{MESSAGES}/{(await write(anna))['id']}"

    changed = await anna.client.patch(path, json={"subject": "Coffee"})
    again = await anna.client.patch(path, json={"subject": "Coffee"})
    nothing = await anna.client.patch(path, json={})

    assert [r.json()["revision"] for r in (changed, again, nothing)] == [2, 2, 2]
    assert changed.json()["body"] == TEA["body"]


async def test_a_revision_that_was_not_seen_is_not_changed(anna: Person) -> None:
    path = f"{MESSAGES}/{(await write(anna))['id']}"
    await anna.client.patch(path, json={"subject": "Coffee"})

    late = await anna.client.patch(path, json={"subject": "Tea"}, headers={"If-Match": '"1"'})
    right = await anna.client.patch(path, json={"subject": "Tea"}, headers={"If-Match": '"2"'})

    assert (late.status_code, right.status_code) == (412, 200)


async def test_of_many_who_change_what_they_have_seen_one_wins(anna: Person) -> None:
    path = f"{MESSAGES}/{(await write(anna))['id']}"

    responses = await asyncio.gather(
        *(
            anna.client.patch(path, json={"subject": f"No. {n}"}, headers={"If-Match": '"1"'})
            for n in range(10)
        )
    )

    assert sorted(r.status_code for r in responses) == [200, *[412] * 9]


async def test_changes_of_different_parts_are_all_made(anna: Person) -> None:
    path = f"{MESSAGES}/{(await write(anna))['id']}"
    changes = {"subject": "A", "preheader": "B", "body": "C"}

    responses = await asyncio.gather(
        *(anna.client.patch(path, json={name: value}) for name, value in changes.items())
    )

    assert [r.status_code for r in responses] == [200, 200, 200]
    read = (await anna.client.get(path)).json()
    assert {name: read[name] for name in changes} == changes
    assert read["revision"] == 4


async def test_a_copy_is_a_message_of_its_own(anna: Person) -> None:
    written = await write(anna)
    path = f"{MESSAGES}/{written['id']}"

    copied = (await anna.client.post(f"{path}/copy")).json()
    await anna.client.delete(path)

    assert copied["id"] != written["id"]
    assert (await anna.client.get(path)).status_code == 404
    assert (await anna.client.get(f"{MESSAGES}/{copied['id']}")).json()["body"] == TEA["body"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("subject", ""),
        ("subject", "   "),
        ("subject", "x" * 301),
        ("subject", "a\r\nBcc: b@example.com"),
        ("subject", "a\x00b"),
        ("subject", "{{fullname"),
        ("subject", None),
        ("preheader", "{{{{email}}}}"),
        ("preheader", "a\nb"),
        ("body", ""),
        ("body", "x" * 32769),
        ("body", "a\x00b"),
        ("body", "a\u202eb"),
        ("body", "{{comment}}"),
        ("body", "{% raw %}"),
        ("body", "[x]({{a}})"),
        ("body", "[x](https://{{a}}/)"),
        ("body", "[x](javascript:alert(1))"),
        ("language", "de"),
    ],
)
async def test_what_no_email_can_hold_is_refused_by_name(
    anna: Person, field: str, value: object
) -> None:
    written = await write(anna)

    created = await anna.client.post(MESSAGES, json={**TEA, field: value})
    changed = await anna.client.patch(f"{MESSAGES}/{written['id']}", json={field: value})

    for response in (created, changed):
        assert response.status_code == 422, response.text
        assert [problem["field"] for problem in response.json()["fields"]] == [field]
    assert (await anna.client.get(f"{MESSAGES}/{written['id']}")).json() == written


async def test_all_that_is_wrong_is_said_together_in_the_readers_language(anna: Person) -> None:
    response = await anna.client.post(
        MESSAGES,
        json={"subject": "{{a b}}", "body": "{{c d}} [x](/y)"},
        headers={"Accept-Language": "ru"},
    )

    fields = response.json()["fields"]
    assert [problem["field"] for problem in fields] == ["subject", "body", "body"]
    assert "{{a b}}" in fields[0]["message"]
    assert "/y" in fields[2]["message"]
    assert fields[0]["message"].startswith("В скобках")


async def test_line_ends_of_every_system_are_one(anna: Person) -> None:
    assert (await write(anna, body="a\r\nb\rc\n"))["body"] == "a\nb\nc\n"
