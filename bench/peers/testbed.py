"""What all peers of a run have in common, and what it takes to start one of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

ISSUER = "http://localhost:8000"
AUDIENCE = "vitrina"
TOKENS_REMEMBERED = 10_000
"""Tokens, or sessions, that a peer with a cache for them remembers."""


@dataclass(frozen=True, slots=True)
class Testbed:
    """One key, one service behind everybody, one folder for configuration and logs."""

    folder: Path
    service: str  # http://host:port
    jwks: Path
    pem: Path
    issuer: str = ISSUER

    @property
    def address(self) -> str:
        """The service as `host:port`."""
        return self.service.removeprefix("http://")


@dataclass(frozen=True, slots=True)
class Launch:
    """A command and what its environment has more than ours."""

    command: list[str]
    environment: Mapping[str, str] = field(default_factory=dict)


Recipe = Callable[[Testbed, int], Launch]
"""How to start a peer on a port; raises Unavailable."""
