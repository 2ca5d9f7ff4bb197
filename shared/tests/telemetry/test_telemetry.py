"""Spans leave a service where OpenTelemetry's variable says where to, and cost it nothing."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from shared.http.spans import FLUSH_WITHIN
from shared.telemetry.sql_spans import described
from shared.tests.http.test_serve import ROOT, port_in
from testing.collector import Collector

pytestmark = pytest.mark.timing

TRACE = "0af7651916cd43dd8448eb211c80319c"
CALLER = "b7ad6b7169203331"
PROGRAM = """
from contextlib import asynccontextmanager
from fastapi import APIRouter
from shared.http.application import build_app
from shared.http.serve import serve
from shared.settings import ServiceSettings
from shared.http.tracing import wanted_spans

router = APIRouter()

@router.get("/things/{number}")
async def thing(number: int) -> int:
    return 10 // number

@asynccontextmanager
async def lifespan(app):
    yield

def create_app():
    spans = wanted_spans("traced")
    routers = [router]
    return build_app(title="T", description="", lifespan=lifespan, routers=routers, spans=spans)

if __name__ == "__main__":
    serve("traced:create_app", ServiceSettings(port=0, metrics_port=0))
"""


@contextmanager
def traced(folder: Path, environment: dict[str, str]) -> Iterator[int]:
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
        assert process.returncode == -signal.SIGTERM  # as uvicorn ends, once all is done


def ask(port: int, path: str, flags: str = "01", method: str = "GET") -> int:
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", method=method)
    request.add_header("traceparent", f"00-{TRACE}-{CALLER}-{flags}")
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code


def test_each_request_is_a_span_of_the_callers_trace(tmp_path: Path) -> None:
    with Collector.running() as collector:
        with traced(tmp_path, collector.environment) as port:
            statuses = [
                ask(port, path) for path in ("/things/5", "/things/0", "/nothing", "/health/live")
            ]
            ask(port, "/things/2", method="HEAD")
        assert collector.paths == {"/v1/traces"}
        spans = sorted(collector.spans, key=lambda span: span.seconds)
    assert statuses == [200, 500, 404, 200]
    assert {(span.trace_id, span.parent_id, span.kind) for span in spans} == {
        (TRACE, CALLER, "server")
    }
    route = "/things/{number}"
    assert [span.name for span in spans] == [f"GET {route}", f"GET {route}", "GET", f"HEAD {route}"]
    assert [span.failed for span in spans] == [False, True, False, False]
    assert spans[1].attributes == {
        "http.request.method": "GET",
        "url.scheme": "http",
        "http.route": route,
        "http.response.status_code": 500,
        "error.type": "500",
    }


def test_what_ends_has_sent_what_waited(tmp_path: Path) -> None:
    with Collector.running() as collector:
        environment = {**collector.environment, "OTEL_BSP_SCHEDULE_DELAY": "600000"}
        with traced(tmp_path, environment) as port:
            for _ in range(700):  # more than a batch
                ask(port, "/things/5")
        assert len(collector.spans) == 700


@pytest.mark.parametrize(
    ("sampler", "argument", "flags", "count"),
    [
        ("parentbased_always_on", "", "00", 0),
        ("traceidratio", "0.0", "01", 0),
        ("always_on", "", "00", 1),
    ],
)
def test_opentelemetrys_variables_say_what_is_sampled(
    tmp_path: Path, sampler: str, argument: str, flags: str, count: int
) -> None:
    chosen = {"OTEL_TRACES_SAMPLER": sampler, "OTEL_TRACES_SAMPLER_ARG": argument}
    with Collector.running() as collector:
        with traced(tmp_path, {**collector.environment, **chosen}) as port:
            ask(port, "/things/5", flags)
        assert len(collector.spans) == count


@pytest.mark.parametrize("listens", [False, True], ids=["dead", "silent"])
def test_a_collector_that_takes_nothing_costs_no_request_and_little_of_the_end(
    tmp_path: Path, *, listens: bool
) -> None:
    with socket.socket() as collector:
        collector.bind(("127.0.0.1", 0))
        if listens:
            collector.listen()
        environment = {
            "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{collector.getsockname()[1]}",
            "OTEL_BSP_SCHEDULE_DELAY": "10",
            "OTEL_BSP_MAX_QUEUE_SIZE": "50",
            "OTEL_BSP_MAX_EXPORT_BATCH_SIZE": "10",
        }
        with traced(tmp_path, environment) as port:
            took = []
            for _ in range(200):  # four times what has room
                began = time.monotonic()
                assert ask(port, "/things/5") == 200
                took.append(time.monotonic() - began)
            ending = time.monotonic()
        assert time.monotonic() - ending < FLUSH_WITHIN + 2
    assert sorted(took)[190] < 0.5


def test_without_the_packages_it_says_so() -> None:
    program = (
        "import sys; sys.modules['opentelemetry.sdk'] = None; "
        "from shared.http.tracing import wanted_spans; wanted_spans('served')"
    )
    told = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"},
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    assert (told.returncode, told.stderr) == (
        2,
        "OTEL_EXPORTER_OTLP_ENDPOINT is not usable: the extra `telemetry` is not installed.\n",
    )


@pytest.mark.parametrize(
    ("statement", "summary", "text"),
    [
        (
            'SELECT "a1" FROM "t2" WHERE "b"=$1 LIMIT 20',
            "SELECT t2",
            'SELECT "a1" FROM "t2" WHERE "b"=$1 LIMIT ?',
        ),
        ("INSERT INTO \"t\" VALUES ('it''s', -1.5)", "INSERT t", 'INSERT INTO "t" VALUES (?, -?)'),
        ('UPDATE "t" SET "a"=\'\'', "UPDATE t", 'UPDATE "t" SET "a"=?'),
        ("COMMIT;", "COMMIT", "COMMIT;"),
        ("", "SQL", ""),
    ],
)
def test_a_statement_is_recorded_without_what_is_written_out_in_it(
    statement: str, summary: str, text: str
) -> None:
    assert described(statement) == (summary, text)
