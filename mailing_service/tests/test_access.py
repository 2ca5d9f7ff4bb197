"""Who reaches what, over every operation that the document names."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI

from mailing_service.models.deliveries import Delivery
from mailing_service.models.mailings import Mailing
from mailing_service.models.messages import Message
from mailing_service.models.recipients import ListMember, Recipient, RecipientList
from mailing_service.models.suppressions import Suppression
from mailing_service.tests.conftest import UNAUTHORIZED, Person
from mailing_service.tests.messages.test_testing import ask
from mailing_service.tests.writing import add_list, known, post, suppress, to_post
from testing.mailing.runs import addresses, running_run

pytestmark = pytest.mark.usefixtures("empty_tables")

OPEN = ("/api/v1/unsubscribe/", "/api/v1/pictures/", "/api/v1/articles/{slug}")
PUBLISHED = {
    "/api/v1/home",
    "/api/v1/articles",
    "/api/v1/articles/addresses",
    "/api/v1/articles/feed.atom",
}
SHARED = "/api/v1/drafts/"
"""Articles are all editors': `mailing_service/tests/blog` says who may."""
BODIES: dict[str, Any] = {
    "/recipients/{recipient_id}": {"full_name": "Taken"},
    "/recipient-lists/{list_id}": {"name": "Taken"},
    "/messages/{message_id}": {"subject": "Taken"},
    "/mailings/{mailing_id}": {"name": "Taken"},
    "/reject": {"reason": "Taken"},
    "/disable": {"reason": "Taken"},
}
"""Of operations that want more than an empty object."""
DECISIONS = ("/approve", "/reject", "/disable")
"""What managers may do with others' mailings, and never their owners."""
TABLES = (Recipient, RecipientList, ListMember, Message, Mailing, Suppression)


def operations(app: FastAPI) -> Iterator[tuple[str, str]]:
    """Give method and path of each."""
    for path, methods in app.openapi()["paths"].items():
        if path.startswith("/api/"):
            yield from ((method.upper(), path) for method in methods)


def with_an_id(app: FastAPI) -> list[tuple[str, str]]:
    """Return those about one thing of somebody, but for what managers decide."""
    own = [(method, path) for method, path in operations(app) if not path.startswith(SHARED)]
    found = [one for one in own if "_id}" in one[1] and not one[1].endswith(DECISIONS)]
    assert len(found) >= 30
    return found


def is_for_staff(method: str, path: str) -> bool:
    """Tell whether managers may look at others'."""
    return method == "GET" and ("/mailings/" in path or "/deliveries/" in path)


async def owned_by(person: Person) -> dict[str, int]:
    """Return the ids of one of everything that a person can have."""
    mailing = await post(person, **await to_post(person))
    recipient = mailing["recipient_ids"][0]
    await suppress(person.id, "gone@example.com")
    suppression = await Suppression.get(owner_id=person.id)
    run = await running_run(addresses(1), owner_id=person.id)
    delivery = await Delivery.get(run_id=run.id)
    test = (await ask(person, {"id": mailing["message_id"]})).json()
    return {
        "recipient_id": recipient,
        "list_id": await add_list(person.id, [recipient]),
        "message_id": mailing["message_id"],
        "mailing_id": mailing["id"],
        "suppression_id": suppression.id,
        "delivery_id": delivery.id,
        "test_id": test["id"],
    }


async def rows() -> list[list[dict[str, Any]]]:
    """Return all that people wrote."""
    return [await table.all().order_by("id").values() for table in TABLES]


async def test_only_links_to_unsubscribe_and_what_is_published_are_open(
    app: FastAPI, stranger: httpx2.AsyncClient
) -> None:
    for method, path in operations(app):
        response = await stranger.request(method, path.replace("{", "1").replace("}", ""))
        if path in PUBLISHED:
            assert response.status_code == 200
        elif path.startswith(OPEN):
            assert response.status_code == 404
        else:
            assert (response.status_code, response.content) == (401, UNAUTHORIZED), path


async def test_nothing_of_anothers_is_read_or_changed_by_anybody(
    app: FastAPI, anna: Person, somebody: Callable[..., Person]
) -> None:
    ids = await owned_by(anna)
    before = await rows()
    for roles in ((), ("blog_manager",), ("manager",), ("admin",)):
        person = somebody(*roles)
        await known(person)
        for method, path in with_an_id(app):
            body: Any = next((BODIES[end] for end in BODIES if path.endswith(end)), {})
            response = await person.client.request(
                method, path.format(**ids), json=None if method == "GET" else body
            )
            if not (is_for_staff(method, path) and {"manager", "admin"} & {*roles}):
                assert response.status_code in {403, 404}, (roles, method, path, response.text)
    assert await rows() == before


async def test_an_owner_decides_nothing_of_their_own(anna: Person, somebody: Any) -> None:
    ids = await owned_by(anna)
    for person in (anna, somebody()):
        for decision in DECISIONS:
            path = f"/api/v1/mailings/{ids['mailing_id']}{decision}"
            response = await person.client.post(path, json=BODIES.get(decision))
            assert response.status_code == 403, response.text
