"""End with 0 if the process on port PORT of this container is ready: `healthcheck.py PORT [FILE]`.

With FILE, which then remembers it, being ready once is enough: from then on it needs to be alive.
That is for engines that kill what is unhealthy, also while a database is away for all of them.
Runs every few seconds in every container, so it imports next to nothing.
"""

import os
import socket
import sys

TIMEOUT = 3.0
"""Seconds; the checks behind the response have two."""


def main(port: str, file: str = "") -> int:
    """0 or 1; or an exception, which is as good as 1."""
    was_ready = bool(file) and os.path.exists(file)  # noqa: PTH110 - pathlib takes its time
    what = "live" if was_ready else "ready"
    with socket.create_connection(("127.0.0.1", int(port)), TIMEOUT) as connection:
        head = f"GET /health/{what} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        connection.sendall(head.encode())
        if not connection.recv(64).startswith(b"HTTP/1.1 200"):
            return 1
    if file and not was_ready:
        os.close(os.open(file, os.O_CREAT))
    return 0


sys.exit(main(*sys.argv[1:]))
