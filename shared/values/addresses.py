"""Who is at the other end: the client's address, as far as proxies that we trust tell it."""

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Annotated

from pydantic import BeforeValidator

Network = IPv4Network | IPv6Network

PRIVATE_NETWORKS: tuple[Network, ...] = tuple(
    ip_network(network)
    for network in (
        *("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"),
        *("::1/128", "fc00::/7"),
    )
)
"""Where only our own machines are, for processes that must not be reachable from elsewhere."""

_SUBNET_OF_A_CUSTOMER = 64  # bits of an IPv6 address that one customer is given


def _to_networks(value: object) -> object:
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return tuple(ip_network(str(network)) for network in value)
    return value


TrustedProxies = Annotated[tuple[Network, ...], BeforeValidator(_to_networks)]


def client_address(peer: str, forwarded_for: Iterable[str], trusted: Sequence[Network]) -> str:
    """Return the address of the client that made the request.

    `forwarded_for` are the values of X-Forwarded-For as they came. They are read from the right,
    for as long as the one who added the entry is a trusted proxy; what a stranger wrote before
    is never believed.
    """
    entries = [entry.strip() for value in forwarded_for for entry in value.split(",")]
    entries = [entry for entry in entries if entry]
    address = peer
    while entries and _is_trusted(address, trusted):
        candidate = entries.pop()
        if not _is_address(candidate):
            break
        address = candidate
    return address


def subnet(address: str) -> str:
    """Return what limits count by: an IPv4 address, or the /64 that an IPv6 address lies in."""
    if not _is_address(address):
        return "unknown"
    parsed = ip_address(address)
    if parsed.version == 4:  # noqa: PLR2004 - the protocol's own name
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ip_network((parsed, _SUBNET_OF_A_CUSTOMER), strict=False))


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _is_trusted(address: str, trusted: Sequence[Network]) -> bool:
    return _is_address(address) and any(ip_address(address) in network for network in trusted)
