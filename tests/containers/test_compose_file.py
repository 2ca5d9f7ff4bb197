"""What the compose file makes of the settings in .env."""

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from standalone import registry
from testing.composed import ROOT

Services: TypeAlias = Callable[..., dict[str, dict[str, Any]]]

pytestmark = [pytest.mark.containers, pytest.mark.usefixtures("engine")]


def test_only_the_maker_of_the_administrator_gets_the_password(services: Services) -> None:
    told = services(AUTH_ADMIN_PASSWORD="Given!12")
    who = [name for name, service in told.items() if "Given!12" in json.dumps(service)]
    assert who == ["auth-prepare"]


def test_databases_of_make_run_are_not_used_here(services: Services) -> None:
    url = "postgres://somebody@elsewhere/vitrina"
    told = services(
        BOOTSTRAP_DATABASE_URL=url, AUTH_DATABASE_URL=url, CATALOG_MIGRATION_DATABASE_URL=url
    )
    assert "elsewhere" not in json.dumps(told)


def test_only_the_catalog_gets_the_replicas(services: Services) -> None:
    told = services(CATALOG_REPLICA_URLS='["postgres://reader:pa55@replica/catalog"]')
    who = [name for name, service in told.items() if "pa55" in json.dumps(service)]
    assert who == ["catalog"]


def test_ports_and_addresses_follow_the_settings(services: Services) -> None:
    told = services(GATEWAY_PORT="8800", CATALOG_PORT="8802")
    environment = told["gateway"]["environment"]
    assert told["gateway"]["ports"][0]["published"] == "8800"
    assert environment["GATEWAY_PORT"] == "8000"
    assert environment["PUBLIC_URL"] == "http://localhost:8800"
    assert set(json.loads(environment["GATEWAY_CORS_ORIGINS"])) == {
        f"http://{host}:{port}"
        for host in ("localhost", "127.0.0.1")
        for port in (8001, 8802, 8003)
    }
    others = ("auth", "catalog", "mailing", "mailing-worker", "web")
    assert {told[name]["environment"]["PUBLIC_URL"] for name in others} == {"http://localhost:8800"}


def test_every_other_setting_reaches_the_services(services: Services) -> None:
    told = services(AUTH_ARGON2_TIME_COST="3", LOG_LEVEL="debug")
    assert told["auth"]["environment"]["AUTH_ARGON2_TIME_COST"] == "3"
    programs = [program.name for one in registry.services() for program in one.programs]
    assert {told[name]["environment"]["LOG_LEVEL"] for name in programs} == {"debug"}


def test_the_package_index_of_the_environment_is_used(services: Services) -> None:
    built = [service["build"] for service in services().values() if "build" in service]
    assert not [build for build in built if build.get("args")]
    index = "https://packages.example/simple"
    built = [s["build"] for s in services(PIP_INDEX_URL=index).values() if "build" in s]
    assert len(built) == len(registry.services()) + 1  # and the maker of secrets
    assert all(build["args"] == {"PIP_INDEX_URL": index} for build in built)


def test_what_watches_is_left_out_unless_it_is_asked_for(services: Services) -> None:
    watchers = {"prometheus", "grafana", "node-exporter", "blackbox-exporter"}
    assert not watchers & services().keys()
    asked = services(COMPOSE_PROFILES="monitoring")
    assert watchers <= asked.keys()
    assert asked["prometheus"]["environment"]["SHOP_URL"] == "http://gateway:8000/health/ready"
    ports = [port for name in watchers for port in asked[name].get("ports", [])]
    assert {port["host_ip"] for port in ports} == {"127.0.0.1"}


def test_images_of_others_are_those_of_the_settings(services: Services) -> None:
    pinned = f"postgres:17-trixie@sha256:{64 * 'a'}"
    told = services(POSTGRES_IMAGE=pinned)
    assert told["postgres"]["image"] == pinned
    assert told["secrets"]["build"]["args"] == {"POSTGRES_IMAGE": pinned}


@pytest.fixture
def services(tmp_path: Path) -> Services:
    """The services as compose understands them, with nothing but these settings in .env."""

    def services_with(**settings: str) -> dict[str, dict[str, Any]]:
        lines = [f"{name}={value}\n" for name, value in settings.items()]
        (tmp_path / ".env").write_text("".join(lines))
        file = str(ROOT / "docker-compose.yml")
        where = ["--project-directory", str(tmp_path), "--file", file]
        done = subprocess.run(
            ["docker", "compose", *where, "config", "--format", "json"],
            env={name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
            check=True,
            capture_output=True,
            text=True,
        )
        services: dict[str, dict[str, Any]] = json.loads(done.stdout)["services"]
        return services

    return services_with
