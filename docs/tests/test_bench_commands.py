"""Every command of bench/ says what it is for, and measures nothing meanwhile."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COMMANDS = sorted(
    file.stem
    for file in (ROOT / "bench").glob("*.py")
    if '__name__ == "__main__"' in file.read_text()
)


def test_all_are_found() -> None:
    assert {"__main__", "catalog", "gateway", "images", "logins", "soak", "system"} <= {*COMMANDS}


@pytest.mark.parametrize("name", COMMANDS)
def test_help_is_all_that_it_prints(name: str) -> None:
    command = [sys.executable, "-m", f"bench.{name}", "--help"]

    helped = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )

    assert (helped.returncode, helped.stderr) == (0, "")
    assert helped.stdout.startswith("usage: ")
