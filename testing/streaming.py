"""A primary and its streaming replicas, as tests see them and treat them badly."""

import asyncio
import os
import signal
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

import asyncpg


class Server(Protocol):
    """A PostgreSQL of the tests' own."""

    port: int
    log: Path

    @property
    def url(self) -> str:
        """The superuser's URL."""
        ...

    @property
    def process(self) -> int | None:
        """The process id while it runs."""
        ...

    def start(self) -> str:
        """Start it; with the data that are there."""
        ...

    def stop(self) -> None:
        """Stop it, or learn that it has been killed."""
        ...


class Streaming(Protocol):
    """A running primary, and a way to replicas of it."""

    @property
    def primary(self) -> Server:
        """The server that is written to."""
        ...

    def standby(self, name: str, *, of: Server | None = None) -> AbstractContextManager[Server]:
        """Start a replica of the primary, or of another server."""
        ...


class Standby:
    """A running replica."""

    def __init__(self, server: Server, primary: Server) -> None:
        self.server = server
        self._primary = primary

    def at(self, url: str) -> str:
        """Return the URL of the same database and role here."""
        parts = urlsplit(url)
        return parts._replace(
            netloc=f"{parts.username}:{parts.password}@127.0.0.1:{self.server.port}"
        ).geturl()

    async def pause(self) -> None:
        """Have it replay nothing more, for now."""
        await ask(self.server, "SELECT pg_wal_replay_pause()")
        await until(self.server, "SELECT pg_get_wal_replay_pause_state() = 'paused'")

    async def resume(self) -> None:
        """Have it go on, and wait until it has everything."""
        await ask(self.server, "SELECT pg_wal_replay_resume()")
        await self.caught_up()

    async def caught_up(self) -> None:
        """Wait until it has everything that the primary has now."""
        position = await ask(self._primary, "SELECT pg_current_wal_lsn()::text")
        await until(self.server, f"SELECT pg_last_wal_replay_lsn() >= '{position}'::pg_lsn")

    def kill(self) -> None:
        """End it as a power failure does."""
        assert self.server.process is not None
        os.kill(self.server.process, signal.SIGKILL)
        self.server.stop()


async def ask(server: Server, statement: str) -> Any:
    """Return the one value that a statement gives the superuser, in the database postgres."""
    connection = await asyncpg.connect(server.url)
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


async def until(server: Server, condition: str) -> None:
    """Wait until a statement says true."""
    async with asyncio.timeout(20):
        while not await ask(server, condition):
            await asyncio.sleep(0.01)
