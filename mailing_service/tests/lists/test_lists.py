"""Lists of recipients over HTTP."""

import asyncio
from typing import Any

import httpx2
import pytest

from mailing_service.models.recipients import ListMember
from mailing_service.tests.conftest import UNAUTHORIZED, Person
from mailing_service.tests.recipients.test_recipients import RECIPIENTS, add, found

pytestmark = pytest.mark.usefixtures("empty_tables")

LISTS = "/api/v1/recipient-lists"


async def make(person: Person, name: str = "Customers") -> str:
    response = await person.client.post(LISTS, json={"name": name})
    assert response.status_code == 201, response.text
    path: str = response.headers["location"]
    return path


async def size(person: Person, path: str) -> Any:
    return (await person.client.get(path)).json()["size"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", LISTS),
        ("POST", LISTS),
        ("GET", f"{LISTS}/1"),
        ("PATCH", f"{LISTS}/1"),
        ("DELETE", f"{LISTS}/1"),
        ("PUT", f"{LISTS}/1/recipients/1"),
        ("DELETE", f"{LISTS}/1/recipients/1"),
    ],
)
async def test_a_stranger_is_unauthorized(
    stranger: httpx2.AsyncClient, method: str, path: str
) -> None:
    response = await stranger.request(method, path)

    assert (response.status_code, response.content) == (401, UNAUTHORIZED)


async def test_a_list_is_made_renamed_and_removed(anna: Person) -> None:
    path = await make(anna)

    renamed = await anna.client.patch(path, json={"name": "Friends"})
    listed = (await anna.client.get(LISTS)).json()["items"]
    deleted = await anna.client.delete(path)

    assert [(item["name"], item["size"]) for item in listed] == [("Friends", 0)]
    assert (renamed.status_code, deleted.status_code) == (200, 204)
    assert (await anna.client.get(path)).json()["error"] == "list_not_found"


async def test_a_name_is_an_owners_once(anna: Person, boris: Person) -> None:
    await make(anna)
    await make(boris)
    other = await make(anna, "Others")

    for response in (
        await anna.client.post(LISTS, json={"name": "Customers"}),
        await anna.client.patch(other, json={"name": "Customers"}),
    ):
        assert (response.status_code, response.json()["error"]) == (409, "list_name_taken")


async def test_recipients_stand_in_a_list_once(anna: Person) -> None:
    path = await make(anna)
    first, second = await add(anna, "a@example.com"), await add(anna, "b@example.com")

    for recipient in (first, first, second):
        response = await anna.client.put(f"{path}/recipients/{recipient['id']}")
        assert response.status_code == 204
    assert await size(anna, path) == 2
    assert await found(anna, list_id=path.rpartition("/")[2]) == ["b@example.com", "a@example.com"]

    await anna.client.delete(f"{path}/recipients/{first['id']}")
    await anna.client.delete(f"{path}/recipients/{first['id']}")
    await anna.client.delete(f"{RECIPIENTS}/{second['id']}")

    assert await size(anna, path) == 0


async def test_a_recipient_says_which_lists_it_stands_in(anna: Person) -> None:
    both, one, none = [await add(anna, f"{name}@example.com") for name in "abc"]
    first, second = [await make(anna, name) for name in ("First", "Second")]
    for path, recipient in ((second, both), (first, both), (second, one)):
        await anna.client.put(f"{path}/recipients/{recipient['id']}")

    ids = [int(path.rpartition("/")[2]) for path in (first, second)]
    listed = (await anna.client.get(RECIPIENTS)).json()["items"]
    read = await anna.client.get(f"{RECIPIENTS}/{both['id']}")

    assert none["list_ids"] == []
    assert [item["list_ids"] for item in listed] == [[], ids[1:], ids]
    assert read.json()["list_ids"] == ids


async def test_anothers_lists_and_recipients_are_not_found(anna: Person, boris: Person) -> None:
    hers, his = await make(anna), await make(boris)
    her_recipient = (await add(anna, "a@example.com"))["id"]
    his_recipient = (await add(boris, "b@example.com"))["id"]

    for path, error in (
        (f"{his}/recipients/{her_recipient}", "list_not_found"),
        (f"{hers}/recipients/{his_recipient}", "recipient_not_found"),
    ):
        for method in ("PUT", "DELETE"):
            response = await anna.client.request(method, path)
            assert (response.status_code, response.json()["error"]) == (404, error)
    for method in ("GET", "DELETE"):
        assert (await anna.client.request(method, his)).status_code == 404
    assert (await anna.client.patch(his, json={"name": "Mine"})).status_code == 404
    assert await found(anna, list_id=his.rpartition("/")[2]) == []


async def test_the_size_is_right_however_many_come_and_go_together(anna: Person) -> None:
    path = await make(anna)
    ids = [(await add(anna, f"{number}@example.com"))["id"] for number in range(6)]

    puts = [anna.client.put(f"{path}/recipients/{number}") for number in ids for _ in range(3)]
    leave = [anna.client.delete(f"{path}/recipients/{ids[0]}") for _ in range(3)]
    gone = [anna.client.delete(f"{RECIPIENTS}/{number}") for number in ids[1:3] for _ in range(2)]
    responses = await asyncio.gather(*puts, *leave, *gone)

    assert {r.status_code for r in responses} <= {204, 404}
    members = await ListMember.filter(list_id=path.rpartition("/")[2]).count()
    assert await size(anna, path) == members


@pytest.mark.parametrize("name", ["", "  ", "x" * 201, "a\nb", None, 5])
async def test_a_name_is_one_visible_line(anna: Person, name: object) -> None:
    response = await anna.client.post(LISTS, json={"name": name})

    assert response.status_code == 422
