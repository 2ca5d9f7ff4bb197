"""What tests read of emails that wait in the outbox, and do with what these bring."""

from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx2
from fastapi import FastAPI

from auth_service.mail.outbox import Kind, Outbox
from auth_service.models import OutboxEmail
from auth_service.tests.conftest import bearer

VERIFY, CONFIRM, RESEND = (f"/api/v1/auth/email/{name}" for name in ("verify", "confirm", "resend"))


@dataclass(frozen=True)
class WrittenEmail:
    """An email that waits in the outbox, opened."""

    kind: str
    recipient: str
    language: str
    values: dict[str, str]

    @property
    def code(self) -> str:
        return self.values["code"]

    @property
    def link(self) -> str:
        return self.values["link"]

    @property
    def token(self) -> str:
        """What a page behind the link would send."""
        return urlsplit(self.link).query.removeprefix("token=")


async def written(app: FastAPI, kind: Kind | None = None) -> list[WrittenEmail]:
    """Return the emails that wait, the oldest first."""
    outbox: Outbox = app.state.outbox
    found = []
    for letter in await OutboxEmail.exclude(sealed_content=None).order_by("id"):
        if kind is None or letter.kind == kind:
            content = outbox.open(letter)
            found.append(
                WrittenEmail(letter.kind, content.recipient, content.language, content.values)
            )
    return found


async def last(app: FastAPI, kind: Kind) -> WrittenEmail:
    """Return the newest email of a kind."""
    return (await written(app, kind))[-1]


async def verify(client: httpx2.AsyncClient, pair: dict[str, str], code: str) -> httpx2.Response:
    return await client.post(VERIFY, json={"code": code}, headers=bearer(pair))


async def confirm(client: httpx2.AsyncClient, token: str) -> httpx2.Response:
    return await client.post(CONFIRM, json={"token": token})


def assert_refused(response: httpx2.Response, error: str) -> None:
    assert (response.status_code, response.json()["error"]) == (400, error)
