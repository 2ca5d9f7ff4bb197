"""uvicorn's HTTP/1.1 protocol, stricter where RFC 9112 asks it of a proxy."""

from typing import Final

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from shared.error_handlers import render
from shared.errors import BadRequest

HEAD_LIMIT: Final = 64 * 1024
"""Bytes of request target and headers."""


class GatewayProtocol(HttpToolsProtocol):
    """Keeps the target as it came, bounds the head, drops trailers, answers nonsense in JSON.

    A target in absolute form names a host of its own that nothing behind would agree on; it, `*`
    and a fragment are refused.
    """

    _in_head = False
    _head_size = 0

    def data_received(self, data: bytes) -> None:
        """Take in what came, and refuse a head that is too long, also an unfinished one."""
        super().data_received(data)
        if self._in_head:
            self._head_size += len(data)
            if self._head_size > HEAD_LIMIT and not self.transport.is_closing():
                self.send_400_response("")

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_head = True
        self._head_size = 0

    def on_url(self, url: bytes) -> None:
        self._count(url)
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._in_head:
            self._count(name, value)
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._in_head = False
        if not self.url.startswith(b"/") or b"#" in self.url:
            raise ValueError("a request target that is not in origin form")
        self.scope["target"] = self.url  # type: ignore[typeddict-unknown-key]
        super().on_headers_complete()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - it is logged already
        """Answer what is not HTTP, and close the connection."""
        _, fields, body = render(BadRequest())
        lines = b"".join(b"%b: %b\r\n" % field for field in fields)
        self.transport.write(b"%bconnection: close\r\n%b\r\n%b" % (STATUS_LINE[400], lines, body))
        self.transport.close()

    def _count(self, *pieces: bytes) -> None:
        self._head_size += sum(map(len, pieces))
        if self._head_size > HEAD_LIMIT:
            raise ValueError("a head over the limit")
