"""What failed is run once more, and nothing else; what is not known makes it red."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from standalone.settings import ROOT

FLAKY = """
import pathlib
import pytest

@pytest.mark.parametrize("name", ["a b [c]", "d;e\\n'f", "é@"])
def test_flaky(name, request):
    seen = pathlib.Path(__file__).with_name("seen-" + str(len(name)))
    once = seen.exists()
    seen.touch()
    assert once

def test_that_passes():
    with open(pathlib.Path(__file__).with_name("passed"), "a") as file:
        file.write("x")
"""


def run(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a module of Python in a folder of tests."""
    return subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_what_failed_is_run_once_more(tmp_path: Path) -> None:
    (tmp_path / "test_flaky.py").write_text(FLAKY, encoding="utf-8")
    assert run("pytest", folder=tmp_path).returncode == 1
    again = run("testing.again", folder=tmp_path)
    assert again.returncode == 0, again.stdout
    assert "3 passed" in again.stdout
    assert (tmp_path / "passed").read_text(encoding="utf-8") == "x"


def test_what_fails_again_is_red(tmp_path: Path) -> None:
    (tmp_path / "test_red.py").write_text("def test_red():\n    assert False\n", encoding="utf-8")
    run("pytest", folder=tmp_path)
    assert run("testing.again", folder=tmp_path).returncode == 1


@pytest.mark.parametrize("names", [None, {}, {"gw0": True}, {"test_gone.py::test_x": True}])
def test_without_a_test_that_is_known_it_is_red(
    tmp_path: Path, names: dict[str, bool] | None
) -> None:
    if names is not None:
        (tmp_path / ".pytest_cache/v/cache").mkdir(parents=True)
        (tmp_path / ".pytest_cache/v/cache/lastfailed").write_text(json.dumps(names))
    (tmp_path / "test_other.py").write_text("def test_other():\n    pass\n", encoding="utf-8")
    assert run("testing.again", folder=tmp_path).returncode != 0
