"""Images that others publish can be pinned by their digests, all of them by one command."""

import os
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from standalone.misspelt import sentences
from standalone.settings import ROOT

DIGEST = "sha256:" + 64 * "a"
PUBLISHED = {
    "PYTHON_IMAGE": "python:",
    "POSTGRES_IMAGE": "postgres:",
    "MAIL_IMAGE": "maildev/maildev:",
    "PROMETHEUS_IMAGE": "prom/prometheus:",
    "GRAFANA_IMAGE": "grafana/grafana:",
    "NODE_EXPORTER_IMAGE": "prom/node-exporter:",
    "BLACKBOX_EXPORTER_IMAGE": "prom/blackbox-exporter:",
}


def pin(folder: Path, digest: str) -> subprocess.CompletedProcess[str]:
    """Run the command where every registry names this digest."""
    docker = folder / "docker"
    docker.write_text(f"#!/bin/sh\necho '{digest}'\n")
    docker.chmod(0o755)
    return subprocess.run(
        [ROOT / "deploy/pin-images"],
        env={"PATH": f"{folder}:{os.environ['PATH']}"},
        check=False,
        capture_output=True,
        text=True,
    )


def test_each_image_gets_a_setting_with_its_digest(tmp_path: Path) -> None:
    lines = pin(tmp_path, DIGEST).stdout.splitlines()
    pinned = dict(line.split("=", 1) for line in lines)
    assert len(lines) == len(pinned) == len(PUBLISHED)
    for name, begins in PUBLISHED.items():
        assert re.fullmatch(rf"{begins}[\w.-]+@{DIGEST}", pinned[name])


def test_make_run_knows_the_settings_too(tmp_path: Path) -> None:
    """Which reads the same .env."""
    for file in (".env.sample", "docker-compose.yml", "docker-compose.prod.yml"):
        (tmp_path / file).write_bytes((ROOT / file).read_bytes())
    (tmp_path / ".env").write_text(pin(tmp_path, DIGEST).stdout)
    assert list(sentences({}, tmp_path)) == []


def test_a_registry_that_names_none_ends_it(tmp_path: Path) -> None:
    done = pin(tmp_path, "no such image")
    assert done.returncode != 0
    assert "names no digest of" in done.stderr


@pytest.mark.parametrize("file", ["docker-compose.yml", "deploy/swarm/database.yml"])
def test_no_image_of_others_is_named_but_by_a_setting(file: str) -> None:
    services = yaml.safe_load((ROOT / file).read_text())["services"]
    images = {service["image"] for service in services.values()}
    assert {
        image for image in images if not re.match(r"vitrina-|\$\{[A-Z_]+_IMAGE:-", image)
    } == set()


def test_every_image_is_built_on_one_that_a_setting_names() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text()
    stages = set(re.findall(r"^FROM .+ AS (\S+)$", dockerfile, re.M))
    origins = set(re.findall(r"^FROM (\S+)", dockerfile, re.M)) - stages
    assert origins == {"${PYTHON_IMAGE}", "${POSTGRES_IMAGE}"}
