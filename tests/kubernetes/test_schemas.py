"""What kustomize builds is what Kubernetes knows."""

import json
from typing import Any

import pytest

from standalone import registry
from tests.kubernetes.manifests import NEWEST, Manifests, Object, read

pytestmark = pytest.mark.node

OLDEST = "1.34"  # since which a container may sleep before it ends, without a shell


@pytest.mark.parametrize("version", [OLDEST, "1.35", "1.36", NEWEST])
def test_every_object_fits_the_strict_schema(manifest_text: str, version: str) -> None:
    checked = read(manifest_text, version)
    assert [mistake for _, mistake in checked if mistake] == []
    assert len(checked) > 25


def test_nothing_is_null(manifest_text: str) -> None:
    """Which the schemas let pass, and Kubernetes takes for left out."""
    checked = read(manifest_text)
    assert "null" not in json.dumps([one for one, _ in checked])


def test_all_kinds_of_the_system_are_there(manifests: Manifests) -> None:
    servers = {service.name for service in registry.services()}
    workers = {worker.name for service in registry.services() for worker in service.workers}
    for kind in ("Service", "PodDisruptionBudget", "HorizontalPodAutoscaler"):
        assert set(manifests.of(kind)) == servers
    assert set(manifests.of("Deployment")) == servers | workers
    assert set(manifests.of("Job")) == {service.preparation for service in registry.with_database()}
    assert set(manifests.of("Ingress")) == {"gateway"}


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("spec", "template", "spec", "containers", 0, "livenessProbes"), {}),
        (("spec", "template", "spec", "containers", 0, "ports", 0, "containerPort"), "http"),
        (("spec", "template", "spec", "terminationGracePeriodSeconds"), "75s"),
        (("spec", "selector"), None),
        (("apiVersion",), "apps/v2"),
        (("kind",), "Deploiment"),
    ],
    ids=lambda value: str(value[-1]) if isinstance(value, tuple) else "",
)
def test_a_mistake_is_seen(
    manifests: Manifests, place: tuple[str | int, ...], value: object
) -> None:
    broken: Object = json.loads(json.dumps(manifests.servers["gateway"]))
    *way, last = place
    inside: Any = broken
    for step in way:
        inside = inside[step]
    if value is None:
        del inside[last]
    else:
        inside[last] = value
    ((_, mistake),) = read(json.dumps(broken))
    assert mistake
