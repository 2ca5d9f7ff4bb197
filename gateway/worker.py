"""One of several processes that serve the same port, and its line to the process that began it."""

import asyncio
import logging
import os
import signal
import socket
from typing import Final

from prometheus_client import CollectorRegistry

from shared.metrics_sum import snapshot

VARIABLE: Final = "GATEWAY_WORKER"
"""Where a worker finds the numbers of its two descriptors: the port and the line."""

logger = logging.getLogger(__name__)


def port() -> socket.socket | None:
    """Return the port to serve, where this process is a worker."""
    return _inherited(0)


def line() -> socket.socket | None:
    """Return the line to the parent."""
    return _inherited(1)


def _inherited(place: int) -> socket.socket | None:
    numbers = os.environ.get(VARIABLE)
    return socket.socket(fileno=int(numbers.split(",")[place])) if numbers else None


async def answer(line: socket.socket, registry: CollectorRegistry) -> None:
    """Tell our numbers whenever we are asked; when the line ends, so do we, politely."""
    reader, writer = await asyncio.open_unix_connection(sock=line)
    try:
        while await reader.readline():
            writer.write(snapshot(registry))
            await writer.drain()
    except ConnectionError:
        pass
    logger.warning("the parent is gone")
    os.kill(os.getpid(), signal.SIGTERM)
