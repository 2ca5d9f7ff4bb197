"""Debian's Prometheus takes these rules, fires when it should, and finds every service."""

import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
import yaml

from standalone.ports import free_port
from standalone.settings import ROOT
from testing.background import BackgroundSystem
from tests.test_monitoring import PANEL_QUERIES, RECORDED, RULES, SERVICES, metrics_ports

pytestmark = pytest.mark.monitoring

FOLDER = ROOT / "deploy/prometheus"
EVERY = "1s"


def promtool(*arguments: str) -> None:
    done = subprocess.run(
        ["promtool", *arguments], cwd=FOLDER, check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_rules_and_configuration_are_what_prometheus_reads() -> None:
    promtool("check", "rules", "alerts.yml")
    promtool("check", "config", "prometheus.yml")


def test_each_rule_fires_when_it_should_and_at_no_other_time() -> None:
    promtool("test", "rules", "alerts.test.yml")


def test_each_rule_is_tried() -> None:
    tests = yaml.safe_load((FOLDER / "alerts.test.yml").read_text())["tests"]
    fired = {
        one["alertname"] for test in tests for one in test["alert_rule_test"] if one["exp_alerts"]
    }
    assert fired == {rule["alert"] for rule in RULES}


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BackgroundSystem]:
    with BackgroundSystem(tmp_path_factory.mktemp("watched")) as system:
        yield system


@pytest.fixture(scope="module")
def prometheus(
    system: BackgroundSystem, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[httpx2.Client]:
    """Prometheus with our configuration, but that it asks the ports of this system, and soon."""
    folder = tmp_path_factory.mktemp("prometheus")
    shutil.copy(FOLDER / "alerts.yml", folder)
    configuration = yaml.safe_load((FOLDER / "prometheus.yml").read_text())
    configuration["global"] = {"scrape_interval": EVERY, "evaluation_interval": EVERY}
    configuration["scrape_configs"] = [
        {"job_name": name, "static_configs": [{"targets": [f"127.0.0.1:{port}"]}]}
        for name, port in metrics_ports(system).items()
    ]
    (folder / "prometheus.yml").write_text(yaml.safe_dump(configuration))
    port = free_port()
    with (
        (folder / "log").open("wb") as log,
        subprocess.Popen(
            [
                "prometheus",
                f"--config.file={folder}/prometheus.yml",
                f"--storage.tsdb.path={folder}/data",
                f"--web.listen-address=127.0.0.1:{port}",
            ],
            stdout=log,
            stderr=log,
        ) as process,
    ):
        try:
            with httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=10) as client:
                until(lambda: is_ready(client), folder / "log")
                yield client
        finally:
            process.terminate()


def until(condition: Callable[[], bool], log: Path | None = None) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, log.read_text() if log else "nothing came of it"
        time.sleep(0.2)


def is_ready(client: httpx2.Client) -> bool:
    try:
        return client.get("/-/ready").status_code == 200
    except httpx2.TransportError:
        return False


def ask(client: httpx2.Client, query: str) -> list[dict[str, Any]]:
    answer = client.get("/api/v1/query", params={"query": query})
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["data"]["result"]
    return found


def test_every_service_is_found_and_says_what_it_is(prometheus: httpx2.Client) -> None:
    until(lambda: len(ask(prometheus, "vitrina_build_info")) == len(SERVICES))
    assert {row["metric"]["job"] for row in ask(prometheus, "up == 1")} == set(SERVICES)


def test_every_rule_is_loaded_and_well_and_silent(prometheus: httpx2.Client) -> None:
    def rules() -> list[dict[str, Any]]:
        groups = prometheus.get("/api/v1/rules").json()["data"]["groups"]
        return [rule for group in groups for rule in group["rules"]]

    until(lambda: all(rule["health"] != "unknown" for rule in rules()))
    assert {rule["name"] for rule in rules()} == {rule["alert"] for rule in RULES} | set(RECORDED)
    assert {rule["health"] for rule in rules()} == {"ok"}
    assert [rule["name"] for rule in rules() if rule.get("state") == "firing"] == []


@pytest.mark.parametrize("panel", PANEL_QUERIES)
def test_every_panel_is_a_question_that_prometheus_answers(
    prometheus: httpx2.Client, panel: str
) -> None:
    ask(prometheus, PANEL_QUERIES[panel].replace("$job", "|".join(SERVICES)))
