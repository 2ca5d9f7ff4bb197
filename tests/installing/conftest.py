"""A bare clone of what is committed, and a person who has nothing: no cache and no settings."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TIMEOUT = 300


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Who runs commands in `clone` with an empty `home`."""

    clone: Path
    home: Path

    def run(self, *command: str | Path, **environment: str) -> str:
        """Return what a command prints; fails with it."""
        done = subprocess.run(
            [str(word) for word in command],
            cwd=self.clone,
            env={**_environment(), "HOME": str(self.home), **environment},
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
            check=False,
        )
        assert done.returncode == 0, f"{command}:\n{done.stdout}\n{done.stderr}"
        return done.stdout


@pytest.fixture
def newcomer(tmp_path: Path) -> Newcomer:
    """Someone with a clone of what is committed here."""
    clone, home = tmp_path / "vitrina", tmp_path / "home"
    home.mkdir()
    subprocess.run(["git", "clone", "--quiet", "--depth=1", f"file://{ROOT}", clone], check=True)
    return Newcomer(clone, home)


def _environment() -> dict[str, str]:
    """This machine's environment without what would make another environment look installed."""
    left_out = ("VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME")
    return {name: value for name, value in os.environ.items() if name not in left_out}
