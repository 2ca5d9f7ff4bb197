"""A message as one recipient would get it."""

from typing import Any

import httpx2
import pytest

from mailing_service.models.accounts import Account
from mailing_service.models.messages import Message
from mailing_service.tests.conftest import Person
from mailing_service.tests.messages.test_messages import MESSAGES, write

pytestmark = pytest.mark.usefixtures("empty_tables")

BODY = (
    "Hello **{{full_name|friend}}** of {{city}}, <b>look</b>:"
    " [shop](https://example.com/?who={{full_name|friend}}&x=1)"
)


async def recipient(person: Person, **values: Any) -> int:
    added = await person.client.post(
        "/api/v1/recipients", json={"email": "boris@example.com", **values}
    )
    return int(added.json()["id"])


async def preview(person: Person, message: dict[str, Any], **request: Any) -> dict[str, Any]:
    path = f"{MESSAGES}/{message['id']}/preview"
    response = await person.client.post(path, json=request)
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "application/json"
    shown: dict[str, Any] = response.json()
    return shown


async def test_fields_are_filled_and_escaped_for_where_they_stand(anna: Person) -> None:
    message = await write(anna, subject="For {{full_name}}", body=BODY)
    who = await recipient(
        anna, full_name='<i>*B* & "Co"', custom_fields={"city": "{{email}} {% x %}"}
    )

    shown = await preview(anna, message, recipient_id=who)

    assert shown["subject"] == 'For <i>*B* & "Co"'
    assert "<strong>&lt;i&gt;*B* &amp; &quot;Co&quot;</strong>" in shown["html"]
    assert "of {{email}} {% x %}, &lt;b&gt;look&lt;/b&gt;" in shown["html"]
    query = "who=%3Ci%3E%2AB%2A%20%26%20%22Co%22&amp;x=1"
    assert query in shown["html"]
    assert 'Hello <i>*B* & "Co" of {{email}} {% x %}, <b>look</b>' in shown["text"]
    assert f"({'https://example.com/?' + query.replace('&amp;', '&')})" in shown["text"]
    assert "boris@example.com" in shown["text"]
    assert shown["missing_fields"] == []


async def test_defaults_stand_where_there_is_no_value_and_gaps_are_named(anna: Person) -> None:
    message = await write(anna, body=BODY)
    who = await recipient(anna)

    shown = await preview(anna, message, recipient_id=who)

    assert "<strong>friend</strong> of ," in shown["html"]
    assert shown["missing_fields"] == ["city"]


async def test_without_a_recipient_it_is_for_oneself(anna: Person) -> None:
    await Account.create(id=anna.id, full_name="Anna", email="anna@shop.example")
    message = await write(anna, body="{{full_name}} {{email}}")

    shown = await preview(anna, message)

    assert shown["text"].startswith("Anna anna@shop.example\n")


async def test_changes_are_shown_and_not_stored(anna: Person) -> None:
    message = await write(anna)

    shown = await preview(anna, message, subject="Other", body="New *text*", language="ru")

    assert (shown["subject"], "New <em>text</em>" in shown["html"]) == ("Other", True)
    assert '<html lang="ru"' in shown["html"]
    assert "Отписаться" in shown["text"]
    assert (await anna.client.get(f"{MESSAGES}/{message['id']}")).json() == message


async def unsaved(person: Person, **wanted: Any) -> httpx2.Response:
    return await person.client.post(f"{MESSAGES}/preview", json=wanted)


async def test_a_message_that_nobody_has_stored_is_shown_for_a_recipient(anna: Person) -> None:
    who = await recipient(anna, full_name="Boris", custom_fields={"city": "Perm"})

    response = await unsaved(
        anna, subject="For {{full_name}}", preheader="Three", body=BODY, recipient_id=who
    )

    assert response.status_code == 200, response.text
    shown = response.json()
    assert (shown["subject"], shown["missing_fields"]) == ("For Boris", [])
    assert "<strong>Boris</strong> of Perm, &lt;b&gt;look&lt;/b&gt;" in shown["html"]
    assert await Message.all().count() == 0


async def test_it_is_for_oneself_and_needs_no_subject_yet(anna: Person) -> None:
    await Account.create(id=anna.id, full_name="Anna", email="anna@shop.example")

    shown = (await unsaved(anna, body="*{{full_name}}* of {{city}}", language="ru")).json()

    assert shown["subject"] == ""
    assert "<em>Anna</em>" in shown["html"] and '<html lang="ru"' in shown["html"]
    assert shown["missing_fields"] == ["city"]


@pytest.mark.parametrize(
    "wanted",
    [
        {},
        {"body": ""},
        {"body": "{{a b}}"},
        {"body": "[tea](https://{{city}}.example)"},
        {"body": "x" * 32_769},
        {"body": "x", "subject": "two\nlines"},
        {"body": "x", "subject": "y" * 301},
        {"body": "x", "subject": None},
        {"body": "x", "recipient_id": "1"},
        {"body": "x", "language": "de"},
        {"body": "x", "id": 1},
    ],
    ids=repr,
)
async def test_what_no_message_can_be_is_refused_unsaved_too(
    anna: Person, wanted: dict[str, Any]
) -> None:
    response = await unsaved(anna, **wanted)
    assert (response.status_code, response.json()["code"]) == (422, 422)


async def test_unsaved_another_persons_recipient_is_not_found(anna: Person, boris: Person) -> None:
    response = await unsaved(anna, body="x", recipient_id=await recipient(boris))
    assert (response.status_code, response.json()["error"]) == (404, "recipient_not_found")


async def test_the_layout_says_who_writes_and_how_to_leave_and_tracks_nothing(
    anna: Person,
) -> None:
    shown = await preview(anna, await write(anna, preheader="Three sorts"))

    assert "Three sorts" in shown["html"]
    for part in (shown["html"], shown["text"]):
        assert "Vitrina (an example), 1 Example Street" in part
        assert "Unsubscribe" in part
    assert "<img" not in shown["html"]
    assert "SLOT" not in shown["html"] + shown["text"] + shown["subject"]


async def test_a_large_email_has_a_warning(anna: Person) -> None:
    message = await write(anna, body="слово " * 5000)
    small = await preview(anna, await write(anna))
    large = await preview(anna, message, body="`я` " * 8000)

    assert small["warnings"] == []
    assert [warning["warning"] for warning in large["warnings"]] == ["email_too_large"]
    assert large["size"] > 102 * 1024


async def test_another_persons_recipient_is_not_found(anna: Person, boris: Person) -> None:
    message = await write(anna)
    who = await recipient(boris)

    path = f"{MESSAGES}/{message['id']}/preview"
    response = await anna.client.post(path, json={"recipient_id": who})

    assert (response.status_code, response.json()["error"]) == (404, "recipient_not_found")


async def test_what_no_email_can_hold_is_refused_here_too(anna: Person) -> None:
    path = f"{MESSAGES}/{(await write(anna))['id']}/preview"

    response = await anna.client.post(path, json={"body": "{{a b}}"})

    assert response.status_code == 422
