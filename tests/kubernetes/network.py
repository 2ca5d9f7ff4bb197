"""What NetworkPolicies let through, by the rules of networking.k8s.io/v1.

A pod that no policy of a direction selects is open in that direction; else one rule of any of them
must allow the other end and the port. A connection needs both its ends.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network

from tests.kubernetes.manifests import Object, is_selected

NAMESPACE_NAME = "kubernetes.io/metadata.name"


@dataclass(frozen=True)
class End:
    """Somebody who speaks or is spoken to: a pod, or with an address somebody else."""

    name: str
    namespace: str = ""
    labels: Mapping[str, str] = field(default_factory=dict, hash=False)
    ports: Mapping[str, int] = field(default_factory=dict, hash=False)
    """The numbers of named ports."""
    address: str = ""


@dataclass(frozen=True)
class Network:
    """All policies of a cluster."""

    policies: list[Object]

    def allows(self, source: End, target: End, port: int, protocol: str = "TCP") -> bool:
        """Whether `source` may connect to that port of `target`."""

        def fits(wanted: Object) -> bool:
            named = wanted["port"]
            number = target.ports.get(named) if isinstance(named, str) else named
            return number == port and wanted.get("protocol", "TCP") == protocol

        leaves = self._allows("Egress", source, target, fits)
        return leaves and self._allows("Ingress", target, source, fits)

    def _allows(self, way: str, pod: End, other: End, fits: Callable[[Object], bool]) -> bool:
        policies = [policy for policy in self.policies if _applies(policy, pod, way)]
        return not policies or any(
            _has_rule(policy, way, other=other, fits=fits) for policy in policies
        )


def _has_rule(policy: Object, way: str, *, other: End, fits: Callable[[Object], bool]) -> bool:
    home, peers = policy["metadata"]["namespace"], "to" if way == "Egress" else "from"
    return any(
        any(_is_meant(peer, home, other) for peer in rule[peers])
        and any(fits(wanted) for wanted in rule["ports"])
        for rule in policy["spec"].get(way.lower(), [])
    )


def _applies(policy: Object, pod: End, way: str) -> bool:
    return (
        way in policy["spec"]["policyTypes"]
        and pod.namespace == policy["metadata"]["namespace"]
        and is_selected(dict(pod.labels), policy["spec"]["podSelector"])
    )


def _is_meant(peer: Object, home: str, other: End) -> bool:
    if "ipBlock" in peer:
        return bool(other.address) and _is_within(peer["ipBlock"], other.address)
    if not other.namespace:
        return False
    if "namespaceSelector" in peer:
        its_namespace = {NAMESPACE_NAME: other.namespace}
        if not is_selected(its_namespace, peer["namespaceSelector"]):
            return False
    elif other.namespace != home:
        return False
    return is_selected(dict(other.labels), peer.get("podSelector", {}))


def _is_within(block: Object, address: str) -> bool:
    found = ip_address(address)
    return found in ip_network(block["cidr"]) and not any(
        found in ip_network(excepted) for excepted in block.get("except", [])
    )
