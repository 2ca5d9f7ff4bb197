"""A file that the browser saves, given on from the API as it comes."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from web_service.gateway_client import streams
from web_service.gateway_client.api import Query
from web_service.pages.page import Page

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class DownloadResponse(StreamingResponse):
    """Gives a file on, and lets go of the connection to the API however that ends."""

    def __init__(self, kept: AsyncExitStack, content: AsyncIterator[bytes], filename: str) -> None:
        """Give `content` on as `filename`; `kept` is closed afterwards."""
        super().__init__(content)
        self.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
        self._kept = kept

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        async with self._kept:
            await super().__call__(scope, receive, send)


async def download(
    page: Page, path: str, *, query: Query | None = None, filename: str
) -> DownloadResponse:
    """Return the API's file at `path` for the browser to save.

    Raises ApiRefused and ApiUnavailable. CSV begins with a byte order mark: spreadsheets read it in
    another encoding without.
    """
    async with AsyncExitStack() as opened:
        file = await opened.enter_async_context(streams.download(page.api, path, query=query))
        content = _marked(file.content) if file.content_type == "text/csv" else file.content
        response = DownloadResponse(opened.pop_all(), content, filename)
        response.headers["Content-Type"] = file.content_type
        return response
    raise AssertionError("unreachable")


async def _marked(content: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    is_first = True
    async for piece in content:
        yield _BYTE_ORDER_MARK + piece if is_first else piece
        is_first = False
