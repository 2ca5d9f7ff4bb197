"""Runs the generators, which have environments of their own: that of npm here, and one of pip."""

import os
import subprocess
from pathlib import Path

FOLDER = Path(__file__).parent
ROOT = FOLDER.parents[1]
DOCUMENTS = ROOT / "docs" / "openapi"
MERGED = DOCUMENTS / "gateway.json"

_NODE = FOLDER / "node_modules" / ".bin"
_PYTHON = ROOT / ".venv" / "tools" / "generators" / "bin"


def run(*command: str | Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a tool of one of the environments in `folder`; a failure shows all that it prints."""
    path = os.pathsep.join([str(_NODE), str(_PYTHON), os.environ["PATH"]])
    quiet = {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"}
    done = subprocess.run(
        [*command],
        cwd=folder,
        env={**os.environ, **quiet, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done


def python(*arguments: str | Path, folder: Path) -> None:
    """Run Python where the packages are that generated clients need."""
    run(_PYTHON / "python", *arguments, folder=folder)
