"""The head of the request that a service gets."""

from gateway.access.forwarded import Caller
from gateway.request_head import RequestHead
from gateway.upstream.pool import Upstream


def upstream_head(
    upstream: Upstream, head: RequestHead, caller: Caller, body: bytes | None = b""
) -> bytes:
    """Return it as it goes out; of the `body` None is not yet known."""
    framing = _framing(head) if body is None else _length(head, body)
    return b"".join(
        (
            head.method.encode(),
            b" ",
            head.target,
            b" HTTP/1.1\r\nhost: ",
            upstream.authority,
            b"\r\n",
            *head.lines,
            _own_lines(head, caller),
            framing,
            b"\r\n",
        )
    )


def _own_lines(head: RequestHead, caller: Caller) -> bytes:
    """Return the fields that only the gateway may set."""
    return b"x-forwarded-for: %b\r\nx-forwarded-proto: %b\r\n%bx-request-id: %b\r\n%b" % (
        caller.address.encode(),
        caller.scheme,
        b"x-forwarded-host: %b\r\n" % head.host if head.host else b"",
        head.request_id.encode(),
        head.trace.lines,
    )


def _length(head: RequestHead, whole: bytes) -> bytes:
    if whole or head.chunked or head.content_length is not None:
        return b"content-length: %d\r\n" % len(whole)
    return b""


def _framing(head: RequestHead) -> bytes:
    if head.chunked:
        return b"transfer-encoding: chunked\r\n"
    return b"content-length: %d\r\n" % (head.content_length or 0)
