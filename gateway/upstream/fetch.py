"""What the gateway itself fetches from the services: small documents, read whole."""

from dataclasses import dataclass

from gateway.headers import Fields
from gateway.upstream.pool import Upstream
from shared.telemetry.trace import untold


@dataclass(frozen=True, slots=True)
class Document:
    """A response; `fields` are as they came."""

    status: int
    fields: Fields
    body: bytes

    def value(self, name: bytes) -> bytes | None:
        """Return the value of the first field of this lower-case name."""
        return next((value for field, value in self.fields if field.lower() == name), None)


async def fetch(upstream: Upstream, path: bytes, *fields: bytes, limit: int) -> Document:
    """GET `path`, with whole lines of further header fields.

    Raises UpstreamError, and ValueError where the body has more than `limit` bytes.
    """
    connection = await upstream.acquire()
    try:
        own = (b"GET %b HTTP/1.1" % path, b"host: " + upstream.authority)
        head = (*own, b"accept: application/json", untold(), *fields, b"", b"")
        connection.start(b"\r\n".join(head), head_only=False, complete=True)
        await connection.wait_for_head()
        body = bytearray()
        while piece := await connection.read():
            body += piece
            if len(body) > limit:
                raise ValueError("too long")
        response = connection.response
        return Document(response.status, response.headers, bytes(body))
    finally:
        upstream.release(connection)
