"""In development one looks into mailboxes; elsewhere there are none."""

import json
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest
from fastapi import FastAPI

from auth_service.main import create_app
from auth_service.tests.conftest import auth_settings
from testing.servers import serving_document

NOWHERE = "postgres://nobody@127.0.0.1:1/none"
PATH = "/mailboxes/{address}/letters"


def caught(number: int, *to: str, **changes: Any) -> dict[str, Any]:
    """Return an email as maildev shows it."""
    return {
        "id": str(number),
        "time": f"2026-11-20T10:00:{number:02}.000Z",
        "from": [{"address": "vitrina@localhost", "name": "Vitrina"}],
        "to": [{"address": address, "name": ""} for address in to],
        "subject": f"OutboxEmail {number}",
        "text": "Ваш код: 042137",
        "html": "<p>Ваш код: 042137</p>",
        "read": False,
        "envelope": {"from": {"address": "x", "args": False}, "to": [{"address": a} for a in to]},
        **changes,
    }


async def get(app: FastAPI, address: str) -> httpx2.Response:
    transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://auth") as client:
        return await client.get(PATH.format(address=address))


async def look(address: str, document: object) -> httpx2.Response:
    """Look into a mailbox while the catcher says `document`."""
    async with serving_document(json.dumps(document).encode()) as url:
        catcher = f"http://{urlsplit(url).netloc}"
        return await get(create_app(auth_settings(NOWHERE, mailbox_url=catcher)), address)


async def test_without_the_setting_there_are_none(app: FastAPI, client: httpx2.AsyncClient) -> None:
    assert (await client.get(PATH.format(address="anna@example.com"))).status_code == 404
    assert PATH not in (await client.get("/openapi.json")).json()["paths"]


async def test_with_it_they_are_documented() -> None:
    app = create_app(auth_settings(NOWHERE, mailbox_url="http://127.0.0.1:1080"))

    assert PATH in app.openapi()["paths"]


async def test_one_reads_the_emails_to_an_address_the_newest_first() -> None:
    mail = [
        caught(1, "anna@example.com"),
        caught(2, "boris@example.com"),
        caught(3, "ANNA@example.com", "boris@example.com"),
    ]

    response = await look("Anna@Example.com", mail)

    assert response.status_code == 200, response.text
    assert [letter["subject"] for letter in response.json()] == ["OutboxEmail 3", "OutboxEmail 1"]
    assert response.json()[1] == {
        "from": "vitrina@localhost",
        "to": ["anna@example.com"],
        "subject": "OutboxEmail 1",
        "text": "Ваш код: 042137",
        "html": "<p>Ваш код: 042137</p>",
        "received_at": "2026-11-20T10:00:01Z",
    }


@pytest.mark.parametrize(
    "changes",
    [
        {"html": False, "text": None},
        {"subject": None},
        {"envelope": {"from": "x", "to": ["anna@example.com"]}},
        {"envelope": {}},
    ],
)
async def test_what_the_catcher_leaves_out_is_empty(changes: dict[str, Any]) -> None:
    response = await look("anna@example.com", [caught(1, "anna@example.com", **changes)])

    assert len(response.json()) == 1


@pytest.mark.parametrize("document", ["no list", {"error": "x"}, [{"id": "no time"}], [7]])
async def test_a_catcher_that_speaks_otherwise_is_a_502(document: object) -> None:
    response = await look("anna@example.com", document)

    assert (response.status_code, response.json()["error"]) == (502, "mailbox_unavailable")


async def test_a_catcher_that_is_away_is_a_502() -> None:
    app = create_app(auth_settings(NOWHERE, mailbox_url="http://127.0.0.1:1"))

    assert (await get(app, "anna@example.com")).status_code == 502


@pytest.mark.parametrize("address", ["nobody", "a%20b@example.com", "x" * 400, "%00@example.com"])
async def test_what_is_no_address_gets_that_error(address: str) -> None:
    response = await look(address, [])

    assert response.status_code == 422, response.text
