"""The rules and the dashboard that operators are given name what the services tell."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
import promql_parser
import pytest
import yaml

from standalone import registry
from standalone.settings import ROOT
from testing.background import BackgroundSystem

METRICS_ABOVE = 1100
"""How far the port of a service's metrics is from its own."""
GIVEN_BY_OTHERS = {
    "up",
    "probe_success",
    "probe_ssl_earliest_cert_expiry",
    "node_filesystem_avail_bytes",
    "node_filesystem_size_bytes",
}
"""What Prometheus itself and the exporters show."""
GRID = 24
SERVICES = tuple(one.name for service in registry.services() for one in service.programs)
"""Every process: workers show numbers as services do."""

[ALERTS, RECORDS] = yaml.safe_load((ROOT / "deploy/prometheus/alerts.yml").read_text())["groups"]
RULES, RECORDED = ALERTS["rules"], {rule["record"]: rule["expr"] for rule in RECORDS["rules"]}
BOARD = json.loads((ROOT / "deploy/grafana/vitrina.json").read_text())
DOCUMENT = (ROOT / "docs/operations.md").read_text()
PANELS = [panel for panel in BOARD["panels"] if panel["type"] != "row"]
RULE_QUERIES = {rule["alert"]: rule["expr"] for rule in RULES} | RECORDED
TARGETS = {
    f"{panel['title']} {target['refId']}": target for panel in PANELS for target in panel["targets"]
}
PANEL_QUERIES = {
    name: target["expr"].replace("$__rate_interval", "1m") for name, target in TARGETS.items()
}


def selectors(query: str) -> Iterator[tuple[str, set[str]]]:
    """The metrics in a query and the labels it asks of each; ValueError where it is none."""
    found: list[Any] = []
    promql_parser.walk(promql_parser.parse(query), found.append)
    for node in found:
        if isinstance(node, promql_parser.VectorSelector):
            yield str(node.name), {matcher.name for matcher in node.matchers.matchers}


