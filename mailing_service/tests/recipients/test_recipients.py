"""Recipients over HTTP."""

import asyncio
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI

from mailing_service.models.recipients import Recipient
from mailing_service.settings import MailingSettings, OpenTo
from mailing_service.tests.conftest import UNAUTHORIZED, Person

pytestmark = pytest.mark.usefixtures("empty_tables")

RECIPIENTS = "/api/v1/recipients"


async def add(person: Person, email: str, **more: Any) -> dict[str, Any]:
    response = await person.client.post(RECIPIENTS, json={"email": email, **more})
    assert response.status_code == 201, response.text
    added: dict[str, Any] = response.json()
    return added


async def found(person: Person, **query: object) -> list[str]:
    response = await person.client.get(RECIPIENTS, params={k: str(v) for k, v in query.items()})
    assert response.status_code == 200, response.text
    return [item["email"] for item in response.json()["items"]]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", RECIPIENTS),
        ("POST", RECIPIENTS),
        ("GET", f"{RECIPIENTS}/1"),
        ("PATCH", f"{RECIPIENTS}/1"),
        ("DELETE", f"{RECIPIENTS}/1"),
    ],
)
async def test_a_stranger_is_unauthorized(
    stranger: httpx2.AsyncClient, method: str, path: str
) -> None:
    response = await stranger.request(method, path)

    assert (response.status_code, response.content) == (401, UNAUTHORIZED)


async def test_without_a_verified_email_nobody_has_recipients(somebody: Any) -> None:
    person = somebody(email_verified=False)

    response = await person.client.get(RECIPIENTS)

    assert (response.status_code, response.json()["error"]) == (403, "email_not_verified")


async def test_a_recipient_is_added_and_read(anna: Person) -> None:
    response = await anna.client.post(
        RECIPIENTS,
        json={
            "email": "Boris@Example.com",
            "full_name": " Борис  Петров ",
            "comment": "two\nlines",
            "custom_fields": {"city": "Казань"},
        },
    )
    added = response.json()

    assert response.status_code == 201
    assert response.headers["location"] == f"{RECIPIENTS}/{added['id']}"
    assert (added["email"], added["suppressed"]) == ("boris@example.com", None)
    assert added["custom_fields"] == {"city": "Казань"}
    assert (await anna.client.get(response.headers["location"])).json() == added


async def test_an_address_is_there_once_for_each_owner(anna: Person, boris: Person) -> None:
    await add(anna, "a@example.com")
    other = await add(anna, "b@example.com")
    await add(boris, "a@example.com")

    again = await anna.client.post(RECIPIENTS, json={"email": "A@EXAMPLE.com"})
    renamed = await anna.client.patch(
        f"{RECIPIENTS}/{other['id']}", json={"email": "a@example.com"}
    )

    for response in (again, renamed):
        assert (response.status_code, response.json()["error"]) == (409, "recipient_exists")


async def test_of_many_who_add_one_address_one_does(anna: Person) -> None:
    responses = await asyncio.gather(
        *(anna.client.post(RECIPIENTS, json={"email": "a@example.com"}) for _ in range(10))
    )

    assert sorted(r.status_code for r in responses) == [201, *[409] * 9]


async def test_another_persons_recipient_is_not_found(anna: Person, boris: Person) -> None:
    path = f"{RECIPIENTS}/{(await add(anna, 'a@example.com'))['id']}"

    for response in (
        await boris.client.get(path),
        await boris.client.patch(path, json={"full_name": "Mine"}),
        await boris.client.delete(path),
    ):
        assert (response.status_code, response.json()["error"]) == (404, "recipient_not_found")
    assert await found(boris) == []


async def test_a_change_replaces_what_it_names(anna: Person) -> None:
    added = await add(anna, "a@example.com", full_name="A", custom_fields={"x": "1"})
    path = f"{RECIPIENTS}/{added['id']}"

    changed = await anna.client.patch(
        path, json={"email": "b@example.com", "custom_fields": {"y": "2"}}
    )

    assert changed.status_code == 200
    assert (await anna.client.get(path)).json() == {
        **added,
        "email": "b@example.com",
        "custom_fields": {"y": "2"},
        "updated_at": changed.json()["updated_at"],
    }
    row = await Recipient.get(id=added["id"])
    assert row.canonical_email == "b@example.com"


async def test_a_name_is_found_by_its_words_and_an_address_by_its_beginning(
    anna: Person, boris: Person
) -> None:
    await add(anna, "petrov@example.com", full_name="Алексей Петров")
    await add(anna, "a.smith@example.org", full_name="Anna-Maria Smith")
    await add(anna, "x_y@example.net")
    await add(boris, "petrov@example.com", full_name="Алексей Петров")

    assert await found(anna, q="петров алекс") == ["petrov@example.com"]
    assert await found(anna, q="АЛЕКСЕИ") == []
    assert await found(anna, q="maria") == ["a.smith@example.org"]
    assert await found(anna, q="A.Smith@ex") == ["a.smith@example.org"]
    assert await found(anna, q="a.smi") == ["a.smith@example.org"]
    assert await found(anna, q="anna-maria") == ["a.smith@example.org"]
    assert await found(anna, q="petr") == ["petrov@example.com"]
    assert await found(anna, q="x_") == ["x_y@example.net"]
    assert await found(anna, q="%") == []
    assert await found(anna, q="example") == []
    assert await found(anna, q="' & !alex:* | <->") == []


