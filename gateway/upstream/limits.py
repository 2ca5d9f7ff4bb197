"""How long and how many: what bounds the connections to one service."""

from dataclasses import dataclass
from typing import Final, Protocol

UPLOADS: Final = 4
"""Connections for bodies that are passed on while they come."""


class Timeouts(Protocol):
    """How many seconds a service may take; a coarse ticker watches over them."""

    @property
    def response_timeout(self) -> float:
        """From the last byte of the request to the head of the response."""

    @property
    def idle_timeout(self) -> float:
        """Between two pieces of the response."""

    @property
    def write_timeout(self) -> float:
        """To make room for a piece of the request."""

    @property
    def total_timeout(self) -> float:
        """From the beginning of the request to the end of the response."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Seconds and counts. Every clock but that of connecting is checked each `tick` only."""

    connect_timeout: float = 2.0
    response_timeout: float = 30.0
    idle_timeout: float = 30.0
    write_timeout: float = 30.0
    total_timeout: float = 3600.0
    max_connections: int = 64
    hashing_connections: int = 16  # of these, for requests that make the service hash a password
    hashing_queue_timeout: float = 10.0  # of those that wait for one of these
    queue_size: int = 256
    queue_timeout: float = 1.0
    keep_idle: float = 4.0  # shorter than the 5 s after which uvicorn closes
    breaker_failures: int = 10  # in a row, 0 for no breaker
    breaker_pause: float = 1.0
    resolve_every: float = 5.0
    tick: float = 0.1
