"""The cursors of the mailing service's lists, for an endpoint's signature."""

from collections.abc import Sequence
from typing import Annotated, Final

from fastapi import Depends, Request
from pydantic import SecretStr

from shared.cursor_pages import Cursors

_PURPOSE: Final = b"mailing cursor 1\0"


def cursors_of(secrets: Sequence[SecretStr]) -> Cursors:
    """Return what writes and reads cursors of this service with these secrets."""
    return Cursors(secrets, _PURPOSE)


async def _cursors(request: Request) -> Cursors:
    return cursors_of(request.app.state.settings.secrets)


CursorsHere = Annotated[Cursors, Depends(_cursors)]
