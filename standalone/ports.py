"""TCP ports of the loopback interface: which are free, and who has the others."""

import socket

import psutil


class PortTaken(Exception):
    """Another process listens where ours is to; the message names it and says what to do."""


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket() as candidate:
        candidate.bind(("127.0.0.1", 0))
        port: int = candidate.getsockname()[1]
        return port


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


def require_free(port: int, *, setting: str, of: str) -> None:
    """Raise PortTaken if ``port``, which ``setting`` chooses for ``of``, cannot be had."""
    if not is_free(port):
        raise PortTaken(
            f"Port {port}, which {of} needs, is taken by {_holder(port)}:"
            f" stop that, or choose another port with {setting}."
        )


def _holder(port: int) -> str:
    """Who listens on ``port``, as far as this user may know."""
    try:
        for connection in psutil.net_connections(kind="tcp"):
            listens = connection.status == psutil.CONN_LISTEN and connection.pid
            if listens and getattr(connection.laddr, "port", None) == port:
                return f"{psutil.Process(connection.pid).name()} (process {connection.pid})"
    except (psutil.Error, OSError):
        pass  # macOS tells only root
    return "a process of another user"
