"""What the compose file makes of the environment it is used in."""

import json
import os
import subprocess
from typing import Any

import pytest

from tests.containers.composed import ROOT

pytestmark = [pytest.mark.containers, pytest.mark.usefixtures("engine")]


def test_only_the_maker_of_the_administrator_is_told_the_password() -> None:
    services = _services(AUTH_ADMIN_PASSWORD="Given!12")
    told = [name for name, service in services.items() if "Given!12" in json.dumps(service)]
    assert told == ["auth-prepare"]


def test_databases_of_make_run_are_not_used_here() -> None:
    url = "postgres://somebody@elsewhere/vitrina"
    services = _services(AUTH_DATABASE_URL=url, CATALOG_MIGRATION_DATABASE_URL=url)
    assert "elsewhere" not in json.dumps(services)


def test_ports_and_addresses_follow_the_settings() -> None:
    services = _services(GATEWAY_PORT="8800", CATALOG_PORT="8802")
    environment = services["gateway"]["environment"]
    assert services["gateway"]["ports"][0]["published"] == "8800"
    assert environment["PUBLIC_URL"] == "http://localhost:8800"
    assert set(json.loads(environment["GATEWAY_CORS_ORIGINS"])) == {
        f"http://{host}:{port}" for host in ("localhost", "127.0.0.1") for port in (8001, 8802)
    }
    assert {services[name]["environment"]["PUBLIC_URL"] for name in ("auth", "catalog")} == {
        "http://localhost:8800"
    }


def test_the_package_index_of_the_environment_is_used() -> None:
    built = [service["build"] for service in _services().values() if "build" in service]
    assert not [build for build in built if build.get("args")]
    index = "https://packages.example/simple"
    built = [s["build"] for s in _services(PIP_INDEX_URL=index).values() if "build" in s]
    assert len(built) == 4
    assert all(build["args"] == {"PIP_INDEX_URL": index} for build in built)


def _services(**environment: str) -> dict[str, dict[str, Any]]:
    """The services as compose understands them, with nothing but ``environment`` to go by."""
    told = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    done = subprocess.run(
        ["docker", "compose", "--env-file", "/dev/null", "config", "--format", "json"],
        cwd=ROOT,
        env={**told, **environment},
        check=True,
        capture_output=True,
        text=True,
    )
    services: dict[str, dict[str, Any]] = json.loads(done.stdout)["services"]
    return services