async def test_a_walk_by_cursor_meets_each_once_while_others_come(anna: Person) -> None:
    for number in range(7):
        await add(anna, f"{number}@example.com")
    page = (await anna.client.get(RECIPIENTS, params={"size": 3})).json()
    met = [item["email"] for item in page["items"]]
    while page["next_cursor"]:
        await add(anna, f"new-{len(met)}@example.com")
        following = {"size": 3, "cursor": page["next_cursor"]}
        page = (await anna.client.get(RECIPIENTS, params=following)).json()
        met += [item["email"] for item in page["items"]]

    assert met == [f"{number}@example.com" for number in reversed(range(7))]


async def test_a_cursor_goes_on_with_its_own_filters_only(anna: Person) -> None:
    for number in range(3):
        await add(anna, f"{number}@example.com", full_name="Same")
    page = (await anna.client.get(RECIPIENTS, params={"size": 1, "q": "same"})).json()

    other = {"size": 1, "q": "0", "cursor": page["next_cursor"]}
    refused = await anna.client.get(RECIPIENTS, params=other)

    assert refused.status_code == 422


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "no address"),
        ("email", "иван@example.com"),
        ("email", "a@example.com\r\nBcc: b@example.com"),
        ("full_name", "x" * 201),
        ("full_name", "a\nb"),
        ("full_name", "Prize https://evil.example"),
        ("full_name", "go to www.evil"),
        ("full_name", "evil.example"),
        ("full_name", "evil。рф"),
        ("full_name", "mail me@evil"),
        ("full_name", "evil\u2024example"),
        ("full_name", "me\uff20evil"),
        ("full_name", "call tel:+79990000000"),
        ("full_name", "JavaScript:alert(1)"),
        ("comment", "x" * 1001),
        ("comment", "a\x00b"),
        ("custom_fields", {f"n{number}": "x" for number in range(11)}),
        ("custom_fields.city", {"city": "x" * 101}),
        ("custom_fields.city", {"city": "see evil.example"}),
        ("custom_fields.city", {"city": 5}),
        ("custom_fields.City.[key]", {"City": "x"}),
        ("custom_fields.email.[key]", {"email": "x"}),
        ("custom_fields.comment.[key]", {"comment": "x"}),
    ],
)
async def test_what_no_recipient_may_have_is_refused(
    anna: Person, field: str, value: object
) -> None:
    name = field.partition(".")[0]

    response = await anna.client.post(RECIPIENTS, json={"email": "a@example.com", name: value})

    assert response.status_code == 422, response.text
    assert [problem["field"] for problem in response.json()["fields"]] == [field]
    assert await found(anna) == []


@pytest.mark.parametrize("file", ["import", "export"])
async def test_files_are_no_recipients(anna: Person, file: str) -> None:
    response = await anna.client.patch(f"{RECIPIENTS}/{file}", json={})

    assert response.status_code == 405
    assert response.headers["allow"] == {"import": "POST", "export": "GET"}[file]


@pytest.mark.parametrize("q", ["\x00", "a\x00b", "", "x" * 201])
async def test_what_no_search_may_have_is_refused(anna: Person, q: str) -> None:
    response = await anna.client.get(RECIPIENTS, params={"q": q})

    assert response.status_code == 422
    assert [problem["field"] for problem in response.json()["fields"]] == ["q"]


@pytest.mark.parametrize(
    "name", ["Dr. Smith", "A. B. Смирнов", "№ 3.5", "O'Neil-Иванова", "т.д.", "Tel: 5…"]
)
async def test_names_with_full_stops_are_names(anna: Person, name: str) -> None:
    assert (await add(anna, "a@example.com", full_name=name))["full_name"] == name


async def test_who_is_suppressed_is_shown_so(anna: Person, boris: Person) -> None:
    await anna.client.post("/api/v1/suppressions", json={"email": "a@example.com"})
    await add(boris, "a@example.com")

    added = await add(anna, "a@example.com")

    assert added["suppressed"] == "manual"
    listed = (await boris.client.get(RECIPIENTS)).json()["items"]
    assert listed[0]["suppressed"] is None


async def test_only_managers_write_where_the_settings_say_so(
    anna: Person, manager: Person, app: FastAPI
) -> None:
    before: MailingSettings = app.state.settings
    app.state.settings = before.model_copy(update={"open_to": OpenTo.MANAGERS})
    try:
        responses = [await person.client.get(RECIPIENTS) for person in (anna, manager)]
    finally:
        app.state.settings = before

    assert [response.status_code for response in responses] == [403, 200]
