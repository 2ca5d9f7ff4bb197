"""`deploy/rotate-secrets`: a restart follows every step, and keys are sealed before the end."""

import os
import subprocess
from pathlib import Path

import pytest

from standalone import registry
from standalone.settings import ROOT

PREPARED = [service.preparation for service in registry.with_database()]
DOCKER = """#!/bin/sh
printf '%s\\n' "$*" >>"$LOG"
case "$*" in *"ps --services"*) printf '%s\\n' gateway $FRONT ;; esac
"""


def rotate(folder: Path, *steps: str, front: str = "") -> tuple[int, list[str]]:
    """Run it where docker only writes down what it is asked; return the exit status, and that."""
    docker, log = folder / "docker", folder / "log"
    docker.write_text(DOCKER)
    docker.chmod(0o755)
    log.write_text("")
    done = subprocess.run(
        [ROOT / "deploy/rotate-secrets", *steps],
        env={"PATH": f"{folder}:{os.environ['PATH']}", "LOG": str(log), "FRONT": front},
        check=False,
        capture_output=True,
    )
    return done.returncode, log.read_text().splitlines()


def in_short(asked: list[str]) -> list[str]:
    """Each command by one word of what it does."""
    steps = [f"rotation {step}" for step in ("add", "use", "passwords", "forget")]
    words = [*steps, "restart", *PREPARED]
    return [word.split()[-1] for line in asked for word in words if word in line]


def test_each_step_is_prepared_and_restarted_before_the_next(tmp_path: Path) -> None:
    status, asked = rotate(tmp_path)
    afterwards = [*PREPARED, "restart"]
    assert status == 0
    assert in_short(asked) == ["add", *afterwards, "use", *afterwards, "passwords", *afterwards]


def test_keys_are_sealed_with_what_stays_before_the_old_secrets_go(tmp_path: Path) -> None:
    status, asked = rotate(tmp_path, "forget")
    assert status == 0
    assert in_short(asked) == [*PREPARED, "forget", *PREPARED, "restart"]


def test_with_the_front_replicas_are_replaced_one_by_one(tmp_path: Path) -> None:
    _, asked = rotate(tmp_path, "add", front="front")
    assert "restart" not in in_short(asked)
    assert [
        line for line in asked if "compose ps --quiet auth" in line
    ]  # of deploy/rolling-restart


@pytest.mark.parametrize("step", ["everything", "--help"])
def test_another_step_changes_nothing(tmp_path: Path, step: str) -> None:
    assert rotate(tmp_path, step) == (2, [])
