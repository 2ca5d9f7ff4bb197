"""End with 0 if the process on port PORT of this container is ready: `healthcheck.py PORT`.

Runs every few seconds in every container, so it imports next to nothing.
"""

import socket
import sys

REQUEST = b"GET /health/ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
TIMEOUT = 3.0
"""Seconds; the checks behind the answer have two."""

with socket.create_connection(("127.0.0.1", int(sys.argv[1])), TIMEOUT) as connection:
    connection.sendall(REQUEST)
    sys.exit(not connection.recv(64).startswith(b"HTTP/1.1 200"))
