"""Who may speak with whom: these arrows, and no other."""

import itertools

import pytest

from standalone import registry
from tests.kubernetes.manifests import Manifests
from tests.kubernetes.network import End, Network

pytestmark = pytest.mark.node

HOME = "vitrina"
DNS = End("dns", "kube-system", {"k8s-app": "kube-dns"})
DATABASE = End("postgresql", "databases", {"cnpg.io/cluster": "shop"})
OUTSIDE = [
    End("people", "haproxy-controller", {"app": "ingress"}),
    End("prometheus", "monitoring", {"app": "prometheus"}),
    End("stranger", "elsewhere", {"app.kubernetes.io/name": "gateway"}),
    DNS,
    DATABASE,
    End("mail", address="198.51.100.25"),
    End("mail-ipv6", address="2001:db8::25"),
    End("metadata", address="169.254.169.254"),
    End("neighbour", address="10.0.0.25"),
]
INTRUDER = End("intruder", HOME, {"app": "something-else"})
METRICS = {one.name: one.metrics for service in registry.services() for one in service.programs}
FOLLOWERS = ("catalog", "mailing", "mailing-worker")
"""Who reads accounts from auth itself."""
SENDERS = ("auth", "mailing", "mailing-worker")
PORTS = (
    *(service.port for service in registry.services()),
    *(port for port in METRICS.values() if port),
    5432,
    587,
    465,
    25,
    53,
    443,
    80,
)

ARROWS = {
    ("people", "gateway", 8000),
    *(("gateway", service.name, service.port) for service in registry.behind_the_door()),
    *(  # for the keys
        (service.name, "gateway", 8000)
        for service in registry.behind_the_door()
        if service.name != registry.IDENTITY
    ),
    *(("prometheus", name, port) for name, port in METRICS.items()),
    *((follower, "auth", 8001) for follower in FOLLOWERS),
    *(
        (consumer, "postgresql", 5432)
        for service in registry.with_database()
        for consumer in (*service.consumers, *(worker.name for worker in service.workers))
    ),
    *(
        (sender, server, port)
        for sender in SENDERS
        for server in ("mail", "mail-ipv6")
        for port in (587, 465)
    ),
}


@pytest.fixture
def ours(manifests: Manifests) -> list[End]:
    """Our pods, and one that has no business in the namespace."""
    named = {
        who: {port["name"]: port["containerPort"] for port in container.get("ports", [])}
        for who, container in manifests.containers()
    }
    pods = [End(who, HOME, pod["metadata"]["labels"], named[who]) for who, pod in manifests.pods()]
    return [*pods, INTRUDER]


@pytest.fixture
def network(manifests: Manifests) -> Network:
    """The policies, all of which are in the namespace."""
    policies = list(manifests.of("NetworkPolicy").values())
    assert {policy["metadata"]["namespace"] for policy in policies} == {HOME}
    return Network(policies)


def test_exactly_these_connections_are_possible(network: Network, ours: list[End]) -> None:
    pairs = itertools.product([*ours, *OUTSIDE], [*ours, *OUTSIDE])
    touching_us = [(one, two) for one, two in pairs if HOME in (one.namespace, two.namespace)]
    possible = {
        (source.name, target.name, port)
        for source, target in touching_us
        for port in PORTS
        if network.allows(source, target, port)
    }
    names = {(pod.name, "dns", 53) for pod in ours}
    assert possible == ARROWS | names


def test_over_udp_there_is_nothing_but_names(network: Network, ours: list[End]) -> None:
    possible = {
        (source.name, target.name, port)
        for source, target in itertools.product(ours, [*ours, *OUTSIDE])
        for port in PORTS
        if network.allows(source, target, port, "UDP")
    }
    assert possible == {(pod.name, "dns", 53) for pod in ours}


@pytest.mark.parametrize(
    "policy", ["nothing-else", "services", "accounts-are-read", "services-use-postgresql"]
)
def test_without_one_of_the_policies_it_would_be_seen(
    network: Network, ours: list[End], policy: str
) -> None:
    rest = [one for one in network.policies if one["metadata"]["name"] != policy]
    fewer = Network(rest)
    assert len(rest) == len(network.policies) - 1
    assert any(
        fewer.allows(source, target, port) != network.allows(source, target, port)
        for source, target in itertools.product([*ours, *OUTSIDE], [*ours, *OUTSIDE])
        for port in PORTS
    )
