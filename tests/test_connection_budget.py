"""No deployment opens more connections than PostgreSQL takes, with all replicas it may have."""

import re
from typing import Any

import pytest
import yaml

from standalone import registry
from standalone.settings import ROOT
from tools.env_sample import settings_of

SIZES = {
    service.name: settings_of(service).model_fields["database_pool_size"].default
    for service in registry.with_database()
}
POOLS = {
    program.name: SIZES[service.name]
    for service in registry.with_database()
    for program in service.programs
}
"""Of each process, workers included."""
SUPERUSERS = 3
"""What PostgreSQL keeps for superusers (superuser_reserved_connections)."""
OPERATORS = 10
"""Two preparations of two connections each, a backup, and people who look around."""
USUAL = 100
"""PostgreSQL's max_connections, where nobody says otherwise."""
DOCUMENT = (ROOT / "docs/deployment.md").read_text()


class _Loader(yaml.SafeLoader):  # type: ignore[misc]
    """Reads compose's own tags as nothing."""


_Loader.add_multi_constructor("!", lambda *_: None)


def read(file: str) -> list[Any]:
    return list(yaml.load_all((ROOT / file).read_text(), _Loader))


def postgres_of(file: str) -> int:
    """How many connections the PostgreSQL of this file takes."""
    [services] = [document["services"] for document in read(file)]
    command = " ".join(services["postgres"].get("command", []))
    told = re.search(r"max_connections=(?:\$\{\w+:-)?(\d+)", command)
    return int(told[1]) if told else USUAL


def slots(service: str) -> int:
    """How many replicas of a service the front can balance between."""
    front = (ROOT / "deploy/front/haproxy.cfg").read_text()
    [count] = re.findall(rf"server-template \w+ (\d+) {service}:", front)
    return int(count)


def needed(processes: dict[str, int]) -> int:
    pools = sum(int(POOLS[name]) * count for name, count in processes.items())
    return pools + OPERATORS + SUPERUSERS


def test_compose_for_development_has_one_process_of_each() -> None:
    assert needed(dict.fromkeys(POOLS, 1)) <= postgres_of("docker-compose.yml")


def test_make_run_has_one_process_of_each() -> None:
    assert needed(dict.fromkeys(POOLS, 1)) <= USUAL


def test_a_server_may_have_as_many_replicas_as_is_documented_and_one_more_at_a_restart() -> None:
    most = int(re.findall(r"\(2 each, (\d+) at most\)", DOCUMENT)[0])
    assert most <= min(map(slots, SIZES))
    processes = dict.fromkeys(POOLS, most + 1)
    assert needed(processes) <= postgres_of("docker-compose.prod.yml")


def test_a_swarm_starts_a_new_one_of_each_before_an_old_one_ends() -> None:
    readme = (ROOT / "deploy/swarm/README.md").read_text()
    most = int(re.findall(r"2 each, (\d+) at most", readme)[0])
    processes = dict.fromkeys(POOLS, most + 1)
    assert all(processes[name] <= slots(name) for name in SIZES)
    assert needed(processes) <= postgres_of("deploy/swarm/database.yml")


def test_kubernetes_has_twice_as_many_pods_while_they_are_replaced() -> None:
    manifests = [one for file in SIZES for one in read(f"deploy/kubernetes/base/{file}.yaml")]
    scalers = {
        one["spec"]["scaleTargetRef"]["name"]: one["spec"]["maxReplicas"]
        for one in manifests
        if one["kind"] == "HorizontalPodAutoscaler"
    } | {
        one["metadata"]["name"]: one["spec"]["replicas"]
        for one in manifests
        if one["kind"] == "Deployment" and "replicas" in one["spec"]
    }
    assert scalers.keys() == POOLS.keys()
    told = int(re.findall(r"a `max_connections` of\s+(\d+)", DOCUMENT)[0])
    assert needed({name: 2 * count for name, count in scalers.items()}) <= told


@pytest.mark.parametrize("service", SIZES)
def test_the_budget_that_is_documented_is_that_of_the_defaults(service: str) -> None:
    assert re.search(rf"`{service.upper()}_DATABASE_POOL_SIZE` \({POOLS[service]}\)", DOCUMENT)
