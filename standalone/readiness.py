"""Whether the system is ready, as its gateway says."""

import http.client
import time
from threading import Event

_EVERY = 0.05  # seconds


def is_ready(port: int) -> bool:
    """Whether ``/health/ready`` on this port is a 200."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def wait_until_ready(port: int, *, over: Event | None = None, timeout: float = 60) -> bool:
    """Wait for a 200, at most ``timeout`` seconds and until ``over`` is set."""
    over = over or Event()
    deadline = time.monotonic() + timeout
    while not over.is_set() and time.monotonic() < deadline:
        if is_ready(port):
            return True
        over.wait(_EVERY)
    return False