def metrics_ports(system: BackgroundSystem) -> dict[str, int]:
    """Where each process shows its numbers."""
    ports = {name: port + METRICS_ABOVE for name, port in system.settings.ports.items()}
    return ports | dict(system.settings.worker_ports)


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What each service shows."""
    folder = tmp_path_factory.mktemp("shown")
    nowhere = '["postgres://nobody:nothing@127.0.0.1:9/catalog"]'
    environment = {"ACCESS_LOG": "true", "CATALOG_REPLICA_URLS": nowhere}
    with BackgroundSystem(folder, environment=environment) as system:
        return {
            name: httpx2.get(f"http://127.0.0.1:{port}/metrics", timeout=20).text
            for name, port in metrics_ports(system).items()
        }


@pytest.fixture(scope="module")
def shown(pages: dict[str, str]) -> dict[str, set[str]]:
    """The labels of every sample that a service shows, by its name; some have none yet."""
    labels: dict[str, set[str]] = {}
    for page in pages.values():
        for name, kind in re.findall(r"^# TYPE (\w+) (\w+)$", page, re.M):
            parts = ("_bucket", "_count", "_sum") if kind == "histogram" else ("",)
            for part in parts:
                labels.setdefault(name + part, set())
        for name, given in re.findall(r"^(\w+)\{(.*)\} ", page, re.M):
            labels[name] |= set(re.findall(r'(\w+)="', given))
    return labels


@pytest.mark.parametrize("query", [*RULE_QUERIES.values(), *PANEL_QUERIES.values()])
def test_what_is_asked_for_is_what_a_service_shows(query: str, shown: dict[str, set[str]]) -> None:
    asked = list(selectors(query))
    assert asked
    for name, labels in asked:
        assert name in shown.keys() | GIVEN_BY_OTHERS | RECORDED.keys()
        assert labels - {"job"} <= shown.get(name, set()) or not shown.get(name)


@pytest.mark.parametrize("target", PANEL_QUERIES)
def test_what_a_line_is_called_by_is_what_a_service_shows(
    target: str, shown: dict[str, set[str]]
) -> None:
    query = PANEL_QUERIES[target]
    named = set(re.findall(r"\{\{(\w+)\}\}", TARGETS[target]["legendFormat"]))
    for name, _ in selectors(query):
        asked = named - {"job", "instance", "mountpoint"}
        assert name in GIVEN_BY_OTHERS or asked <= shown[name] or not shown[name]
    for grouping in re.findall(r" by \(([^)]*)\)", query):
        assert named <= {*grouping.split(", ")}


def test_what_the_rules_watch_is_on_the_dashboard() -> None:
    watched, seen = (
        {name for query in queries.values() for name, _ in selectors(query)}
        for queries in (RULE_QUERIES, PANEL_QUERIES)
    )
    assert watched - RECORDED.keys() <= seen


@pytest.mark.parametrize("service", SERVICES)
def test_what_a_service_shows_is_what_is_documented(service: str, pages: dict[str, str]) -> None:
    table = DOCUMENT.partition("| metric |")[2].partition("\n\n")[0].splitlines()[2:]
    told: set[str] = set()
    for names, those, _ in (line.strip("| ").split(" | ", maxsplit=2) for line in table):
        if those == "all" or service in those.split(", "):
            told |= set(re.findall(r"`(vitrina_\w+)`", names))
    found = re.findall(r"^# TYPE (vitrina_\w+) ", pages[service], re.M)
    assert set(found) == told
    assert "_created" not in pages[service]


def test_the_rules_are_those_of_the_document() -> None:
    table = DOCUMENT.partition("| alert |")[2].partition("\n\n")[0].splitlines()[2:]
    told = [tuple(re.split(r" \| ", line.strip("| "), maxsplit=4)) for line in table]
    assert told == [
        (
            rule["alert"],
            rule["labels"]["severity"],
            f"`{rule['expr']}`",
            rule["for"],
            rule["annotations"]["summary"],
        )
        for rule in RULES
    ]
    assert len(RULE_QUERIES) == len(RULES) + len(RECORDED)
    assert {rule["labels"]["severity"] for rule in RULES} == {"page", "warn"}
    assert all(rule.keys() == {"alert", "expr", "for", "labels", "annotations"} for rule in RULES)


def test_the_dashboard_is_whole() -> None:
    numbers = [panel["id"] for panel in BOARD["panels"]]
    assert len(set(numbers)) == len(numbers)
    taken: set[tuple[int, int]] = set()
    for panel in BOARD["panels"]:
        at = panel["gridPos"]
        cells = {(at["x"] + x, at["y"] + y) for x in range(at["w"]) for y in range(at["h"])}
        assert not cells & taken
        assert max(x for x, _ in cells) < GRID
        taken |= cells
    variables = {variable["name"]: variable for variable in BOARD["templating"]["list"]}
    assert variables["datasource"]["type"] == "datasource"
    source = {"type": "prometheus", "uid": "${datasource}"}
    for panel in PANELS:
        assert [panel["datasource"], *(t["datasource"] for t in panel["targets"])] == [source] * (
            1 + len(panel["targets"])
        )
    used = set(re.findall(r"\$\{?(\w+)", json.dumps(BOARD))) - {"__rate_interval", "__all"}
    assert used == variables.keys()


def test_the_rules_of_kubernetes_are_the_same() -> None:
    rules = yaml.safe_load((ROOT / "deploy/kubernetes/monitoring/rules.yaml").read_text())
    assert rules["spec"] == {"groups": [ALERTS, RECORDS]}


def test_nothing_wakes_anybody_immediately() -> None:
    assert [rule["alert"] for rule in RULES if rule["for"] in {"0s", "0m"}] == []


def test_grafana_finds_prometheus_and_the_dashboard_where_compose_puts_them() -> None:
    provisioning = ROOT / "deploy/grafana/provisioning"
    [source] = yaml.safe_load((provisioning / "datasources/prometheus.yml").read_text())[
        "datasources"
    ]
    [provider] = yaml.safe_load((provisioning / "dashboards/vitrina.yml").read_text())["providers"]
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    mounts = dict(volume.split(":")[:2] for volume in services["grafana"]["volumes"])
    assert (source["type"], source["access"], source["isDefault"]) == ("prometheus", "proxy", True)
    assert (urlsplit(source["url"]).hostname, urlsplit(source["url"]).port) == ("prometheus", 9090)
    assert mounts["./deploy/grafana/provisioning"] == "/etc/grafana/provisioning"
    assert Path(mounts["./deploy/grafana/vitrina.json"]).parent == Path(provider["options"]["path"])
    assert provider["type"] == "file"


@pytest.mark.parametrize("watcher", ["prometheus", "grafana", "node-exporter", "blackbox-exporter"])
def test_a_watcher_starts_only_when_it_is_asked_for_and_shows_itself_here_alone(
    watcher: str,
) -> None:
    service = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"][watcher]
    assert service["profiles"] == ["monitoring"]
    assert service["networks"] == ["services"]
    assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))
    assert not [volume for volume in service.get("volumes", []) if volume.startswith("secrets")]
    assert int(service["user"].partition(":")[0]) > 0
    assert service["read_only"]
    for volume in service.get("volumes", []):
        if volume.startswith("./"):
            assert (ROOT / volume.split(":")[0]).exists()
            assert volume.endswith(":ro")
