"""The message of a mailing as it was submitted, shown as an email."""

import httpx2
import pytest

from mailing_service.models.mailings import Mailing
from mailing_service.models.messages import Message
from mailing_service.tests.conftest import UNAUTHORIZED, Person
from mailing_service.tests.writing import MAILINGS, post, to_post

pytestmark = pytest.mark.usefixtures("empty_tables")


async def submitted(person: Person) -> str:
    mailing_id = (await post(person, **await to_post(person)))["id"]
    return f"{MAILINGS}/{mailing_id}/preview"


async def test_a_manager_sees_the_email_that_was_submitted(anna: Person, manager: Person) -> None:
    path = await submitted(anna)
    await Mailing.all().update(
        submitted={
            "subject": "Hello {{full_name}}",
            "preheader": "",
            "body": "**Tea** for {{city|you}}, [look](https://shop.example/)",
            "language": "en",
            "revision": 1,
        }
    )
    await Message.all().update(subject="Changed since")

    shown = (await manager.client.get(path)).json()
    assert shown["subject"] == "Hello Anna Example"
    assert "<strong>Tea</strong> for you" in shown["html"]
    assert "anna@example.com" in shown["text"]
    assert (await anna.client.get(path)).json() == shown


async def test_others_see_nothing(
    stranger: httpx2.AsyncClient, anna: Person, boris: Person
) -> None:
    path = await submitted(anna)
    anonymous = await stranger.get(path)
    assert (anonymous.status_code, anonymous.content) == (401, UNAUTHORIZED)
    assert (await boris.client.get(path)).status_code == 404


async def test_what_was_never_submitted_has_no_preview(anna: Person) -> None:
    mailing = await post(anna, **await to_post(anna, draft=True))
    response = await anna.client.get(f"{MAILINGS}/{mailing['id']}/preview")
    assert response.status_code == 409
    assert response.json()["error"] == "mailing_has_no_message"
