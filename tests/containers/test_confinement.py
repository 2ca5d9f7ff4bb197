"""What every container may do: little, and nothing that it does not need."""

import json
from typing import Any

import pytest

from standalone import registry
from testing.composed import ONE_SHOTS, SERVICES, Composed, docker

pytestmark = pytest.mark.containers

SECRETS = {
    program.name: {
        *service.secrets,
        *([f"{service.name}_database_url"] if service.database else []),
    }
    for service in registry.services()
    for program in service.programs
}
OWNERS = {
    program.name: service.name for service in registry.services() for program in service.programs
}
"""Which service a program is of."""
CONSUMERS = ("postgres", *(who for service in registry.services() for who in service.consumers))


@pytest.mark.parametrize("service", [*SERVICES, *ONE_SHOTS])
def test_a_container_is_confined(running: Composed, service: str) -> None:
    container = running.inspect(service)
    host = container["HostConfig"]
    assert container["Config"]["User"].split(":")[0] not in {"", "0", "root"}
    assert host["ReadonlyRootfs"]
    assert host["CapDrop"] == ["ALL"]
    assert not host["CapAdd"]
    assert not host["Privileged"]
    assert "no-new-privileges:true" in host["SecurityOpt"]
    assert 0 < host["PidsLimit"] <= 256
    assert 0 < host["Memory"] <= 2**30
    assert host["NanoCpus"] > 0


@pytest.mark.parametrize("service", SERVICES)
def test_no_process_is_root_or_has_a_capability(running: Composed, service: str) -> None:
    command = "for s in /proc/[0-9]*/status; do grep -E '^(Uid|CapEff|CapPrm|CapBnd):' $s; done"
    for line in running.run("exec", "-T", service, "sh", "-c", command).splitlines():
        kind, *values = line.split()
        if kind == "Uid:":
            assert "0" not in values
        else:
            assert int(values[0], 16) == 0, line


@pytest.mark.parametrize("service", SERVICES)
def test_services_come_back_and_have_a_health_check(running: Composed, service: str) -> None:
    container = running.inspect(service)
    assert container["HostConfig"]["RestartPolicy"]["Name"] == "unless-stopped"
    assert container["Config"]["Healthcheck"]["Test"][0] == "CMD"


@pytest.mark.parametrize("service", [*SERVICES, *ONE_SHOTS])
def test_no_secret_stands_in_an_environment(running: Composed, service: str) -> None:
    for variable in running.inspect(service)["Config"]["Env"]:
        name, _, value = variable.partition("=")
        if name.endswith(("DATABASE_URL", "SECRETS", "PASSWORD")):
            assert value == "", name


@pytest.mark.parametrize(("service", "own"), SECRETS.items())
def test_a_service_reads_its_own_secrets_only(
    running: Composed, service: str, own: set[str]
) -> None:
    code = f"""if True:
        import os, glob
        for consumer in {CONSUMERS}:
            try:
                files = os.listdir(f"/run/secrets/{{consumer}}")
            except PermissionError:
                continue
            assert consumer == {OWNERS[service]!r}, consumer
            print(*files)
    """
    assert set(running.python(service, code).split()) == own


def test_the_gateway_cannot_change_what_it_sees(running: Composed) -> None:
    (mount,) = running.inspect("gateway")["Mounts"]
    assert (mount["Name"], mount["RW"]) == (f"{running.project}_secrets", False)


def test_only_the_gateway_can_be_reached_from_other_machines(running: Composed) -> None:
    published = {
        (service, port, binding["HostIp"])
        for service in SERVICES
        for port, bindings in running.inspect(service)["NetworkSettings"]["Ports"].items()
        for binding in bindings or []
    }
    assert {(service, port) for service, port, _ in published} == {
        ("gateway", "8000/tcp"),
        ("auth", "8001/tcp"),
        ("catalog", "8002/tcp"),
        ("mailing", "8003/tcp"),
        ("mail", "1080/tcp"),
    }
    assert {host for service, _, host in published if service != "gateway"} == {"127.0.0.1"}


def test_the_gateway_is_not_where_the_database_is(running: Composed) -> None:
    networks = {service: _networks(running, service) for service in SERVICES}
    assert networks["gateway"] == {f"{running.project}_services"}
    assert networks["postgres"] == {f"{running.project}_database"}
    described: list[dict[str, Any]] = json.loads(
        docker("network", "inspect", *networks["postgres"])
    )
    assert described[0]["Internal"]


def test_even_inside_its_container_postgresql_wants_a_password(running: Composed) -> None:
    asked = running.attempt(
        "exec", "-T", "postgres", "psql", "--username=postgres", "--no-password", "-c", "SELECT 1"
    )
    assert asked.returncode != 0
    assert "no password supplied" in asked.stderr


def test_nothing_but_the_three_volumes_is_kept(running: Composed) -> None:
    mounted = {
        mount["Name"]
        for service in [*SERVICES, *ONE_SHOTS]
        for mount in running.inspect(service)["Mounts"]
    }
    volumes = ("secrets", "database", "pictures")
    assert mounted == {f"{running.project}_{volume}" for volume in volumes}


def _networks(system: Composed, service: str) -> set[str]:
    return set(system.inspect(service)["NetworkSettings"]["Networks"])
