"""Serving a process: it listens, logs JSON, and ends on a signal."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PROGRAM = """
from fastapi import FastAPI, Request, Response
from shared.http.serve import serve
from shared.settings import ServiceSettings

def create_app():
    app = FastAPI()

    @app.get("/fields")
    async def fields(request: Request) -> Response:
        return Response(b"|".join(name + b"=" + value for name, value in request.headers.raw))

    @app.post("/echo")
    async def echo(request: Request) -> Response:
        return Response(b"said " + await request.body())

    return app

if __name__ == "__main__":
    serve("{module}:create_app", ServiceSettings(port={port}))
"""


def start(folder: Path, *, port: int, name: str = "served") -> subprocess.Popen[str]:
    (folder / f"{name}.py").write_text(PROGRAM.format(module=name, port=port))
    return subprocess.Popen(
        [sys.executable, "-m", name],
        env={**os.environ, "PYTHONPATH": f"{folder}:{ROOT}"},
        stderr=subprocess.PIPE,
        text=True,
    )


def port_in(line: str) -> int:
    return int(line.partition("127.0.0.1:")[2].partition(" ")[0])


def conversation(port: int, *pieces: bytes) -> bytes:
    """Send the pieces, nothing behind them, and return what is said until the server closes."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        for piece in pieces:
            connection.sendall(piece)
        return b"".join(iter(lambda: connection.recv(65536), b""))


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with running(tmp_path_factory.mktemp("served")) as port:
        yield port


@contextmanager
def running(folder: Path) -> Iterator[int]:
    with start(folder, port=0) as process:
        assert process.stderr is not None
        yield port_in(next(line for line in process.stderr if "running on" in line))
        process.terminate()
        process.communicate(timeout=20)


def test_it_serves_until_sigterm_and_logs_json(tmp_path: Path) -> None:
    lines: list[str] = []
    with start(tmp_path, port=0) as process:
        assert process.stderr is not None
        for line in process.stderr:
            lines.append(line)
            if "running on" in line:
                process.send_signal(signal.SIGTERM)

    messages = [json.loads(line) for line in lines]
    assert {message["service"] for message in messages} == {"served"}
    assert any("Finished server process" in message["message"] for message in messages)


def test_a_taken_port_is_an_error_status(tmp_path: Path) -> None:
    with start(tmp_path, port=0) as first:
        assert first.stderr is not None
        line = next(line for line in first.stderr if "running on" in line)
        with start(tmp_path, port=port_in(line), name="second") as second:
            _, line = second.communicate(timeout=20)
        first.terminate()
        first.communicate(timeout=20)

    assert second.returncode != 0
    assert "address already in use" in line


@pytest.mark.parametrize(
    "nonsense",
    [
        b"GARBAGE\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\nhost: a\r\n\r\n",
        b"GET /fields\r\nhost: a\r\n\r\n",
        b"GET /fields\r\n\r\n",
        b"GET /fields HTTP/0.9\r\nhost: a\r\n\r\n",
        b"GET /fields HTTP/2.0\r\nhost: a\r\n\r\n",
    ],
)
def test_what_is_no_http_is_a_400_in_the_one_shape(port: int, nonsense: bytes) -> None:
    head, _, body = conversation(port, nonsense).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 ")
    assert b"content-type: application/json" in head.split(b"\r\n")
    assert json.loads(body)["code"] == 400


def test_white_space_around_a_value_is_no_part_of_it(port: int) -> None:
    fields = b"host: a \r\nx-note:\t b c \t\r\nx-empty: \t\r\nconnection: close \r\n\r\n"
    said = conversation(port, b"GET /fields HTTP/1.1\r\n" + fields)
    assert said.endswith(b"\r\n\r\nhost=a|x-note=b c|x-empty=|connection=close")


def test_a_folded_line_is_a_400(port: int) -> None:
    fields = b"host: a\r\nx-note: b\r\n c\r\nconnection: close\r\n\r\n"
    assert conversation(port, b"GET /fields HTTP/1.1\r\n" + fields).startswith(b"HTTP/1.1 400 ")


UPGRADE = b"POST /echo HTTP/1.1\r\nhost: a\r\nconnection: upgrade, close\r\nupgrade: h2c\r\n"


@pytest.mark.parametrize(
    "framed",
    [
        b"content-length: 5\r\n\r\nhello",
        b"transfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    ],
)
def test_a_request_to_upgrade_costs_no_body(port: int, framed: bytes) -> None:
    assert b"said hello" in conversation(port, UPGRADE + framed)
