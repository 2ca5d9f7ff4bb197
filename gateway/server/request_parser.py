"""What a client sends, read as requests: HTTP/1.1, stricter where RFC 9112 wants it of a proxy.

httptools knows no limit for a head, takes trailers for fields, and leaves out the body of a request
that asks for another protocol; the rules that follow from that are here.
"""

from collections.abc import Sequence
from typing import Any, Final, Protocol

import httptools

from gateway.headers import Fields
from gateway.server.exchange import ClientExchange, ExchangeConnection
from shared.http.protocol import VERSIONS, WHITE_SPACE, head_without_upgrade

HEAD_LIMIT: Final = 64 * 1024
"""Bytes of request target and headers."""

_CONTINUE: Final = b"100-continue"


class Listener(ExchangeConnection, Protocol):
    """The client's connection, as far as reading concerns it."""

    def head_received(self, exchange: ClientExchange) -> None:
        """Another request has begun."""

    def request_received(self) -> None:
        """It has come to its end."""

    def pause_reading(self) -> None:
        """Let nothing more come for now: what is there of its body is not read."""


class RequestReader:
    """Keeps the target as it came, bounds the head in size, and drops trailers.

    A target in absolute form names a host of its own that nothing behind would agree on; it, `*`
    and a fragment are refused. What stands between the pieces of a body is bounded like a head.
    An upgrade to another protocol is not granted (RFC 9110 section 7.8).
    """

    __slots__ = (
        "_fields",
        "_framing",
        "_head_size",
        "_listener",
        "_parser",
        "_target",
        "in_head",
        "incoming",
    )

    def __init__(self, listener: Listener) -> None:
        """Report to `listener` what is read."""
        self.in_head = False
        self.incoming: ClientExchange | None = None  # whose body is being read
        self._listener = listener
        self._parser = self._new_parser()
        self._target = b""
        self._fields: Fields = []
        self._head_size = 0  # at most: the pieces that the head came in may hold more
        self._framing = 0  # bytes since the last piece of a body: sizes, extensions, trailers

    def feed(self, data: bytes) -> bool:
        """Read what came; tell whether it makes sense, and no head or framing is too long."""
        self._head_size = self._head_size + len(data) if self.in_head else len(data)
        if self.incoming is not None:
            self._framing += len(data)
        try:
            try:
                self._parser.feed_data(data)
            except httptools.HttpParserUpgrade as upgrade:
                self._go_on(memoryview(data)[upgrade.args[0] :])
        except httptools.HttpParserError:
            return False
        if self.in_head:
            return self._head_size <= HEAD_LIMIT
        return self.incoming is None or self._framing <= HEAD_LIMIT

    def break_off(self) -> ClientExchange | None:
        """Return the request that will not come to its end, and forget it."""
        incoming, self.incoming = self.incoming, None
        return incoming

    def stop(self) -> None:
        """Let go of everything that refers back to this; nothing is fed any more."""
        self.incoming = self._parser = None
        del self._listener

    # -- httptools

    def on_message_begin(self) -> None:
        """Begin with a head."""
        self.in_head = True
        self._target, self._fields = b"", []

    def on_url(self, url: bytes) -> None:
        """Take a piece of the target."""
        self._target += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a field, unless it is a trailer."""
        if self.in_head:
            self._fields.append((name.lower(), value.strip(WHITE_SPACE)))

    def on_headers_complete(self) -> None:
        """Report a request; raises ValueError, to be a HttpParserError, for what is refused."""
        parser = self._parser
        target = self._target
        if self._head_size > HEAD_LIMIT and self._exact_head_size() > HEAD_LIMIT:
            raise ValueError("a head over the limit")
        if not target.startswith(b"/") or b"#" in target:
            raise ValueError("a request target that is not in origin form")
        method = parser.get_method().decode("ascii")
        if method == "CONNECT":
            raise ValueError("a method that is no request of a resource")
        if parser.should_upgrade():
            return  # the same comes again, without the upgrade
        self.in_head = False
        self._framing = 0
        version = parser.get_http_version()
        http_1_1 = version == "1.1"
        if not http_1_1 and version not in VERSIONS:
            raise ValueError("another version of HTTP, or none")
        fields = self._fields
        self.incoming = ClientExchange(
            self._listener,
            method,
            target,
            fields,
            http_1_1=http_1_1,
            keep_alive=http_1_1 and parser.should_keep_alive(),
            expects_continue=http_1_1 and _expects_continue(fields),
        )
        self._listener.head_received(self.incoming)

    def on_body(self, body: bytes) -> None:
        """Take a piece of the body."""
        self._framing = 0
        if self.incoming is not None and self.incoming.take_in(body):
            self._listener.pause_reading()

    def on_message_complete(self) -> None:
        """Report the end of a request, not that of a head that comes again."""
        incoming, self.incoming = self.incoming, None
        if incoming is not None:
            incoming.end_request()
            self._listener.request_received()

    # -- the rules

    def _go_on(self, rest: memoryview) -> None:
        """Feed the parser the head that stopped it, without the upgrade, and what follows."""
        while True:
            head = head_without_upgrade(self._parser, self._target, self._fields)
            self._parser = self._new_parser()
            self._parser.feed_data(head)
            try:
                self._parser.feed_data(rest)
            except httptools.HttpParserUpgrade as upgrade:
                rest = rest[upgrade.args[0] :]
            else:
                return

    def _new_parser(self) -> Any:
        parser = httptools.HttpRequestParser(self)
        parser.set_dangerous_leniencies(
            lenient_data_after_close=True
        )  # pipelined, and served in order
        return parser

    def _exact_head_size(self) -> int:
        return len(self._target) + sum(len(name) + len(value) + 4 for name, value in self._fields)


def _expects_continue(fields: Sequence[tuple[bytes, bytes]]) -> bool:
    return any(name == b"expect" and _is_among(_CONTINUE, value) for name, value in fields)


def _is_among(member: bytes, listed: bytes) -> bool:
    return any(one.strip(WHITE_SPACE).lower() == member for one in listed.split(b","))
