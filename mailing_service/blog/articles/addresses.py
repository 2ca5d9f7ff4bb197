"""All addresses together, for the map of a site: written once for each revision."""

import asyncio

from pydantic_core import to_json

from mailing_service.blog import revision
from mailing_service.blog.articles import reading


class Addresses:
    """Keeps the answer of a revision; those who ask while it is written wait for it."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()
        self._revision = ""
        self._body = b""

    async def read(self) -> bytes:
        """Return the addresses as JSON, as they are or newer."""
        async with self._turn:
            current = await revision.current()
            if current != self._revision:
                rows = await reading.addresses()
                self._body = await asyncio.to_thread(to_json, {"items": rows})
                self._revision = current
            return self._body
