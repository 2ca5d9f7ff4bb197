"""The link to unsubscribe: open to everybody who has it, without a token, a cookie or a script."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import HTMLResponse

from mailing_service.models.suppressions import UnsubscribeToken
from mailing_service.suppressions.pages import Page, response
from mailing_service.suppressions.unsubscribing import find_link, unsubscribe
from shared.language.translation import Sentence, language_of

UNSUBSCRIBE = "/api/v1/unsubscribe"

router = APIRouter(prefix=UNSUBSCRIBE, tags=["unsubscribing"])

Token = Annotated[
    str,
    Path(
        max_length=100,
        description="The 128 bits of the link, in hexadecimal digits.",
        examples=["6f1c0f8e5a0b4a4b9d3a3a1f0a4c2f11"],
    ),
]
_UNKNOWN = Page(
    Sentence("This link is not one of ours"),
    (Sentence("Please follow the link of the email again, or copy the whole of it."),),
    status=404,
)
_PAGES: dict[int | str, dict[str, Any]] = {
    200: {"description": "A page.", "content": {"text/html": {"schema": {"type": "string"}}}},
    404: {
        "description": "A page: this link was never sent.",
        "content": {"text/html": {"schema": {"type": "string"}}},
    },
}


@router.get("/{token}", response_class=HTMLResponse, responses=_PAGES)
async def show_link(token: Token, request: Request) -> Response:
    """Ask whether an address is to get no more email; this changes nothing."""
    uuid = _parse(token)
    link = await find_link(uuid) if uuid else None
    return response(_asking(link) if link else _UNKNOWN, language_of(request.headers.raw))


@router.post("/{token}", response_class=HTMLResponse, responses=_PAGES)
async def follow_link(token: Token, request: Request) -> Response:
    """Send an address no more email of this sender: one click (RFC 8058), as often as one likes."""
    uuid = _parse(token)
    link = await unsubscribe(uuid) if uuid else None
    return response(_DONE if link else _UNKNOWN, language_of(request.headers.raw))


_DONE = Page(
    Sentence("You are unsubscribed"),
    (Sentence("No more email of this sender goes to you. You can close this page."),),
)


def _asking(link: UnsubscribeToken) -> Page:
    if link.masked_email:
        question = Sentence("No more email to {email}?", email=link.masked_email)
    else:
        question = Sentence("No more email of this sender to you?")
    return Page(Sentence("Unsubscribe"), (question,), Sentence("Unsubscribe"))


def _parse(token: str) -> UUID | None:
    try:
        return UUID(token)
    except ValueError:
        return None
