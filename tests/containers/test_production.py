"""The system of a server: TLS in front, replicas behind it, and nothing else to be reached."""

import asyncio
import json
import os
import subprocess
from pathlib import Path

import httpx2
import pytest

from standalone import registry
from testing.composed import ROOT, Composed, docker
from testing.people import PASSWORD, Person, bearer
from tests.containers.load import loaded
from tests.containers.production import FILES
from tests.containers.reconciliation import count_the_stock, require_nothing_lost

pytestmark = [pytest.mark.containers, pytest.mark.usefixtures("images")]

REPLICATED = tuple(
    program.name
    for service in registry.services()
    if service.scalable
    for program in service.programs
)
NEEDED = (
    "PUBLIC_URL",
    "TLS_CERTIFICATE_FILE",
    "AUTH_SMTP_HOST",
    "AUTH_SMTP_FROM",
    "AUTH_ADMIN_EMAIL",
    "MAILING_SMTP_HOST",
    "MAILING_FROM",
    "MAILING_POSTAL_ADDRESS",
)
HESITANT = 8
"""So many that each replica is in the midst of some of their requests at any moment."""
ROLLING_TIMEOUT = 240


def test_nothing_is_published_but_the_front(server: Composed) -> None:
    published = set()
    for container in server.run("ps", "--quiet").split():
        (described,) = json.loads(docker("inspect", container))
        service = described["Config"]["Labels"]["com.docker.compose.service"]
        ports = described["NetworkSettings"]["Ports"]
        published |= {(service, port) for port, bound in ports.items() if bound}
        assert described["HostConfig"]["LogConfig"] == {
            "Type": "local",
            "Config": {"max-file": "5", "max-size": "20m"},
        }
        assert described["HostConfig"]["Memory"] > 0
    assert published == {("front", "8080/tcp"), ("front", "8443/tcp")}


@pytest.mark.parametrize("service", REPLICATED)
def test_every_service_has_replicas(server: Composed, service: str) -> None:
    assert len(server.run("ps", "--quiet", service).split()) == 2


def test_postgresql_takes_the_connections_of_all_replicas(server: Composed) -> None:
    assert server.ask("postgres", "SHOW max_connections").stdout.strip() == "500"


def test_people_are_sent_to_tls_and_kept_there(server: Composed) -> None:
    plain_port = server.run("port", "front", "8080").strip().rpartition(":")[2]
    plain = httpx2.get(f"http://localhost:{plain_port}/docs?a=b")
    assert plain.status_code == 308
    assert plain.headers["location"] == f"{server.url}/docs?a=b"
    with _client(server) as client:
        answer = client.get("/health/ready")
    assert answer.status_code == 200
    assert answer.headers["strict-transport-security"] == "max-age=63072000"


def test_a_client_cannot_claim_to_be_somebody_else(server: Composed) -> None:
    """The audit log has the address from which the client came to the front."""
    person = Person()
    claimed = {"X-Forwarded-For": "203.0.113.7", "Forwarded": "for=203.0.113.7"}
    with _client(server, claimed) as client:
        client.post("/api/v1/auth/register", json=person.registration).raise_for_status()
        credentials = {"login": person.email, "password": PASSWORD}
        answer = client.post("/api/v1/auth/login", json=credentials).raise_for_status()
        token = answer.json()["access_token"]
        sessions = client.get("/api/v1/auth/sessions", headers=bearer(token)).raise_for_status()
    assert "203.0.113.7" not in sessions.text


@pytest.mark.parametrize("missing", NEEDED)
def test_what_a_server_needs_is_asked_for(tmp_path: Path, missing: str) -> None:
    given = "".join(f"{name}=x\n" for name in NEEDED if name != missing)
    refused = Composed(tmp_path, *FILES, settings=given).attempt("config", "--quiet")
    assert refused.returncode != 0
    assert missing in refused.stderr


async def test_a_rolling_restart_of_every_service_loses_no_request(server: Composed) -> None:
    """Nor that of somebody who takes longer than a service that is to end waits for them."""
    before = {name: set(server.run("ps", "--quiet", name).split()) for name in REPLICATED}
    count_the_stock(server)
    async with loaded(server, within=30, hesitant=HESITANT) as load:
        done = await asyncio.to_thread(_rolling_restart, server)
        await asyncio.sleep(1)
    assert done.returncode == 0, done.stdout + done.stderr
    for name in REPLICATED:
        now = set(server.run("ps", "--quiet", name).split())
        assert len(now) == 2
        assert not now & before[name]
    assert load.failures() == {}, server.run("logs", "--tail=100", "front")
    assert require_nothing_lost(server, load) > 100


def _rolling_restart(server: Composed) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["deploy/rolling-restart"],
        cwd=ROOT,
        env={**os.environ, **server.environment},
        stdin=subprocess.DEVNULL,
        check=False,
        capture_output=True,
        text=True,
        timeout=ROLLING_TIMEOUT,
    )


def _client(server: Composed, headers: dict[str, str] | None = None) -> httpx2.Client:
    return httpx2.Client(base_url=server.url, verify=server.trusted or True, headers=headers)
