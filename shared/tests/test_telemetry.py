"""Spans leave a service where OpenTelemetry's variable says where to, and only then."""

import os
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from shared.tests.test_serve import ROOT, port_in

TRACE = "0af7651916cd43dd8448eb211c80319c"
PROGRAM = """
from contextlib import asynccontextmanager
from shared.application import build_app
from shared.serve import serve
from shared.settings import ServiceSettings

@asynccontextmanager
async def lifespan(app):
    yield

def create_app():
    return build_app(title="Traced", description="", lifespan=lifespan)

if __name__ == "__main__":
    serve("traced:create_app", ServiceSettings(port=0))
"""


class Collector(HTTPServer):
    """Takes what exporters send."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Receiver)
        self.received: list[tuple[str, bytes]] = []


class Receiver(BaseHTTPRequestHandler):
    server: Collector

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.received.append((self.path, body))
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def collector() -> Iterator[Collector]:
    with Collector() as collector:
        thread = threading.Thread(target=collector.serve_forever)
        thread.start()
        yield collector
        collector.shutdown()
        thread.join()


@contextmanager
def traced(folder: Path, **environment: str) -> Iterator[int]:
    """Run a service until the context ends; give its port."""
    (folder / "traced.py").write_text(PROGRAM)
    with subprocess.Popen(
        [sys.executable, "-m", "traced"],
        env={**os.environ, "PYTHONPATH": f"{folder}:{ROOT}", **environment},
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        yield port_in(next(line for line in process.stderr if "running on" in line))
        process.terminate()
        process.communicate(timeout=20)


def ask(port: int) -> None:
    request = urllib.request.Request(f"http://127.0.0.1:{port}/health/live")
    request.add_header("traceparent", f"00-{TRACE}-b7ad6b7169203331-01")
    urllib.request.urlopen(request).close()


def test_a_request_is_a_span_of_the_callers_trace(tmp_path: Path, collector: Collector) -> None:
    endpoint = f"http://127.0.0.1:{collector.server_port}"
    with traced(tmp_path, OTEL_EXPORTER_OTLP_ENDPOINT=endpoint) as port:
        ask(port)
    assert {path for path, _ in collector.received} == {"/v1/traces"}
    spans = b"".join(body for _, body in collector.received)
    assert bytes.fromhex(TRACE) in spans
    assert b"/health/live" in spans


def test_without_the_variable_opentelemetrys_sdk_is_not_even_imported(tmp_path: Path) -> None:
    program = "import sys, shared.application; print('opentelemetry.sdk' in sys.modules)"
    told = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert told.stdout == "False\n"
