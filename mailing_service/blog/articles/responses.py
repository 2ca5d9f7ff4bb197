"""What is open, as HTTP answers: a body, an ETag out of the revision, and who may keep it.

The same revision and the same question have the same answer, so a client or a cache that has it is
answered by one short read.
"""

import hashlib
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any, Final

from fastapi import Response

from mailing_service.blog import revision
from shared.http.preconditions import KnownTags

CACHING: Final = {"Cache-Control": "no-cache", "Gateway-Cache-Control": "max-age=1"}
ETAG: Final[dict[str, Any]] = {
    "ETag": {"description": "Changes with what is published.", "schema": {"type": "string"}}
}
JSON: Final = "application/json"
_REPRESENTATION: Final = 2
"""Raise it when the same articles begin to look different."""


async def answered(
    question: str, known: KnownTags, answer: Callable[[], Awaitable[Response]]
) -> Response:
    """Return what `answer` makes, or a 304 where the client has it.

    The revision is read before what it stands for, which can then only be newer.
    """
    etag = _etag(await revision.current(), question)
    if known.has(etag):
        return Response(status_code=304, headers={"ETag": etag, **CACHING})
    response = await answer()
    response.headers.update(CACHING)
    if response.status_code == HTTPStatus.OK:
        response.headers["ETag"] = etag
    return response


def _etag(current: str, question: str) -> str:
    asked = hashlib.blake2b(f"{_REPRESENTATION} {question}".encode(), digest_size=9)
    return f'"{current}-{asked.hexdigest()}"'
