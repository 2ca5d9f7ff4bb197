"""Who may speak with whom: these arrows, and no other."""

import itertools

import pytest

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
PORTS = (8000, 8001, 8002, 9100, 9101, 9102, 5432, 587, 465, 25, 53, 443, 80)

ARROWS = {
    ("people", "gateway", 8000),
    ("gateway", "auth", 8001),
    ("gateway", "catalog", 8002),
    ("catalog", "gateway", 8000),  # for the keys
    ("prometheus", "gateway", 9100),
    ("prometheus", "auth", 9101),
    ("prometheus", "catalog", 9102),
    ("auth", "postgresql", 5432),
    ("auth-prepare", "postgresql", 5432),
    ("catalog", "postgresql", 5432),
    ("catalog-prepare", "postgresql", 5432),
    ("auth", "mail", 587),
    ("auth", "mail-ipv6", 587),
    ("auth", "mail", 465),
    ("auth", "mail-ipv6", 465),
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


@pytest.mark.parametrize("policy", ["nothing-else", "services", "services-use-postgresql"])
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
