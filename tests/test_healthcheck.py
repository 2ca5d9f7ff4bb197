"""The health check of the images: ready, or once ready and then alive."""

import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

PROGRAM = Path(__file__).parents[1] / "deploy" / "healthcheck.py"


class Service(ThreadingHTTPServer):
    """Answers its health checks with what it is given."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.statuses = {"/health/live": 200, "/health/ready": 200}

    def is_well(self, *file: str) -> bool:
        """What the health check makes of it."""
        command = [sys.executable, "-IS", str(PROGRAM), str(self.server_port), *file]
        return subprocess.run(command, check=False, capture_output=True).returncode == 0


class _Answer(BaseHTTPRequestHandler):
    server: Service

    def do_GET(self) -> None:
        self.protocol_version = "HTTP/1.1"
        self.send_response(self.server.statuses[self.path])
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        """Say nothing."""


@pytest.fixture
def service() -> Iterator[Service]:
    with Service() as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_who_is_not_ready_is_not_well(service: Service, tmp_path: Path) -> None:
    service.statuses["/health/ready"] = 503
    assert not service.is_well()
    assert not service.is_well(str(tmp_path / "was-ready"))
    service.statuses["/health/ready"] = 200
    assert service.is_well()


def test_who_was_ready_once_needs_to_be_alive(service: Service, tmp_path: Path) -> None:
    file = str(tmp_path / "was-ready")
    assert service.is_well(file)
    service.statuses["/health/ready"] = 503
    assert service.is_well(file)
    assert not service.is_well()
    service.statuses["/health/live"] = 500
    assert not service.is_well(file)


def test_who_does_not_answer_is_not_well(service: Service, tmp_path: Path) -> None:
    file = str(tmp_path / "was-ready")
    assert service.is_well(file)
    service.shutdown()
    service.server_close()
    assert not service.is_well(file)
