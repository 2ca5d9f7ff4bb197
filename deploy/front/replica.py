"""Take a replica out of use and into use again, without a request that fails.

    replica.py drain SERVICE ADDRESS    as soon as the others are well; ends when it is idle
    replica.py restore SERVICE          what comes to the places of drained ones is used again
    replica.py ready                    is HAProxy itself at work

Runs beside HAProxy and speaks to its socket.
"""

import csv
import socket
import sys
import time
from collections.abc import Callable

SOCKET = "/tmp/haproxy.sock"  # noqa: S108
TIMEOUT = 60.0  # seconds, for either of the two things that `drain` waits for


def ask(command: str) -> str:
    """What HAProxy answers to a command."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(SOCKET)
        connection.sendall(f"{command}\n".encode())
        return b"".join(iter(lambda: connection.recv(65536), b"")).decode()


def servers(service: str) -> dict[str, dict[str, str]]:
    """The places for replicas of a service, as HAProxy's statistics name and count them."""
    rows = csv.DictReader(ask("show stat").lstrip("# ").splitlines())
    return {
        row["svname"]: row
        for row in rows
        if row["pxname"] == service and row["svname"] not in {"BACKEND", "FRONTEND"}
    }


def main() -> int:
    """0, or 1 and a sentence."""
    match sys.argv[1:]:
        case ["drain", service, address]:
            return drain(service, address)
        case ["restore", service]:
            for name in servers(service):
                ask(f"set server {service}/{name} state ready")
            return 0
        case ["ready"]:
            return 0 if ask("show info") else 1
    sys.stderr.write(f"{__doc__}\n")
    return 2


def drain(service: str, address: str) -> int:
    """Send no more requests to a replica, once others can take them."""
    found = [
        name
        for name, server in servers(service).items()
        if server["addr"].rpartition(":")[0] == address
    ]
    if not found:
        return fail(f"No replica of {service} has the address {address}.")
    (name,) = found
    if not eventually(lambda: others_are_well(service, name)):
        return fail(f"The other replicas of {service} are not well; this one stays in use.")
    ask(f"set server {service}/{name} state drain")
    if not eventually(lambda: servers(service)[name]["scur"] == "0"):
        return fail(f"The replica of {service} at {address} does not become idle.")
    return 0


def others_are_well(service: str, name: str) -> bool:
    """Whether there are others, and all of them pass their checks."""
    states = [
        server["status"]
        for other, server in servers(service).items()
        if other != name and server["addr"]
    ]
    return bool(states) and all(state == "UP" for state in states)


def eventually(holds: Callable[[], bool]) -> bool:
    """Whether something holds in time."""
    deadline = time.monotonic() + TIMEOUT
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def fail(sentence: str) -> int:
    """Say why not."""
    sys.stderr.write(f"{sentence}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
