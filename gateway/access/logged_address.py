"""The address of a client in log lines about forged tokens, refusals and limits."""

from collections.abc import Callable
from ipaddress import ip_address, ip_network
from typing import Any, Literal

LoggedAddress = Literal["full", "network", "none"]
"""How much of an address is logged: all of it, the network that it lies in, or nothing."""

ShowAddress = Callable[[str], dict[str, Any]]
"""Returns what a line says of an address, as `extra` of a log record."""

_IPV4_NETWORK, _IPV6_NETWORK = 24, 64
_IPV4 = 4


def showing(how: LoggedAddress) -> ShowAddress:
    """Return what shows addresses so."""
    return {"full": full_address, "network": _network, "none": _nothing}[how]


def full_address(address: str) -> dict[str, Any]:
    """Show all of it."""
    return {"client": address}


def _network(address: str) -> dict[str, Any]:
    """Show the network, which belongs to many: the /24 or the /64."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return {"client": "unknown"}
    parsed = getattr(parsed, "ipv4_mapped", None) or parsed
    bits = _IPV4_NETWORK if parsed.version == _IPV4 else _IPV6_NETWORK
    return {"client": str(ip_network(f"{parsed}/{bits}", strict=False))}


def _nothing(_address: str) -> dict[str, Any]:
    return {}
