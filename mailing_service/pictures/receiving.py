"""A picture on its way in: kept on disk until it is there whole."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, BinaryIO, Final

from starlette.requests import Request

from mailing_service.errors import NoRoomForPictures
from mailing_service.pictures.storage import FULL
from shared.errors import UnsupportedMediaType
from shared.transfer.formats import OCTETS
from shared.transfer.uploads import received

LARGEST: Final = 20 * 1024 * 1024
"""Bytes of a picture; the gateway's route table says the same."""
MEDIA_TYPES: Final = ("image/jpeg", "image/png", "image/webp", OCTETS)
"""What a client may call a picture; what it is its bytes say."""

DOCUMENTED_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            media_type: {"schema": {"type": "string", "format": "binary"}}
            for media_type in MEDIA_TYPES
        },
    }
}


@asynccontextmanager
async def received_picture(request: Request) -> AsyncIterator[BinaryIO]:
    """Give the whole body as a file that is gone afterwards.

    Raises UnsupportedMediaType, PayloadTooLarge, MalformedBody, and NoRoomForPictures.
    """
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type not in MEDIA_TYPES:
        raise UnsupportedMediaType
    try:
        async with received(request, max_size=LARGEST) as file:
            yield file
    except OSError as error:
        if error.errno in FULL:
            raise NoRoomForPictures from error
        raise
