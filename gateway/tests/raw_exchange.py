"""Single exchanges with a service, without a gateway around them."""

from dataclasses import replace

from gateway.upstream.connection import Connection
from gateway.upstream.limits import Limits
from gateway.upstream.pool import Upstream

LIMITS = Limits(
    connect_timeout=0.3,
    response_timeout=0.3,
    idle_timeout=0.3,
    write_timeout=0.3,
    max_connections=2,
    queue_size=2,
    queue_timeout=0.3,
    breaker_failures=0,
    keep_idle=5.0,
    tick=0.02,
)
FAST = replace(
    LIMITS,
    connect_timeout=30,  # no test of these waits for it on purpose
    breaker_failures=3,
    breaker_pause=0.05,
    max_connections=8,
    queue_size=8,
)
GET = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\n\r\nhello"


async def exchange(upstream: Upstream, data: bytes = GET, *, head_only: bool = False) -> bytes:
    """Send one request and return the whole body of its response."""
    connection = await upstream.acquire()
    try:
        connection.start(data, head_only=head_only, complete=True)
        await connection.wait_for_head()
        body = b""
        while piece := await connection.read():
            body += piece
        return body
    finally:
        upstream.release(connection)


async def begin_upload(upstream: Upstream) -> Connection:
    """Send the head of a chunked request."""
    connection = await upstream.acquire()
    head = b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n"
    connection.start(head, head_only=False, complete=False)
    return connection
