"""Pictures over HTTP: open to everybody, and the same for ever."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import StreamingResponse

from mailing_service.errors import PictureNotFound
from mailing_service.pictures.names import PICTURES
from mailing_service.pictures.service import Pictures
from shared.errors import ServiceUnavailable
from shared.http.problems import problems

router = APIRouter(prefix=PICTURES, tags=["pictures"])

_HEADERS: Final = {
    "Cache-Control": "public, max-age=31536000, immutable",
    # What a hole in an image library could smuggle in runs as nobody's, and loads nothing.
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Content-Disposition": "inline",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "X-Content-Type-Options": "nosniff",
}
_PICTURE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The picture.",
        "content": {"image/webp": {"schema": {"type": "string", "format": "binary"}}},
    }
}


async def _pictures(request: Request) -> Pictures:
    pictures: Pictures = request.app.state.pictures
    return pictures


PicturesHere = Annotated[Pictures, Depends(_pictures)]
"""Where pictures are kept."""

FileName = Annotated[
    str,
    Path(
        max_length=100,
        description="As it stands among the sources of a cover.",
        examples=["6f1c0f8e5a0b4a4b9d3a3a1f0a4c2f11-1600x900-480.webp"],
    ),
]


@router.get(
    "/{name}",
    response_class=StreamingResponse,
    responses={**problems(PictureNotFound, ServiceUnavailable), **_PICTURE},
)
async def show_picture(name: FileName, pictures: PicturesHere) -> StreamingResponse:
    """Give a picture in one of its widths; what is behind a name never changes."""
    opened = await pictures.open(name)
    return StreamingResponse(
        opened.pieces,
        media_type="image/webp",
        headers={**_HEADERS, "Content-Length": str(opened.size)},
    )
