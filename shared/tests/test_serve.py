"""Serving a process: it listens, logs JSON, and ends when it is told to."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROGRAM = """
from fastapi import FastAPI
from shared.serve import serve
from shared.settings import ServiceSettings

def create_app():
    return FastAPI()

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
        told = next(line for line in first.stderr if "running on" in line)
        port = told.partition("127.0.0.1:")[2].partition(" ")[0]
        with start(tmp_path, port=int(port), name="second") as second:
            _, told = second.communicate(timeout=20)
        first.terminate()
        first.communicate(timeout=20)

    assert second.returncode != 0
    assert "address already in use" in told
