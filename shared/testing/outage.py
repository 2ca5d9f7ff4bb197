"""A wire to PostgreSQL that a test can cut and mend."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit, urlunsplit


class CuttableWire:
    """Forwards a local port to a server, until it is cut: then whoever uses it sees an outage."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self.port = 0

    async def mend(self) -> None:
        """Listen again, on the same port as before."""
        self._server = await asyncio.start_server(self._forward, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        """Drop every connection and refuse new ones."""
        assert self._server is not None
        self._server.close()
        for writer in list(self._writers):
            writer.transport.abort()
        await asyncio.sleep(0)

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            far_reader, far_writer = await asyncio.open_connection(*self._target)
        except OSError:
            writer.transport.abort()
            return
        self._writers |= {writer, far_writer}
        await asyncio.gather(_pump(reader, far_writer), _pump(far_reader, writer))
        self._writers -= {writer, far_writer}


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()


@asynccontextmanager
async def cuttable(url: str) -> AsyncIterator[tuple[str, CuttableWire]]:
    """Return `url` by way of a wire that can be cut, and the wire."""
    parts = urlsplit(url)
    wire = CuttableWire(parts.hostname or "127.0.0.1", parts.port or 5432)
    await wire.mend()
    account = parts.netloc.rpartition("@")[0]
    netloc = f"{account}@127.0.0.1:{wire.port}"
    try:
        yield urlunsplit((parts.scheme, netloc, parts.path, "", "")), wire
    finally:
        await wire.cut()
