"""Whether the system is ready, as its processes say."""

import http.client
import time
from threading import Event

from standalone.settings import StandaloneSettings

_EVERY = 0.05  # seconds


def is_ready(settings: StandaloneSettings) -> bool:
    """Whether the services and their workers all answer ``/health/ready`` with 200."""
    workers = (port for port in settings.worker_ports.values() if port)
    return all(_answers(port) for port in (*settings.ports.values(), *workers))


def wait_until_ready(
    settings: StandaloneSettings, *, over: Event | None = None, timeout: float = 60
) -> bool:
    """Wait until all are ready, at most ``timeout`` seconds and until ``over`` is set."""
    over = over or Event()
    deadline = time.monotonic() + timeout
    while not over.is_set() and time.monotonic() < deadline:
        if is_ready(settings):
            return True
        over.wait(_EVERY)
    return False


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
