"""TCP ports of the loopback interface: which are free, and who has the others."""

import socket
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import psutil

_ROUND: Final = 100
_MAX_PORT: Final = 65535


class PortTaken(Exception):
    """Another process listens where ours is to; the message names it and says what to do."""


def free_port() -> int:
    """A port that nobody listens on, and that the system gives to no other process for a minute."""
    return reserve(0)


def reserve(port: int) -> int:
    """Keep ``port`` from those who ask for any; 0 is any. OSError if somebody listens there.

    A connection that its server closed first leaves the port in TIME_WAIT: the system gives it to
    nobody who connects or binds to port 0, and a server that names it may listen with SO_REUSEADDR,
    as servers do. Otherwise a connection of another process may have it before the server starts.
    """
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        listener.listen(1)
        address: tuple[str, int] = listener.getsockname()
        with socket.create_connection(address):
            listener.accept()[0].close()
    return address[1]


def is_free(port: int) -> bool:
    """Whether a process of ours could listen on ``port``."""
    with socket.socket() as visitor:
        if visitor.connect_ex(("127.0.0.1", port)) == 0:
            return False
    with socket.socket() as candidate:
        candidate.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            candidate.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


@dataclass(frozen=True, slots=True)
class Needed:
    """A port that something of ours is to listen on, and the setting that chooses it."""

    port: int
    setting: str
    of: str


def require_free(*needed: Needed, offset: int = 0) -> None:
    """Raise PortTaken, which names all that cannot be had.

    ``offset`` is the present VITRINA_PORT_OFFSET; the message proposes one at which all are free.
    """
    taken = [one for one in needed if not is_free(one.port)]
    if not taken:
        return
    move = f"move all ports with VITRINA_PORT_OFFSET={_free_offset(needed, offset)}"
    if len(taken) == 1:
        [one] = taken
        raise PortTaken(
            f"Port {one.port}, which {one.of} needs, is taken by {_holder(one.port)}:"
            f" stop that, choose another port with {one.setting}, or {move}."
        )
    names = ", ".join(f"{one.port} ({one.of}: {_holder(one.port)})" for one in taken)
    settings = ", ".join(one.setting for one in taken)
    raise PortTaken(
        f"Ports {names} are taken: stop what listens there, {move}, or choose others with"
        f" {settings}."
    )


def _free_offset(needed: Sequence[Needed], offset: int) -> int:
    """The next round offset that moves all of these to free ports."""
    for more in range(_ROUND, _MAX_PORT, _ROUND):
        moved = [one.port + more for one in needed]
        if max(moved) <= _MAX_PORT and all(map(is_free, moved)):
            return offset + more
    return offset


def _holder(port: int) -> str:
    """Who listens on ``port``, as far as this user may know."""
    try:
        for connection in psutil.net_connections(kind="tcp"):
            listens = connection.status == psutil.CONN_LISTEN and connection.pid
            if listens and getattr(connection.laddr, "port", None) == port:
                return f"{psutil.Process(connection.pid).name()} (process {connection.pid})"
    except (psutil.Error, OSError):
        pass  # macOS shows it to root only
    return "a process of another user"
