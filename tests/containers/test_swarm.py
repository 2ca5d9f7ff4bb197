"""A stack on a swarm: what an operator's command makes of it, and what clients see of changes."""

import asyncio
import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx2
import pytest

from standalone import registry
from testing.composed import docker, eventually
from testing.people import PASSWORD, Person, bearer
from tests.containers.certificates import self_signed
from tests.containers.load import Load, loaded
from tests.containers.swarmed import REPLICAS, Swarmed, swarmed

pytestmark = [pytest.mark.containers, pytest.mark.usefixtures("engine")]

SERVICES = tuple(program.name for service in registry.services() for program in service.programs)
SECRET = ("DATABASE_URL", "REPLICA_URLS", "SECRETS", "PASSWORD")
NEEDED = (
    "PUBLIC_URL",
    "AUTH_SMTP_HOST",
    "AUTH_SMTP_FROM",
    "AUTH_ADMIN_EMAIL",
    "MAILING_SMTP_HOST",
    "MAILING_FROM",
    "MAILING_POSTAL_ADDRESS",
)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for localhost."""
    return self_signed(tmp_path_factory.mktemp("certificate"))


@pytest.fixture(scope="module")
def server(
    engine: None, certificate: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Swarmed]:
    """A deployed system that has something to sell."""
    with swarmed(tmp_path_factory.mktemp("swarm"), certificate) as system:
        done = system.deploy()
        assert done.returncode == 0, done.stdout + done.stderr
        assert "shown only now: A!" in done.stdout
        system.import_products()
        yield system


def test_people_shop_through_the_front(server: Swarmed) -> None:
    person = Person()
    trust = server.trusted or True
    with httpx2.Client(base_url=server.url, verify=trust, timeout=30) as client:
        client.post("/api/v1/auth/register", json=person.registration).raise_for_status()
        credentials = {"login": person.phone_as_written, "password": PASSWORD}
        token = client.post("/api/v1/auth/login", json=credentials).raise_for_status().json()
        headers = bearer(token["access_token"])
        products = client.get("/api/v1/products", headers=headers).raise_for_status().json()
        assert products["total"] == 20
        sessions = client.get("/api/v1/auth/sessions", headers=headers).raise_for_status()
    assert "10.243." not in sessions.text  # the front's own, which hides nobody


@pytest.mark.parametrize("service", REPLICAS)
def test_a_container_is_confined(server: Swarmed, service: str) -> None:
    containers = server.containers(service)
    assert len(containers) == REPLICAS[service]
    for container in containers:
        host = container["HostConfig"]
        assert container["Config"]["User"].split(":")[0] not in {"", "0", "root"}
        assert host["ReadonlyRootfs"]
        assert host["CapDrop"] == ["ALL"]
        assert 0 < host["PidsLimit"] <= 256
        assert 0 < host["Memory"] <= 2**31
        assert host["NanoCpus"] > 0
        assert host["LogConfig"] == {
            "Type": "local",
            "Config": {"max-file": "5", "max-size": "20m"},
        }
        ports = container["NetworkSettings"]["Ports"]
        published = {port for port, bound in ports.items() if bound}
        assert published == ({"8080/tcp", "8443/tcp"} if service == "front" else set())
        for variable in container["Config"]["Env"]:
            name, _, value = variable.partition("=")
            assert value == "" or not name.endswith(SECRET)


def test_only_who_needs_it_is_where_the_database_is(server: Swarmed) -> None:
    name = f"{server.stack}_database"
    (network,) = json.loads(docker("network", "inspect", name))
    assert (network["Driver"], network["Internal"]) == ("overlay", True)
    assert "encrypted" in network["Options"]
    there = {
        service
        for service in REPLICAS
        for container in server.containers(service)
        if name in container["NetworkSettings"]["Networks"]
    }
    users = {program.name for one in registry.with_database() for program in one.programs}
    assert there == users | {"postgres"}


async def test_new_settings_and_a_new_secret_reach_every_service_unnoticed(
    server: Swarmed,
) -> None:
    before = {name: server.ids(name) for name in SERVICES}
    made = server.secrets()
    old = server.execute("gateway", "cat", "/run/secrets/internal_secrets")
    new = json.dumps(["x" * 40, *json.loads(old)])
    _create(f"{server.stack}_internal_secrets.2", new)
    replicas = '["postgres://nobody:nothing@127.0.0.1:9/catalog"]'
    _create(f"{server.stack}_catalog_replica_urls.2", replicas)
    async with loaded(server, within=30) as load:
        done = await asyncio.to_thread(server.deploy, ACCESS_LOG="false")
        await asyncio.sleep(2)
    assert done.returncode == 0, done.stdout + done.stderr
    for name in SERVICES:
        assert len(server.ids(name)) == REPLICAS[name]
        assert not server.ids(name) & before[name]
    assert server.execute("auth", "cat", "/run/secrets/internal_secrets") == new
    assert server.execute("catalog", "cat", "/run/secrets/catalog_replica_urls") == replicas
    assert made.items() < server.secrets().items()
    assert load.failures() == {}
    assert len(load.answers) > 50


async def test_a_version_that_does_not_become_healthy_is_taken_back_unnoticed(
    server: Swarmed,
) -> None:
    before = {name: server.ids(name) for name in SERVICES}
    image = await asyncio.to_thread(_build_broken, server)
    soon = ("--health-start-period=0s", "--health-interval=1s", "--health-retries=2")

    def hurt() -> None:
        server.update("catalog", f"--image={image}", "--no-resolve-image", *soon)
        eventually(lambda: server.update_state("catalog") == "rollback_completed")

    try:
        load = await _under_load(server, hurt)
    finally:
        eventually(lambda: _is_removed(image))
    assert {name: server.ids(name) for name in SERVICES} == before
    assert load.failures() == {}


def test_settings_that_a_service_refuses_are_reported_and_taken_back(server: Swarmed) -> None:
    before = server.ids("gateway")
    refused = server.deploy(GATEWAY_CACHE_SIZE="much")
    del server.settings["GATEWAY_CACHE_SIZE"]
    assert refused.returncode == 1
    assert "gateway did not become healthy; the version before runs again." in refused.stderr
    assert "GATEWAY_CACHE_SIZE is not usable" in refused.stderr
    assert server.ids("gateway") == before
    again = server.deploy()
    assert again.returncode == 0, again.stdout + again.stderr


def test_a_migration_that_fails_changes_no_service(server: Swarmed) -> None:
    versions = {name: _version(server, name) for name in SERVICES}
    refused = server.deploy(AUTH_ADMIN_PHONE="nobody's")
    del server.settings["AUTH_ADMIN_PHONE"]
    assert refused.returncode == 1
    assert "auth-prepare failed, see above. No service has been changed." in refused.stderr
    assert "AUTH_ADMIN_PHONE is not usable" in refused.stderr
    assert {name: _version(server, name) for name in SERVICES} == versions


def test_a_part_of_the_secrets_is_not_made_whole(server: Swarmed) -> None:
    """Others would not open the data that the missing ones belong to."""
    other = Swarmed(Path(), Path())
    _create(f"{other.stack}_auth_secrets.1", "kept")
    try:
        refused = subprocess.run(
            ["deploy/swarm/secrets", "vitrina-secrets"],
            env={"PATH": "/usr/bin:/bin", "STACK": other.stack},
            check=False,
            capture_output=True,
            text=True,
        )
        assert refused.returncode == 1
        assert f"{other.stack}_internal_secrets.1" in refused.stderr
        assert "Put them back from your copy" in refused.stderr
        assert set(other.secrets()) == {f"{other.stack}_auth_secrets.1"}
    finally:
        docker("secret", "rm", f"{other.stack}_auth_secrets.1")


@pytest.mark.parametrize("missing", NEEDED)
def test_what_a_server_needs_is_asked_for(tmp_path: Path, certificate: Path, missing: str) -> None:
    system = Swarmed(tmp_path, certificate)
    del system.settings[missing]
    refused = system.deploy()
    assert refused.returncode == 1
    assert missing in refused.stderr


@pytest.mark.parametrize(
    "name", ["AUTH_SMTP_PASSWORD", "MAILING_SMTP_PASSWORD", "CATALOG_REPLICA_URLS"]
)
def test_a_password_among_the_settings_is_refused(
    tmp_path: Path, certificate: Path, name: str
) -> None:
    system = Swarmed(tmp_path, certificate)
    refused = system.deploy(**{name: "secret"})
    assert refused.returncode == 1
    assert f"docker secret create {system.stack}_{name.lower()}.2 -" in refused.stderr


def _build_broken(server: Swarmed) -> str:
    """An image of the catalog that runs, and does nothing."""
    image = f"{server.stack}-broken"
    [catalog, *_] = server.containers("catalog")
    recipe = f'FROM {catalog["Config"]["Image"]}\nCMD ["sleep", "1000"]\n'
    build = ["docker", "build", "--quiet", "--tag", image, "-"]
    subprocess.run(build, input=recipe, check=True, capture_output=True, text=True)
    return image


async def _under_load(server: Swarmed, hurt: Callable[[], None]) -> Load:
    async with loaded(server, within=30) as load:
        await asyncio.to_thread(hurt)
        await asyncio.sleep(1)
    return load


def _create(name: str, value: str) -> None:
    command = ["docker", "secret", "create", name, "-"]
    subprocess.run(command, input=value, check=True, capture_output=True, text=True)


def _is_removed(image: str) -> bool:
    """Its containers are kept for a moment after they have ended."""
    removed = subprocess.run(["docker", "rmi", "--force", image], check=False, capture_output=True)
    return removed.returncode == 0


def _version(server: Swarmed, service: str) -> str:
    name = f"{server.stack}_{service}"
    return docker("service", "inspect", "--format", "{{.Version.Index}}", name).strip()
