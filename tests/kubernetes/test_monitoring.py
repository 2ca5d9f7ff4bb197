"""The optional component for the Prometheus operator."""

import shutil
from pathlib import Path

import pytest
import yaml

from standalone import registry
from tests.kubernetes.manifests import FOLDER, ROOT, Manifests, build, is_selected, read

pytestmark = pytest.mark.node


@pytest.fixture
def watched(shop: Path, tmp_path: Path) -> Manifests:
    """The shop with the component."""
    copy = tmp_path / "kubernetes"
    shutil.copytree(shop.parent, copy)
    file = copy / "shop/kustomization.yaml"
    text = file.read_text()
    file.write_text(text.replace("# components: [../monitoring] ", "components: [../monitoring] "))
    assert file.read_text() != text
    return Manifests([one for one, _ in read(build(copy / "shop"))])


def test_without_it_there_is_nothing_of_the_operator(manifests: Manifests) -> None:
    groups = {one["apiVersion"].partition("/")[0] for one in manifests.objects}
    assert "monitoring.coreos.com" not in groups


def test_every_server_is_asked_at_the_port_of_its_metrics(watched: Manifests) -> None:
    monitor = watched.of("PodMonitor")["vitrina"]
    [endpoint] = monitor["spec"]["podMetricsEndpoints"]
    selected = {
        who: pod["metadata"]["labels"][monitor["spec"]["jobLabel"]]
        for who, pod in watched.pods()
        if is_selected(pod["metadata"]["labels"], monitor["spec"]["selector"])
    }
    programs = [one.name for service in registry.services() for one in service.programs]
    assert selected == {who: who for who in programs}
    for who, container in watched.containers():
        if who in selected:
            assert endpoint["port"] in {port["name"] for port in container["ports"]}


def test_the_rules_are_those_of_every_other_way(watched: Manifests) -> None:
    alerts = yaml.safe_load((ROOT / "deploy/prometheus/alerts.yml").read_text())
    assert watched.of("PrometheusRule")["vitrina"]["spec"] == alerts
    assert (FOLDER / "monitoring/rules.yaml").read_text().endswith("\n")
