"""Ports for a whole system, which no other process gets before it listens."""

from contextlib import suppress

from standalone.ports import free_port, reserve
from standalone.registry import behind_the_door
from standalone.settings import MAX_PORT, PORTS

__all__ = ["free_port", "ports_of_a_system"]


def ports_of_a_system() -> dict[str, int]:
    """A free port for each setting that is one, by its name; those of workers are free too."""
    ports = {name: free_port() for name in PORTS}
    for service in behind_the_door():
        for worker in service.workers:
            apart = (worker.metrics or 0) - service.port
            ports[f"{service.name}_port"] = _pair(apart)
    return ports


def _pair(apart: int) -> int:
    """A free port that has another free one ``apart`` above it."""
    while True:
        port = free_port()
        if port + apart <= MAX_PORT:
            with suppress(OSError):
                reserve(port + apart)
                return port
