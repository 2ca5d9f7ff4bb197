"""TLS in front of a PostgreSQL whose build has none: it takes it off as PostgreSQL itself would."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlsplit

from testing.certificates import new_authority
from testing.servers import HOST

SSL_REQUEST = b"\x00\x00\x00\x08\x04\xd2\x16\x2f"
"""What a client begins with who wants TLS; the server says S, and TLS begins."""


@dataclass(slots=True)
class TlsServer:
    """A PostgreSQL with a certificate for localhost, at a port of 127.0.0.1."""

    url: str
    authority: Path
    """Who has signed the certificate."""
    stranger: Path
    """Another authority, who has not."""
    encrypted: list[bool] = field(default_factory=list)
    """Whether each connection was, in order."""

    def wanting(self, mode: str, *, host: str = HOST, root: Path | None = None) -> str:
        """Return the URL that names the server `host` and wants TLS like this."""
        named = self.url.replace(f"@{HOST}:", f"@{host}:")
        return f"{named}?sslmode={mode}" + (f"&sslrootcert={quote(str(root))}" if root else "")


@asynccontextmanager
async def behind_tls(url: str, folder: Path) -> AsyncIterator[TlsServer]:
    """Serve the PostgreSQL of `url` with TLS; certificates are files of `folder`."""
    authority, stranger = new_authority("authority", folder), new_authority("stranger", folder)
    certificate = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.load_cert_chain(*authority.sign("localhost", folder))
    parts = urlsplit(url)
    served = TlsServer(url, authority.file, stranger.file)

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first = await reader.readexactly(len(SSL_REQUEST))
        served.encrypted.append(first == SSL_REQUEST)
        try:
            if first == SSL_REQUEST:
                writer.write(b"S")
                await writer.start_tls(certificate)
                first = b""
            far_reader, far_writer = await asyncio.open_connection(parts.hostname, parts.port)
            far_writer.write(first)
            await asyncio.gather(_copy(reader, far_writer), _copy(far_reader, writer))
        except OSError:  # the client does not believe the certificate
            writer.transport.abort()

    server = await asyncio.start_server(accept, HOST, 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        served.url = url.replace(f"{parts.hostname}:{parts.port}", f"{HOST}:{port}")
        yield served


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(64 * 1024):
            writer.write(data)
            await writer.drain()
    finally:
        writer.close()
