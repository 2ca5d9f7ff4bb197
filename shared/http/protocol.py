"""uvicorn's HTTP/1.1 protocol with this project's manners, for every process."""

from collections.abc import Iterable
from typing import Final

import httptools
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from shared.errors import BadRequest, ServiceError
from shared.http.error_handlers import render
from shared.http.security_headers import SECURITY_HEADERS
from shared.language.translation import DEFAULT_LANGUAGE


def refusal(error: ServiceError) -> bytes:
    """Return a whole answer in English, behind which the connection is closed."""
    status, fields, body = render(error, DEFAULT_LANGUAGE)
    lines = b"".join(b"%b: %b\r\n" % field for field in (*fields, *SECURITY_HEADERS))
    return b"%bconnection: close\r\n%b\r\n%b" % (STATUS_LINE[status], lines, body)


GOODBYE: Final = 0.5
"""Seconds that an idle connection stays when the process is about to end."""

BAD_REQUEST: Final = refusal(BadRequest())

VERSIONS: Final = frozenset({"1.1", "1.0"})
"""Of HTTP, as a request line must name one (RFC 9112 section 3); the parser takes others, too."""

WHITE_SPACE: Final = b" \t"
"""What may stand around the value of a field and is no part of it (RFC 9110 section 5.5).

The parser leaves it behind values.
"""


def head_without_upgrade(
    parser: httptools.HttpRequestParser, target: bytes, fields: Iterable[tuple[bytes, bytes]]
) -> bytes:
    """Return the head that `parser` stopped at, without its Upgrade field.

    The parser would leave out the body of a request that has it, so it gets its head again.
    """
    lines = (b"%b: %b\r\n" % field for field in fields if field[0] != b"upgrade")
    line = b"%b %b HTTP/%b\r\n" % (parser.get_method(), target, parser.get_http_version().encode())
    return b"%b%b\r\n" % (line, b"".join(lines))


class HttpProtocol(HttpToolsProtocol):
    """Refuses nonsense in the one error shape, when its turn comes, and never upgrades.

    A request that asks for another protocol is served as if it had not (RFC 9110 section 7.8).
    The parser would leave out its body, so it gets such a head again without its Upgrade field.
    """

    _broken = False
    _in_body = False

    def data_received(self, data: bytes) -> None:
        """Take in what came; nothing is read behind what is no HTTP."""
        if self._broken:
            return
        self._unset_keepalive_if_required()
        try:
            try:
                self.parser.feed_data(data)
            except httptools.HttpParserUpgrade as upgrade:
                self._go_on(memoryview(data)[upgrade.args[0] :])
        except httptools.HttpParserError:
            self.logger.warning("Invalid HTTP request received.")
            self.send_400_response("")

    def shutdown(self) -> None:
        """End the connection; an idle one after a while, in which a last request may come.

        It is answered with `Connection: close`, where closing immediately would lose it.
        """
        if self.cycle is None or self.cycle.response_complete:
            self.loop.call_later(GOODBYE, super().shutdown)
        else:
            super().shutdown()

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a field, without the white space around its value."""
        super().on_header(name, value.strip(WHITE_SPACE))

    def on_headers_complete(self) -> None:
        """Begin to serve, unless the parser is to get the head again."""
        if self.parser.get_http_version() not in VERSIONS:
            raise ValueError("another version of HTTP, or none")
        if not self.parser.should_upgrade():
            super().on_headers_complete()
            self._in_body = True

    def on_message_complete(self) -> None:
        """Tell the application that its body is whole."""
        if self._in_body:
            self._in_body = False
            super().on_message_complete()

    def on_response_complete(self) -> None:
        """Go on with the next request, or with the refusal that waits behind the last."""
        last = not self.pipeline
        super().on_response_complete()
        if self._broken and last:
            self.loop.call_soon(self._refuse)

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - it is logged already
        """Answer what is no HTTP, after the requests before it, and close the connection."""
        self._broken = True
        if self._in_body and self.pipeline:
            self.pipeline.popleft()  # the request that broke off; it has not begun
        elif self._in_body and self.cycle.response_started:
            self.cycle.transport.close()
        elif self._in_body:
            self.cycle.disconnected = True  # this is the answer, whatever the application says
            self._refuse()
        elif self.cycle is None or self.cycle.response_complete:
            self.loop.call_soon(self._refuse)

    def _go_on(self, rest: memoryview) -> None:
        """Feed the parser the head that stopped it, without the wish, and what came behind it."""
        while True:
            head = head_without_upgrade(self.parser, self.url, self.headers)
            self.parser = httptools.HttpRequestParser(self)
            self.parser.set_dangerous_leniencies(lenient_data_after_close=True)
            self.parser.feed_data(head)
            try:
                self.parser.feed_data(rest)
            except httptools.HttpParserUpgrade as upgrade:
                rest = rest[upgrade.args[0] :]
            else:
                return

    def _refuse(self, answer: bytes = BAD_REQUEST) -> None:
        """Call it soon, not immediately: it follows what is held back of the response before."""
        if not self.transport.is_closing():
            self.transport.write(answer)
            self.transport.close()
