"""A file on its way in: kept on disk until it is there, so that a slow sender holds nothing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from tempfile import TemporaryFile
from typing import BinaryIO, cast

from starlette.requests import ClientDisconnect, Request

from shared.errors import MalformedBody, PayloadTooLarge, UnsupportedMediaType
from shared.transfer.formats import FORMATS, OCTETS, FileFormat

MAX_SIZE = 64 * 1024 * 1024
"""Bytes of a file; the gateway's route table says the same."""


def format_of_body(request: Request, *, otherwise: FileFormat) -> FileFormat:
    """Return what the request says that its body is; raises UnsupportedMediaType.

    `otherwise` is the format of a body that is only said to be bytes.
    """
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type == OCTETS:
        return otherwise
    kind = FORMATS.get(media_type)
    if kind is None:
        raise UnsupportedMediaType
    return kind


@asynccontextmanager
async def received(request: Request, *, max_size: int = MAX_SIZE) -> AsyncIterator[BinaryIO]:
    """Give the whole body as a file that is gone afterwards; raises PayloadTooLarge."""
    with TemporaryFile() as opened:
        file = cast(BinaryIO, opened)
        size = 0
        try:
            async for piece in request.stream():
                size += len(piece)
                if size > max_size:
                    raise PayloadTooLarge
                await asyncio.to_thread(file.write, piece)
        except ClientDisconnect:
            raise MalformedBody from None  # the client is gone
        file.seek(0)
        yield file
