"""One response of a service, parsed as its bytes come in (RFC 9112); knows nothing of sockets.

httptools does not know the method of the request, nor a limit for the head, and begins with the
next message where one ends; the rules that follow from that are here.
"""

from typing import Any

import httptools

from gateway.upstream.errors import BadResponse, BodyCut, ClosedBeforeResponse, UpstreamError
from shared.http.protocol import WHITE_SPACE

HEAD_LIMIT = 64 * 1024
"""Bytes of headers and trailers of a response, 1xx responses before it included."""

_CONTENT_LENGTH = b"content-length"
_TRANSFER_ENCODING = b"transfer-encoding"
_INFORMATIONAL = range(100, 200)
_FINAL = range(200, 600)
_SWITCHING_PROTOCOLS = 101


class UpstreamResponse:
    """`status` is 0 until the head has come; `headers` are pairs as they came, in order."""

    __slots__ = (
        "_chunked",
        "_chunks",
        "_framed",
        "_head_only",
        "_head_size",
        "_heard",
        "_parser",
        "clean",
        "complete",
        "headers",
        "status",
        "waiting",
    )

    def __init__(self, *, head_only: bool) -> None:
        """`head_only`: there is no body whatever the headers say, as after HEAD."""
        self.status = 0
        self.headers: list[tuple[bytes, bytes]] = []
        self.complete = False
        self.clean = False  # complete, nothing behind it, and the connection may stay
        self.waiting = 0  # bytes of body not yet taken
        self._chunks: list[bytes] = []
        self._head_only = head_only
        self._head_size = 0
        self._heard = False
        self._framed = False  # says how long the body is, or that it is chunked
        self._chunked = False
        self._parser: Any = httptools.HttpResponseParser(self)

    def feed(self, data: bytes) -> None:
        """Take in what came; raises BadResponse."""
        self._heard = True
        parser = self._parser
        try:
            parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            self.clean = False
            if not self.complete:
                raise BadResponse(str(error.__context__ or error)) from None
        if not self.status and self._head_size + len(data) > HEAD_LIMIT:
            raise BadResponse("a head over the limit")
        if self._head_only and self.complete and not data.endswith(b"\r\n\r\n"):
            self.clean = False  # something follows, too short for the parser to name it

    def end(self, cause: Exception | None) -> UpstreamError | None:
        """Take in the end of the connection; return what is wrong with a response ending here."""
        self.clean = False
        if self.complete:
            return None
        if self.status:
            if self._framed or cause is not None:
                return BodyCut()
            self._complete()
            return None
        return BadResponse("an end inside the head") if self._heard else ClosedBeforeResponse()

    def take(self) -> bytes:
        """Return what has come of the body since the last time, perhaps nothing."""
        chunks = self._chunks
        if not chunks:
            return b""
        self._chunks, self.waiting = [], 0
        return chunks[0] if len(chunks) == 1 else b"".join(chunks)

    def _complete(self) -> None:
        self.complete = True
        self.clean = self._parser.should_keep_alive()
        self._parser = None  # it refers back to this object

    # -- called by httptools, for which an exception here is a fault of the message

    def on_message_begin(self) -> None:
        """Begin with the headers of the response, or of a 1xx response before it."""
        if self.complete:
            self.clean = False
        self.headers = self.headers if self.status else []

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a header field; drop a trailer field."""
        self._head_size += len(name) + len(value) + 4
        if self._head_size > HEAD_LIMIT:
            raise BadResponse("a head over the limit")
        if self.status:
            return
        value = value.strip(WHITE_SPACE)
        self.headers.append((name, value))
        size = len(name)
        if size == len(_CONTENT_LENGTH) and name.lower() == _CONTENT_LENGTH:
            self._framed = True
        elif size == len(_TRANSFER_ENCODING) and name.lower() == _TRANSFER_ENCODING:
            if self._framed or value.lower() != b"chunked":
                raise BadResponse("a transfer coding other than chunked")
            self._framed = self._chunked = True

    def on_headers_complete(self) -> None:
        """Accept the head."""
        if self.complete:
            return
        status, version = self._parser.get_status_code(), self._parser.get_http_version()
        if version not in {"1.1", "1.0"} or (self._chunked and version == "1.0"):
            raise BadResponse("another version of HTTP")
        if status in _FINAL:
            self.status = status
            if self._head_only:
                self._complete()
        elif status not in _INFORMATIONAL or status == _SWITCHING_PROTOCOLS:
            raise BadResponse(f"status {status}")

    def on_chunk_header(self) -> None:
        """Notice a body where none belongs."""
        if self.complete:
            self.clean = False

    def on_body(self, data: bytes) -> None:
        """Keep a piece of the body."""
        if self.complete:
            self.clean = False
        else:
            self._chunks.append(data)
            self.waiting += len(data)

    def on_message_complete(self) -> None:
        """End the response; after a 1xx response this means nothing."""
        if self.status and not self.complete:
            self._complete()
